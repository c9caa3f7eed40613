// The order of texts in dictionaries of a language, by the tailorings of CLDR.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "absl/status/statusor.h"

namespace daftar::names {

// Orders texts as a language does: پ after ب, گ after ک, and not by the numbers of characters.
// Spellings that a dictionary takes for the same, with ZWNJ or without, are equal. Thread safety:
// may be used from many threads.
class Collation {
 public:
  // The names of those there are: "persian", "urdu", "arabic".
  static std::span<const std::string_view> Names();

  // Errors: NotFound for another name; Unavailable when ICU lacks the language.
  static absl::StatusOr<std::unique_ptr<Collation>> Create(std::string_view name);
  virtual ~Collation() = default;

  // Less than 0, 0 or greater, as `a` stands before, with or behind `b`. UTF-8; what is none counts
  // as U+FFFD.
  virtual int Compare(std::string_view a, std::string_view b) const = 0;
};

}  // namespace daftar::names
