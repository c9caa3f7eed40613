#include "columns/numbers.h"

#include <algorithm>

namespace daftar::columns {
namespace {

template <typename T>
std::vector<T> Narrow(const std::vector<uint64_t>& values) {
  std::vector<T> narrow;
  narrow.reserve(values.size());
  for (const uint64_t value : values) narrow.push_back(static_cast<T>(value));
  return narrow;
}

}  // namespace

Numbers::Numbers(const std::vector<uint64_t>& values) {
  const uint64_t largest = values.empty() ? 0 : *std::max_element(values.begin(), values.end());
  if (largest <= UINT8_MAX) {
    values_ = Narrow<uint8_t>(values);
  } else if (largest <= UINT16_MAX) {
    values_ = Narrow<uint16_t>(values);
  } else if (largest <= UINT32_MAX) {
    values_ = Narrow<uint32_t>(values);
  } else {
    values_ = values;
  }
}

size_t Numbers::bytes() const {
  return std::visit([](const auto& values) { return values.capacity() * sizeof(values[0]); },
                    values_);
}

}  // namespace daftar::columns
