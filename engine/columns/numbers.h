// Many numbers in as few bytes each as the largest of them needs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

namespace daftar::columns {

// Value type. Thread-safe to read.
class Numbers {
 public:
  Numbers() = default;
  explicit Numbers(const std::vector<uint64_t>& values);

  uint64_t operator[](size_t i) const {
    switch (values_.index()) {
      case 0:
        return std::get_if<0>(&values_)->operator[](i);
      case 1:
        return std::get_if<1>(&values_)->operator[](i);
      case 2:
        return std::get_if<2>(&values_)->operator[](i);
      default:
        return std::get_if<3>(&values_)->operator[](i);
    }
  }
  // Calls `visit` with a vector of the type that they have.
  template <typename Visit>
  void VisitAll(Visit&& visit) const {
    std::visit(std::forward<Visit>(visit), values_);
  }
  size_t bytes() const;

 private:
  std::variant<std::vector<uint8_t>, std::vector<uint16_t>, std::vector<uint32_t>,
               std::vector<uint64_t>>
      values_;
};

}  // namespace daftar::columns
