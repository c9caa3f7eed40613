// A number as somebody wrote it, reduced to the characters that count.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace daftar::identifier {

struct Written {
  std::string text;               // ASCII digits and upper-case letters
  std::vector<size_t> positions;  // of each in what was read, counted in characters from 1
};

// Reads ASCII letters of either case and digits, ASCII, Persian (U+06F0…) or Arabic-Indic
// (U+0660…). Spaces and marks without width, such as ZWNJ, may stand anywhere; hyphens, dashes and
// dots only between two characters, one at a time.
// Errors: InvalidArgument for anything else, saying where.
absl::StatusOr<Written> ReadWritten(std::string_view text);

// Whether `written` has a form in the notation of the IBAN registry, without its "!": "4a16c" is
// four letters, then sixteen letters or digits; "n" is digits.
// Errors: InvalidArgument with the length found and expected, or with the first character of the
// wrong kind and its position.
absl::Status CheckForm(const Written& written, std::string_view form);

// Whether the text ends in `expected`. Errors: InvalidArgument with both.
absl::Status CheckEnd(const Written& written, std::string_view expected);

}  // namespace daftar::identifier
