#include "storage/faulty_store.h"

#include <utility>

#include "absl/functional/function_ref.h"
#include "base/check.h"

namespace daftar::storage {
namespace {

// Runs `operation` unless `fault` says otherwise.
absl::Status RunWith(const std::optional<Fault>& fault,
                     absl::FunctionRef<absl::Status()> operation) {
  if (!fault) return operation();
  if (fault->takes_effect) {
    // An operation that fails by itself has the more truthful error.
    if (absl::Status status = operation(); !status.ok()) return status;
  }
  return fault->status;
}

}  // namespace

class FaultyIterator final : public Iterator {
 public:
  FaultyIterator(const FaultyStore& store, std::unique_ptr<Iterator> inner)
      : store_(store), inner_(std::move(inner)) {}

  absl::StatusOr<bool> Next() override {
    if (!failure_.ok()) return failure_;
    if (const std::optional<Fault> fault = store_.Meet(FaultPoint::kIterate)) {
      failure_ = fault->status;
      return failure_;
    }
    return inner_->Next();
  }
  void Seek(std::string_view key) override { inner_->Seek(key); }
  std::string_view key() const override { return inner_->key(); }
  std::string_view value() const override { return inner_->value(); }

 private:
  const FaultyStore& store_;
  std::unique_ptr<Iterator> inner_;
  absl::Status failure_;
};

class FaultyBulkWriter final : public BulkWriter {
 public:
  FaultyBulkWriter(FaultyStore& store, std::unique_ptr<BulkWriter> inner, bool is_part)
      : store_(store), inner_(std::move(inner)), is_part_(is_part) {}

  absl::Status Put(std::string_view key, std::string_view value) override {
    return Remember(
        RunWith(store_.Meet(FaultPoint::kBulk), [&] { return inner_->Put(key, value); }));
  }
  absl::Status Delete(std::string_view key) override {
    return Remember(RunWith(store_.Meet(FaultPoint::kBulk), [&] { return inner_->Delete(key); }));
  }
  absl::Status Finish() override {
    if (absl::Status status = store_.latch_.Check(); !status.ok()) return status;
    if (!failure_.ok()) return failure_;
    // To add a part to its writer is no operation of the store.
    if (is_part_) return inner_->Finish();
    return store_.latch_.Record(
        RunWith(store_.Meet(FaultPoint::kBulk), [&] { return inner_->Finish(); }));
  }
  absl::StatusOr<std::unique_ptr<BulkWriter>> NewPart() override {
    absl::StatusOr<std::unique_ptr<BulkWriter>> part = inner_->NewPart();
    if (!part.ok()) return part;
    return std::make_unique<FaultyBulkWriter>(store_, *std::move(part), true);
  }

 private:
  // Returns `status`; a failure that lost an entry makes Finish() refuse.
  absl::Status Remember(absl::Status status) {
    if (!absl::IsInvalidArgument(status) && !absl::IsFailedPrecondition(status)) {
      failure_.Update(status);
    }
    return status;
  }

  FaultyStore& store_;
  std::unique_ptr<BulkWriter> inner_;
  const bool is_part_;
  absl::Status failure_;
};

FaultyStore::FaultyStore(std::unique_ptr<Store> inner) : inner_(std::move(inner)) {
  DAFTAR_CHECK(inner_ != nullptr);
}

FaultyStore::~FaultyStore() = default;

std::unique_ptr<Store> FaultyStore::TakeInner() {
  latch_.Record(absl::UnavailableError("the wrapped store was taken")).IgnoreError();
  return std::move(inner_);
}

void FaultyStore::Arm(const Fault& fault) {
  DAFTAR_CHECK(!fault.status.ok());
  DAFTAR_CHECK(fault.nth >= 1);
  absl::MutexLock lock(&mutex_);
  fault_ = fault;
  counts_ = {};
}

void FaultyStore::Disarm() {
  absl::MutexLock lock(&mutex_);
  fault_.reset();
  counts_ = {};
}

uint64_t FaultyStore::count(FaultPoint point) const {
  absl::ReaderMutexLock lock(&mutex_);
  return counts_[static_cast<size_t>(point)];
}

std::optional<Fault> FaultyStore::Meet(FaultPoint point) const {
  absl::MutexLock lock(&mutex_);
  const uint64_t count = ++counts_[static_cast<size_t>(point)];
  if (!fault_ || fault_->point != point) return std::nullopt;
  const bool met = fault_->persistent ? count >= fault_->nth : count == fault_->nth;
  return met ? fault_ : std::nullopt;
}

absl::StatusOr<std::optional<std::string>> FaultyStore::Get(std::string_view key,
                                                            const ReadOptions& options) const {
  if (const std::optional<Fault> fault = Meet(FaultPoint::kGet)) return fault->status;
  return inner_->Get(key, options);
}

absl::StatusOr<std::vector<std::optional<std::string>>> FaultyStore::MultiGet(
    const std::vector<std::string_view>& keys, const ReadOptions& options) const {
  if (const std::optional<Fault> fault = Meet(FaultPoint::kGet)) return fault->status;
  return inner_->MultiGet(keys, options);
}

std::unique_ptr<Iterator> FaultyStore::NewIterator(const KeyRange& range,
                                                   const IterateOptions& options) const {
  return std::make_unique<FaultyIterator>(*this, inner_->NewIterator(range, options));
}

std::unique_ptr<Snapshot> FaultyStore::NewSnapshot() const { return inner_->NewSnapshot(); }

absl::Status FaultyStore::Write(const Batch& batch, Durability durability) {
  if (absl::Status status = latch_.Check(); !status.ok()) return status;
  return latch_.Record(
      RunWith(Meet(FaultPoint::kWrite), [&] { return inner_->Write(batch, durability); }));
}

absl::StatusOr<std::unique_ptr<BulkWriter>> FaultyStore::NewBulkWriter() {
  if (absl::Status status = latch_.Check(); !status.ok()) return status;
  absl::StatusOr<std::unique_ptr<BulkWriter>> inner = inner_->NewBulkWriter();
  if (!inner.ok()) return inner;
  return std::make_unique<FaultyBulkWriter>(*this, *std::move(inner), false);
}

absl::Status FaultyStore::Sync() {
  if (absl::Status status = latch_.Check(); !status.ok()) return status;
  return latch_.Record(RunWith(Meet(FaultPoint::kSync), [&] { return inner_->Sync(); }));
}

absl::Status FaultyStore::WriteAnchor(std::string_view anchor, Durability durability) {
  if (absl::Status status = latch_.Check(); !status.ok()) return status;
  return latch_.Record(
      RunWith(Meet(FaultPoint::kAnchor), [&] { return inner_->WriteAnchor(anchor, durability); }));
}

absl::StatusOr<std::optional<std::string>> FaultyStore::ReadAnchor() const {
  return inner_->ReadAnchor();
}

absl::StatusOr<uint64_t> FaultyStore::UnflushedWrites() const { return inner_->UnflushedWrites(); }

absl::Status FaultyStore::CatchUp() { return inner_->CatchUp(); }

absl::Status FaultyStore::Compact(const KeyRange& range, std::atomic<bool>* stop) {
  if (absl::Status status = latch_.Check(); !status.ok()) return status;
  return inner_->Compact(range, stop);
}

absl::StatusOr<uint64_t> FaultyStore::ApproximateBytes(const KeyRange& range) const {
  return inner_->ApproximateBytes(range);
}

absl::StatusOr<StoreStats> FaultyStore::Stats() const { return inner_->Stats(); }

}  // namespace daftar::storage
