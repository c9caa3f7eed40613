// A multi-version store in memory: every key has the versions that some snapshot can still see.
//
// Iterators look their next key up anew under the lock instead of holding a position in the map, so
// that they stay valid whatever is written meanwhile. Rejected: copying the map per snapshot, which
// makes every transaction as slow as the store is large.
#include <map>
#include <set>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "base/check.h"
#include "base/status.h"
#include "storage/bulk_order.h"
#include "storage/open.h"

namespace daftar::storage {
namespace {

class MemoryStore;

class MemorySnapshot final : public Snapshot {
 public:
  explicit MemorySnapshot(const MemoryStore& store);
  ~MemorySnapshot() override;
  uint64_t sequence() const { return sequence_; }

 private:
  const MemoryStore& store_;
  const uint64_t sequence_;
};

// Where an iterator stands and which way it walks.
struct Position {
  KeyRange range;
  bool reverse = false;
  uint64_t sequence = 0;
  // The next entry is at or beyond `key`, or strictly beyond it when `passed`; without a key it is
  // the first of the range.
  std::optional<std::string> key;
  bool passed = false;
  std::string value;
};

class MemoryStore final : public Store {
 public:
  absl::StatusOr<std::optional<std::string>> Get(std::string_view key,
                                                 const ReadOptions& options) const override {
    absl::ReaderMutexLock lock(&mutex_);
    return Find(key, SequenceOf(options.snapshot));
  }

  absl::StatusOr<std::vector<std::optional<std::string>>> MultiGet(
      const std::vector<std::string_view>& keys, const ReadOptions& options) const override {
    absl::ReaderMutexLock lock(&mutex_);
    std::vector<std::optional<std::string>> values;
    values.reserve(keys.size());
    for (std::string_view key : keys) values.push_back(Find(key, SequenceOf(options.snapshot)));
    return values;
  }

  std::unique_ptr<Iterator> NewIterator(const KeyRange& range,
                                        const IterateOptions& options) const override;
  std::unique_ptr<Snapshot> NewSnapshot() const override {
    return std::make_unique<MemorySnapshot>(*this);
  }

  // Nothing outlives the process here, so both durabilities are the same.
  absl::Status Write(const Batch& batch, Durability /*durability*/) override {
    absl::MutexLock lock(&mutex_);
    ++sequence_;
    batch.ForEach([this](const Batch::Operation& operation)
                      ABSL_NO_THREAD_SAFETY_ANALYSIS { Apply(operation); });
    return absl::OkStatus();
  }

  absl::StatusOr<std::unique_ptr<BulkWriter>> NewBulkWriter() override;
  absl::Status Sync() override { return absl::OkStatus(); }

  absl::Status WriteAnchor(std::string_view anchor, Durability /*durability*/) override {
    absl::MutexLock lock(&mutex_);
    anchor_ = std::string(anchor);
    return absl::OkStatus();
  }
  absl::StatusOr<std::optional<std::string>> ReadAnchor() const override {
    absl::ReaderMutexLock lock(&mutex_);
    return anchor_;
  }
  absl::StatusOr<uint64_t> UnflushedWrites() const override { return 0; }
  absl::Status CatchUp() override { return FailedPrecondition("a store in memory follows nobody"); }

  absl::Status Compact(const KeyRange& /*range*/, std::atomic<bool>* /*stop*/) override {
    return absl::OkStatus();  // Nothing is left of what was overwritten but for snapshots.
  }
  absl::StatusOr<uint64_t> ApproximateBytes(const KeyRange& range) const override {
    absl::ReaderMutexLock lock(&mutex_);
    const auto end = range.upper.empty() ? map_.end() : map_.lower_bound(range.upper);
    uint64_t bytes = 0;
    for (auto entry = map_.lower_bound(range.lower); entry != end; ++entry) {
      bytes += entry->first.size();
      for (const Version& version : entry->second) {
        bytes += version.value ? version.value->size() : 0;
      }
    }
    return bytes;
  }

