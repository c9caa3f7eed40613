// Text with named parts: "{name} [{share}%]".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace daftar::io {

// The text literals[0] names[0] literals[1] names[1] … literals[n]. "{{" and "}}" stand for braces.
struct TextPattern {
  std::vector<std::string> literals;
  std::vector<std::string> names;
};

// Errors: InvalidArgument for a brace without its partner or an empty name.
absl::StatusOr<TextPattern> ParseTextPattern(std::string_view text);

// The parts of `text` that the names stand for, when all of it has the form of the pattern. Where
// several divisions are possible, the first part is as long as can be: "A [B] [50%]" gives "A [B]"
// and "50". Lifetime: the parts point into `text`. Requires: no two names are adjacent.
std::optional<std::vector<std::string_view>> MatchTextPattern(const TextPattern& pattern,
                                                              std::string_view text);

}  // namespace daftar::io
