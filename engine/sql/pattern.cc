#include "sql/pattern.h"

#include "absl/strings/ascii.h"
#include "codec/key.h"

namespace daftar::sql {
namespace {

// What stands before the first of `special`. A NUL ends patterns and texts for SQLite's matchers.
std::string_view Literal(std::string_view pattern, std::string_view special) {
  return pattern.substr(0, pattern.find_first_of(special));
}

}  // namespace

TextRange LikeRange(std::string_view pattern) {
  const std::string_view literal = Literal(pattern, std::string_view("%_\0", 3));
  TextRange range;
  // In every place an upper-case letter comes before its lower-case one, so that all spellings lie
  // between the two.
  range.lower = absl::AsciiStrToUpper(literal);
  const std::string last = absl::AsciiStrToLower(literal);
  range.upper = codec::PrefixEnd(last);
  range.is_prefix = range.lower == last;
  return range;
}

TextRange GlobRange(std::string_view pattern) {
  const std::string_view literal = Literal(pattern, std::string_view("*?[\0", 4));
  return {std::string(literal), codec::PrefixEnd(literal), true};
}

}  // namespace daftar::sql