  absl::StatusOr<StoreStats> Stats() const override {
    absl::ReaderMutexLock lock(&mutex_);
    StoreStats stats;
    for (const auto& [key, versions] : map_) {
      stats.memory_bytes += key.size();
      for (const Version& version : versions) {
        stats.memory_bytes += sizeof(Version) + (version.value ? version.value->size() : 0);
      }
    }
    return stats;
  }

  // Freezes the present state: its versions are kept until the sequence is unpinned.
  uint64_t Pin(const Snapshot* snapshot) const {
    absl::MutexLock lock(&mutex_);
    return *pinned_.insert(SequenceOf(snapshot));
  }

  void Unpin(uint64_t sequence) const {
    absl::MutexLock lock(&mutex_);
    const auto pin = pinned_.find(sequence);
    DAFTAR_CHECK(pin != pinned_.end());
    const bool oldest = pin == pinned_.begin();
    pinned_.erase(pin);
    if (!oldest) return;
    for (auto key = trimmable_.begin(); key != trimmable_.end();) {
      const auto entry = map_.find(*key);
      key = entry == map_.end() || Trim(entry) ? trimmable_.erase(key) : std::next(key);
    }
  }

  // Moves `position` to its next entry; false at the end of the range.
  bool Advance(Position& position) const {
    absl::ReaderMutexLock lock(&mutex_);
    return position.reverse ? Retreat(position) : Proceed(position);
  }

 private:
  struct Version {
    uint64_t sequence;
    std::optional<std::string> value;  // absent: deleted
  };
  using Map = std::map<std::string, std::vector<Version>, std::less<>>;  // versions: oldest first

  uint64_t SequenceOf(const Snapshot* snapshot) const ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return snapshot == nullptr ? sequence_
                               : static_cast<const MemorySnapshot*>(snapshot)->sequence();
  }

  static const std::string* Visible(const std::vector<Version>& versions, uint64_t sequence) {
    for (auto version = versions.rbegin(); version != versions.rend(); ++version) {
      if (version->sequence <= sequence) return version->value ? &*version->value : nullptr;
    }
    return nullptr;
  }

  std::optional<std::string> Find(std::string_view key, uint64_t sequence) const
      ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    const auto entry = map_.find(key);
    const std::string* value = entry == map_.end() ? nullptr : Visible(entry->second, sequence);
    return value == nullptr ? std::nullopt : std::optional(*value);
  }

  void Apply(const Batch::Operation& operation) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const auto entry = map_.try_emplace(std::string(operation.key)).first;
    std::vector<Version>& versions = entry->second;
    if (!versions.empty() && versions.back().sequence == sequence_) versions.pop_back();
    versions.push_back({sequence_, std::nullopt});
    if (operation.value.has_value()) versions.back().value.emplace(*operation.value);
    if (!Trim(entry)) trimmable_.emplace(operation.key);
  }

  // Drops the versions of `entry` that nobody can see, and the entry when that is all of them.
  // True when nothing is left that a later unpinning could drop.
  bool Trim(Map::iterator entry) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    std::vector<Version>& versions = entry->second;
    const uint64_t oldest = pinned_.empty() ? sequence_ : *pinned_.begin();
    size_t first = versions.size() - 1;
    while (first > 0 && versions[first].sequence > oldest) --first;
    versions.erase(versions.begin(), versions.begin() + static_cast<std::ptrdiff_t>(first));
    if (versions.size() > 1) return false;
    if (versions.front().value) return true;
    if (versions.front().sequence > oldest) return false;
    map_.erase(entry);
    return true;
  }

  static void Take(Position& position, const std::string& key, const std::string& value) {
    position.key = key;
    position.value = value;
    position.passed = true;
  }

  bool Proceed(Position& position) const ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    const std::string& lower = position.range.lower;
    const bool from_lower = !position.key || *position.key < lower;
    auto entry = from_lower        ? map_.lower_bound(lower)
                 : position.passed ? map_.upper_bound(*position.key)
                                   : map_.lower_bound(*position.key);
    for (; entry != map_.end() && InsideUpper(position, entry->first); ++entry) {
      if (const std::string* value = Visible(entry->second, position.sequence)) {
        Take(position, entry->first, *value);
        return true;
      }
    }
    return false;
  }

  bool Retreat(Position& position) const ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    const std::string& upper = position.range.upper;
    const bool from_upper = !position.key || !InsideUpper(position, *position.key);
    // `end` is the first entry that is not to be given any more.
    auto end = !from_upper     ? (position.passed ? map_.lower_bound(*position.key)
                                                  : map_.upper_bound(*position.key))
               : upper.empty() ? map_.end()
                               : map_.lower_bound(upper);
    while (end != map_.begin()) {
      --end;
      if (end->first < position.range.lower) return false;
      if (const std::string* value = Visible(end->second, position.sequence)) {
        Take(position, end->first, *value);
        return true;
      }
    }
    return false;
  }

  static bool InsideUpper(const Position& position, std::string_view key) {
    return position.range.upper.empty() || key < position.range.upper;
  }

  mutable absl::Mutex mutex_;
  uint64_t sequence_ ABSL_GUARDED_BY(mutex_) = 0;
  std::optional<std::string> anchor_ ABSL_GUARDED_BY(mutex_);
  // Mutable as unpinning a snapshot of a const store drops versions, which no reader can see.
  mutable Map map_ ABSL_GUARDED_BY(mutex_);
  mutable std::multiset<uint64_t> pinned_ ABSL_GUARDED_BY(mutex_);
  mutable std::set<std::string> trimmable_ ABSL_GUARDED_BY(mutex_);
};

