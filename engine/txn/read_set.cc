#include "txn/read_set.h"

#include <algorithm>

#include "base/status.h"

namespace daftar::txn {
namespace {

// What a key or range costs beside its bytes.
constexpr size_t kItemBytes = 48;

// Whether `a` begins before the end of `b`.
bool BeginsBeforeEnd(std::string_view a_lower, const ReadSet::Range& b) {
  return b.to_end || a_lower < b.upper;
}

}  // namespace

void ReadSet::AddKey(std::string_view key) {
  if (keys_.insert(std::string(key)).second) bytes_ += key.size() + kItemBytes;
}

void ReadSet::AddRange(const storage::KeyRange& range) {
  NewRange(range.lower, range.upper)->to_end = range.upper.empty();
}

void ReadSet::AddAll(const ReadSet& other) {
  for (const std::string& key : other.keys_) AddKey(key);
  for (const Range& range : other.ranges_) {
    NewRange(range.lower, range.upper)->to_end = range.to_end;
  }
}

ReadSet::Range* ReadSet::NewRange(std::string_view lower, std::string_view upper) {
  bytes_ += lower.size() + upper.size() + kItemBytes;
  return &ranges_.emplace_back(Range{std::string(lower), std::string(upper)});
}

absl::Status ReadSet::CheckSize() const {
  if (bytes_ <= bytes_max_) return absl::OkStatus();
  return ResourceExhausted(
             "the transaction has read too much; read from a view, or ask narrower questions")
      .With("bytes", bytes_)
      .With("limit", bytes_max_);
}

void ReadSet::Seal() {
  sealed_.assign(ranges_.begin(), ranges_.end());
  std::erase_if(sealed_,
                [](const Range& range) { return !range.to_end && range.upper <= range.lower; });
  std::sort(sealed_.begin(), sealed_.end(),
            [](const Range& a, const Range& b) { return a.lower < b.lower; });
  size_t kept = 0;
  for (size_t i = 0; i < sealed_.size(); ++i) {
    if (kept > 0 && BeginsBeforeEnd(sealed_[i].lower, sealed_[kept - 1])) {
      Range& last = sealed_[kept - 1];
      last.to_end = last.to_end || sealed_[i].to_end;
      last.upper = std::max(last.upper, sealed_[i].upper);
    } else {
      if (kept != i) sealed_[kept] = std::move(sealed_[i]);
      ++kept;
    }
  }
  sealed_.resize(kept);
}

bool ReadSet::Contains(std::string_view key) const {
  if (keys_.contains(key)) return true;
  const auto after =
      std::upper_bound(sealed_.begin(), sealed_.end(), key,
                       [](std::string_view k, const Range& range) { return k < range.lower; });
  return after != sealed_.begin() && BeginsBeforeEnd(key, *std::prev(after));
}

bool ReadSet::ContainsAny(const std::vector<std::string>& keys) const {
  // The shorter of the two is gone through, the other one is looked into.
  if (keys_.size() + sealed_.size() > keys.size()) {
    return std::any_of(keys.begin(), keys.end(),
                       [&](const std::string& key) { return Contains(key); });
  }
  for (const std::string& key : keys_) {
    if (std::binary_search(keys.begin(), keys.end(), key)) return true;
  }
  return std::any_of(sealed_.begin(), sealed_.end(), [&](const Range& range) {
    const auto first = std::lower_bound(keys.begin(), keys.end(), range.lower);
    return first != keys.end() && BeginsBeforeEnd(*first, range);
  });
}

bool ReadSet::Overlaps(const storage::KeyRange& range) const {
  const auto inside = [&](std::string_view key) {
    return key >= range.lower && (range.upper.empty() || key < range.upper);
  };
  if (std::any_of(keys_.begin(), keys_.end(), inside)) return true;
  return std::any_of(sealed_.begin(), sealed_.end(), [&](const Range& read) {
    return inside(read.lower) || (read.lower < range.lower && BeginsBeforeEnd(range.lower, read));
  });
}

namespace {

// Enters what it walks over: up to the entry it stands on, or all of the range at its end.
class TrackingIterator final : public storage::Iterator {
 public:
  TrackingIterator(std::unique_ptr<storage::Iterator> base, std::shared_ptr<ReadSet> reads,
                   const storage::KeyRange& range, bool reverse)
      : base_(std::move(base)), reads_(std::move(reads)), range_(range), reverse_(reverse) {
    Start(reverse_ ? range_.upper : range_.lower, reverse_ && range_.upper.empty());
  }

