#include "txn/read_ahead.h"

#include <algorithm>
#include <utility>

#include "base/status.h"

namespace daftar::txn {
namespace {

constexpr size_t kAheadMax = 64;

}  // namespace

absl::StatusOr<std::optional<std::string>> ReadAhead::Read(std::string_view key,
                                                           std::span<const std::string> next) {
  for (size_t place = place_; place < held_.size(); ++place) {
    if (held_[place].key != key) continue;
    place_ = place;
    return held_[place].value;
  }
  // What was read along was wanted when it is used up, but for the last.
  const bool proves_true = place_ + 1 >= held_.size();
  ahead_ = proves_true ? std::min(2 * ahead_ + 1, kAheadMax) : 0;
  DAFTAR_RETURN_IF_ERROR(Fill(key, next.first(std::min(next.size(), ahead_))));
  return held_.front().value;
}

absl::Status ReadAhead::Fill(std::string_view key, std::span<const std::string> next) {
  held_.clear();
  place_ = 0;
  std::vector<std::string_view> keys = {key};
  keys.insert(keys.end(), next.begin(), next.end());
  DAFTAR_ASSIGN_OR_RETURN(auto values, reader_->MultiGet(keys, {.keep_values = false}));
  size_t bytes = 0;
  for (size_t i = 0; i < keys.size(); ++i) {
    bytes += keys[i].size() + values[i].value_or("").size();
    if (i > 0 && bytes > kBytesMax) {
      ahead_ = i / 2;
      break;
    }
    held_.push_back({std::string(keys[i]), std::move(values[i])});
  }
  return absl::OkStatus();
}

}  // namespace daftar::txn
