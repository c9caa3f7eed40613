// Letters that are written for one another.
#pragma once

#include <cstdint>
#include <string_view>

namespace daftar::names {

// What stands in a folded text for `character`, which has no decomposition and is no capital:
// itself when nothing else is said (the result is then empty), one or more letters, or kNothing.
inline constexpr std::string_view kNothing{"\0", 1};
std::string_view LetterVariant(int32_t character);

}  // namespace daftar::names
