// A store that fails on demand, for the fault tests of every layer above.
#pragma once

#include <array>
#include <memory>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "storage/store.h"
#include "storage/write_latch.h"

namespace daftar::storage {

// What can fail. kGet counts Get and MultiGet calls, kIterate calls of Iterator::Next, kBulk calls
// of BulkWriter::Put, Delete and Finish, kAnchor those of WriteAnchor.
enum class FaultPoint { kGet, kIterate, kWrite, kSync, kBulk, kAnchor };

struct Fault {
  FaultPoint point = FaultPoint::kWrite;
  // Counted from the arming: 1 is the very next operation of this kind.
  uint64_t nth = 1;
  // Every later operation of the kind fails too.
  bool persistent = false;
  // The operation takes effect and fails nevertheless, as when a disk wrote the data but reported
  // an error. Reads are not affected by it.
  bool takes_effect = false;
  absl::Status status = absl::UnavailableError("injected fault");
};

// Passes everything on to the store it wraps, except for the armed fault. A failed Write, Sync or
// BulkWriter::Finish makes it refuse writes, as any store does. Thread safety: as Store.
class FaultyStore final : public Store {
 public:
  explicit FaultyStore(std::unique_ptr<Store> inner);
  ~FaultyStore() override;

  // Replaces the armed fault and starts counting anew.
  void Arm(const Fault& fault);
  void Disarm();
  // Operations of this kind since the last Arm or Disarm: a run without faults says how many there
  // are to fail.
  uint64_t count(FaultPoint point) const;
  // Gives the wrapped store back, for "opening again" one that cannot be closed; this one refuses
  // writes from then on and is only to be destroyed.
  std::unique_ptr<Store> TakeInner();

  absl::StatusOr<std::optional<std::string>> Get(std::string_view key,
                                                 const ReadOptions& options) const override;
  absl::StatusOr<std::vector<std::optional<std::string>>> MultiGet(
      const std::vector<std::string_view>& keys, const ReadOptions& options) const override;
  std::unique_ptr<Iterator> NewIterator(const KeyRange& range,
                                        const IterateOptions& options) const override;
  std::unique_ptr<Snapshot> NewSnapshot() const override;
  absl::Status Write(const Batch& batch, Durability durability) override;
  absl::StatusOr<std::unique_ptr<BulkWriter>> NewBulkWriter() override;
  absl::Status Sync() override;
  absl::Status WriteAnchor(std::string_view anchor, Durability durability) override;
  absl::StatusOr<std::optional<std::string>> ReadAnchor() const override;
  absl::StatusOr<uint64_t> UnflushedWrites() const override;
  absl::Status CatchUp() override;
  absl::Status Compact(const KeyRange& range, std::atomic<bool>* stop) override;
  absl::StatusOr<uint64_t> ApproximateBytes(const KeyRange& range) const override;
  absl::StatusOr<StoreStats> Stats() const override;

 private:
  friend class FaultyIterator;
  friend class FaultyBulkWriter;

  // Counts one operation and returns the fault it is to meet, if any.
  std::optional<Fault> Meet(FaultPoint point) const;

  std::unique_ptr<Store> inner_;
  WriteLatch latch_;
  mutable absl::Mutex mutex_;
  std::optional<Fault> fault_ ABSL_GUARDED_BY(mutex_);
  mutable std::array<uint64_t, 6> counts_ ABSL_GUARDED_BY(mutex_) = {};
};

}  // namespace daftar::storage
