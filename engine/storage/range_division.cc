#include "storage/range_division.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace daftar::storage {
namespace {

// So much of what is to be halved a half may have more than the other.
constexpr uint64_t kTolerance = 8;
// Keys are told apart by so many bytes behind what they have in common.
constexpr size_t kNumberBytes = sizeof(uint64_t);
// Sizes that are asked for, all together: some five for each piece, unless keys or sizes are odd.
constexpr size_t kSizesMax = 8 * kPiecesMax;

// The bytes of a key from `at` on, as a number: keys with the same beginning have its order.
uint64_t NumberAt(std::string_view key, size_t at) {
  uint64_t number = 0;
  for (size_t i = at; i < at + kNumberBytes; ++i) {
    number = number << 8 | (i < key.size() ? static_cast<uint8_t>(key[i]) : 0);
  }
  return number;
}

std::string KeyOf(std::string_view prefix, uint64_t number) {
  std::string key(prefix);
  for (size_t i = 0; i < kNumberBytes; ++i) {
    key.push_back(static_cast<char>(number >> (8 * (kNumberBytes - 1 - i))));
  }
  return key;
}

class Division {
 public:
  Division(const Store& store, uint64_t piece_bytes) : store_(store), piece_bytes_(piece_bytes) {}

  // Finds the keys at which the entries from `lower` to `upper` are divided. Requires: both are
  // keys, and what is between them takes so many bytes.
  void Divide(const std::string& lower, const std::string& upper, uint64_t bytes) {
    if (bytes / 2 < piece_bytes_) return;
    const std::optional<Half> half = Halve(lower, upper, bytes);
    if (!half.has_value()) return;
    Divide(lower, half->end, half->bytes);
    bounds_.push_back(half->end);
    Divide(half->end, upper, bytes - std::min(bytes, half->bytes));
  }

  std::optional<std::string> EndKey(const KeyRange& range, bool last) const {
    const auto entries = store_.NewIterator(range, {nullptr, last, true});
    const auto found = entries->Next();
    if (!found.ok() || !*found) return std::nullopt;
    return std::string(entries->key());
  }
  // Nothing: it cannot be told, or enough was asked.
  std::optional<uint64_t> BytesOf(const KeyRange& range) {
    if (sizes_left_ == 0) return std::nullopt;
    --sizes_left_;
    const auto bytes = store_.ApproximateBytes(range);
    return bytes.ok() ? std::optional(*bytes) : std::nullopt;
  }
  // In key order.
  std::vector<std::string> TakeBounds() { return std::move(bounds_); }

 private:
  // What is before a key.
  struct Half {
    std::string end;
    uint64_t bytes = 0;
  };

  // Nothing: there is no key between them that leaves something on both sides.
  std::optional<Half> Halve(const std::string& lower, std::string upper, uint64_t bytes) {
    while (true) {
      const size_t common = static_cast<size_t>(
          std::mismatch(lower.begin(), lower.end(), upper.begin(), upper.end()).first -
          lower.begin());
      const auto middle = Middle(lower, upper, common, bytes / 2, bytes / kTolerance);
      if (!middle.has_value()) return std::nullopt;
      std::optional<std::string> key = EndKey({*middle, upper}, false);
      if (key.has_value()) {
        const auto before = BytesOf({lower, *key});
        if (!before.has_value()) return std::nullopt;
        return Half{*std::move(key), *before};
      }
      // All that is before `upper` begins as `lower` does, farther than it was told apart.
      std::optional<std::string> last = EndKey({lower, upper}, true);
      if (!last.has_value() || *last <= lower) return std::nullopt;
      upper = *std::move(last);
    }
  }

  // A place, not always a key, behind `lower` and not behind `upper`, before which `wanted` bytes
  // are. Nothing: the sizes are not known.
  std::optional<std::string> Middle(const std::string& lower, const std::string& upper,
                                    size_t common, uint64_t wanted, uint64_t tolerance) {
    const std::string_view prefix = std::string_view(lower).substr(0, common);
    uint64_t low = NumberAt(lower, common);
    uint64_t high = NumberAt(upper, common);
    if (low >= high) return std::nullopt;
    while (high - low > 1) {
      const uint64_t number = low + (high - low) / 2;
      std::string place = KeyOf(prefix, number);
      const auto before = BytesOf({lower, place});
      if (!before.has_value()) return std::nullopt;
      const uint64_t off = *before < wanted ? wanted - *before : *before - wanted;
      if (off <= tolerance) return place;
      (*before < wanted ? low : high) = number;
    }
    return KeyOf(prefix, high);
  }

  const Store& store_;
  const uint64_t piece_bytes_;
  size_t sizes_left_ = kSizesMax;
  std::vector<std::string> bounds_;
};

}  // namespace

std::vector<KeyRange> DivideRange(const Store& store, const KeyRange& range, uint64_t piece_bytes) {
  const auto bytes = store.ApproximateBytes(range);
  if (!bytes.ok()) return {range};
  // A piece may turn out half as large.
  Division division(store, std::max<uint64_t>({1, piece_bytes, 2 * *bytes / kPiecesMax}));
  const std::optional<std::string> first = division.EndKey(range, false);
  const std::optional<std::string> last = division.EndKey(range, true);
  if (!first.has_value() || !last.has_value() || *first >= *last) return {range};
  division.Divide(*first, *last, *bytes);
  std::vector<KeyRange> pieces;
  std::string lower = range.lower;
  for (std::string& bound : division.TakeBounds()) {
    pieces.push_back({std::exchange(lower, bound), bound});
  }
  pieces.push_back({std::move(lower), range.upper});
  return pieces;
}

}  // namespace daftar::storage