MemorySnapshot::MemorySnapshot(const MemoryStore& store)
    : store_(store), sequence_(store.Pin(nullptr)) {}
MemorySnapshot::~MemorySnapshot() { store_.Unpin(sequence_); }

class MemoryIterator final : public Iterator {
 public:
  MemoryIterator(const MemoryStore& store, const KeyRange& range, const IterateOptions& options)
      : store_(store) {
    position_.range = range;
    position_.reverse = options.reverse;
    position_.sequence = store.Pin(options.snapshot);
  }
  ~MemoryIterator() override { store_.Unpin(position_.sequence); }

  absl::StatusOr<bool> Next() override {
    if (!exhausted_) exhausted_ = !store_.Advance(position_);
    return !exhausted_;
  }
  void Seek(std::string_view key) override {
    position_.key = std::string(key);
    position_.passed = false;
    exhausted_ = false;
  }
  std::string_view key() const override { return *position_.key; }
  std::string_view value() const override { return position_.value; }

 private:
  const MemoryStore& store_;
  Position position_;
  bool exhausted_ = false;
};

class MemoryBulkWriter final : public BulkWriter {
 public:
  explicit MemoryBulkWriter(Store& store, MemoryBulkWriter* whole = nullptr)
      : store_(store), whole_(whole) {}

  absl::Status Put(std::string_view key, std::string_view value) override {
    absl::Status status = order_.Take(key);
    if (status.ok()) batch_.Put(key, value);
    return status;
  }
  absl::Status Delete(std::string_view key) override {
    absl::Status status = order_.Take(key);
    if (status.ok()) batch_.Delete(key);
    return status;
  }
  absl::Status Finish() override {
    DAFTAR_RETURN_IF_ERROR(order_.Finish());
    if (whole_ == nullptr) return store_.Write(batch_, Durability::kSynced);
    whole_->batch_.Append(batch_);
    return absl::OkStatus();
  }
  absl::StatusOr<std::unique_ptr<BulkWriter>> NewPart() override {
    if (whole_ != nullptr) return PartOfPart();
    return std::make_unique<MemoryBulkWriter>(store_, this);
  }

 private:
  Store& store_;
  MemoryBulkWriter* const whole_;  // what this is a part of; null: of none
  BulkOrder order_;
  Batch batch_;
};

std::unique_ptr<Iterator> MemoryStore::NewIterator(const KeyRange& range,
                                                   const IterateOptions& options) const {
  return std::make_unique<MemoryIterator>(*this, range, options);
}

absl::StatusOr<std::unique_ptr<BulkWriter>> MemoryStore::NewBulkWriter() {
  return std::make_unique<MemoryBulkWriter>(*this);
}

}  // namespace

std::unique_ptr<Store> NewMemoryStore() { return std::make_unique<MemoryStore>(); }

}  // namespace daftar::storage