  absl::StatusOr<bool> Next() override {
    DAFTAR_RETURN_IF_ERROR(reads_->CheckSize());
    const auto found = base_->Next();
    // A failed read has seen nothing, and nothing is concluded from it.
    if (found.ok()) Grow(*found);
    return found;
  }
  void Seek(std::string_view key) override {
    base_->Seek(key);
    if (!reverse_) {
      Start(std::max(std::string(key), range_.lower), false);
      return;
    }
    // Backwards, the key itself is the first that may be found.
    std::string from = std::string(key) + '\0';
    if (!range_.upper.empty()) from = std::min(from, range_.upper);
    Start(from, false);
  }
  std::string_view key() const override { return base_->key(); }
  std::string_view value() const override { return base_->value(); }

 private:
  // Begins a stretch that is empty until something is read.
  void Start(std::string_view from, bool from_end) {
    tracked_ = reads_->NewRange(from, from);
    from_end_ = from_end;
  }

  void Grow(bool found) {
    const size_t before = tracked_->lower.size() + tracked_->upper.size();
    if (reverse_) {
      tracked_->lower.assign(found ? base_->key() : std::string_view(range_.lower));
      tracked_->to_end = from_end_;
    } else if (found) {
      tracked_->upper.assign(base_->key());
      tracked_->upper.push_back('\0');
    } else {
      tracked_->upper.assign(range_.upper);
      tracked_->to_end = range_.upper.empty();
    }
    const size_t after = tracked_->lower.size() + tracked_->upper.size();
    if (after > before) reads_->Note(after - before);
  }

  const std::unique_ptr<storage::Iterator> base_;
  const std::shared_ptr<ReadSet> reads_;
  const storage::KeyRange range_;
  const bool reverse_;
  ReadSet::Range* tracked_ = nullptr;
  bool from_end_ = false;  // walking backwards from the end of all keys
};

class TrackingReader final : public storage::Reader {
 public:
  TrackingReader(std::shared_ptr<const storage::Reader> base, std::shared_ptr<ReadSet> reads)
      : base_(std::move(base)), reads_(std::move(reads)) {}

  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const override {
    reads_->AddKey(key);
    DAFTAR_RETURN_IF_ERROR(reads_->CheckSize());
    return base_->Get(key);
  }
  absl::StatusOr<std::vector<std::optional<std::string>>> MultiGet(
      const std::vector<std::string_view>& keys,
      const storage::GetOptions& options) const override {
    for (const std::string_view key : keys) reads_->AddKey(key);
    DAFTAR_RETURN_IF_ERROR(reads_->CheckSize());
    return base_->MultiGet(keys, options);
  }
  std::unique_ptr<storage::Iterator> NewIterator(
      const storage::KeyRange& range, const storage::ScanOptions& options) const override {
    return std::make_unique<TrackingIterator>(base_->NewIterator(range, options), reads_, range,
                                              options.reverse);
  }

 private:
  const std::shared_ptr<const storage::Reader> base_;
  const std::shared_ptr<ReadSet> reads_;
};

}  // namespace

std::shared_ptr<const storage::Reader> NewTrackingReader(
    std::shared_ptr<const storage::Reader> base, std::shared_ptr<ReadSet> reads) {
  return std::make_shared<const TrackingReader>(std::move(base), std::move(reads));
}

}  // namespace daftar::txn
