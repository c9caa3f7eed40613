// What LIKE and GLOB patterns say of the beginning of a text.
#pragma once

#include <string>
#include <string_view>

namespace daftar::sql {

// Every text that matches lies in [lower, upper); an empty `upper` means there is no bound.
struct TextRange {
  std::string lower;
  std::string upper;
  bool is_prefix = false;  // the range is exactly what begins with `lower`
};

// LIKE takes ASCII letters of either case for the same.
TextRange LikeRange(std::string_view pattern);
TextRange GlobRange(std::string_view pattern);

}  // namespace daftar::sql
