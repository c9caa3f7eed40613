// A field's value as it is stored, without copying text: what records give and keys take.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace daftar {

// Null, or the stored form of one field: enumerants as uint64_t ordinals, dates, instants and
// decimals as their int64_t, text and data as bytes.
// Lifetime: a string_view inside points into whatever the scalar was read from.
using Scalar = std::variant<std::monostate, bool, int64_t, uint64_t, double, std::string_view>;

// The same, owning its bytes.
using OwnedScalar = std::variant<std::monostate, bool, int64_t, uint64_t, double, std::string>;

inline bool IsNull(const Scalar& scalar) { return scalar.index() == 0; }
inline bool IsNull(const OwnedScalar& scalar) { return scalar.index() == 0; }

inline OwnedScalar ToOwned(const Scalar& scalar) {
  return std::visit(
      [](const auto& v) -> OwnedScalar {
        if constexpr (std::is_same_v<std::decay_t<decltype(v)>, std::string_view>) {
          return std::string(v);
        } else {
          return v;
        }
      },
      scalar);
}

// Lifetime: the result points into `scalar`.
inline Scalar ToView(const OwnedScalar& scalar) {
  return std::visit([](const auto& v) -> Scalar { return v; }, scalar);
}

}  // namespace daftar
