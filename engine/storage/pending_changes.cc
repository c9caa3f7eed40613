#include "storage/pending_changes.h"

#include <algorithm>

namespace daftar::storage {
namespace {

// To the next change before its place is searched for.
constexpr int kStepsMax = 8;

}  // namespace

PendingChanges::PendingChanges(const PendingChanges& other) {
  for (const auto& [key, change] : other) {
    map_.AddLast(key, {KeepValue(change.value), KeepValue(change.before), change.is_before_known});
  }
}

void PendingChanges::Set(std::string_view key, std::optional<std::string_view> value) {
  Add(key).first->value = KeepValue(value);
}

std::optional<std::string_view> PendingChanges::KeepValue(
    const std::optional<std::string_view>& bytes) {
  if (!bytes.has_value()) return std::nullopt;
  return Keep(*bytes);
}

void PendingChanges::Erase(std::string_view key) {
  const auto place = map_->find(key);
  if (place != map_->end()) map_->erase(place);
}

PendingChanges::Map::iterator PendingChanges::Erase(Map::iterator place) {
  return map_->erase(place);
}

const PendingChange* InKeyOrder::Find(std::string_view key) {
  for (int steps = 0; place_ != end_ && place_->first < key; ++steps) {
    if (steps == kStepsMax) {
      place_ = std::lower_bound(
          place_, end_, key, [](const auto& item, std::string_view k) { return item.first < k; });
      break;
    }
    ++place_;
  }
  return place_ != end_ && place_->first == key ? place_->second : nullptr;
}

}  // namespace daftar::storage
