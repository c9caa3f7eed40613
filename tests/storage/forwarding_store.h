// A store that passes everything on to another one: a base for those that change one thing.
#pragma once

#include "storage/store.h"

namespace daftar::testing {

// Lifetime: `inner` outlives it. Thread safety: as Store.
class ForwardingStore : public storage::Store {
 public:
  explicit ForwardingStore(storage::Store* inner) : inner_(inner) {}

  absl::StatusOr<std::optional<std::string>> Get(
      std::string_view key, const storage::ReadOptions& options) const override {
    return inner_->Get(key, options);
  }
  absl::StatusOr<std::vector<std::optional<std::string>>> MultiGet(
      const std::vector<std::string_view>& keys,
      const storage::ReadOptions& options) const override {
    return inner_->MultiGet(keys, options);
  }
  std::unique_ptr<storage::Iterator> NewIterator(
      const storage::KeyRange& range, const storage::IterateOptions& options) const override {
    return inner_->NewIterator(range, options);
  }
  std::unique_ptr<storage::Snapshot> NewSnapshot() const override { return inner_->NewSnapshot(); }
  absl::Status Write(const storage::Batch& batch, storage::Durability durability) override {
    return inner_->Write(batch, durability);
  }
  absl::StatusOr<std::unique_ptr<storage::BulkWriter>> NewBulkWriter() override {
    return inner_->NewBulkWriter();
  }
  absl::Status Sync() override { return inner_->Sync(); }
  absl::Status WriteAnchor(std::string_view anchor, storage::Durability durability) override {
    return inner_->WriteAnchor(anchor, durability);
  }
  absl::StatusOr<std::optional<std::string>> ReadAnchor() const override {
    return inner_->ReadAnchor();
  }
  absl::StatusOr<uint64_t> UnflushedWrites() const override { return inner_->UnflushedWrites(); }
  absl::Status CatchUp() override { return inner_->CatchUp(); }
  absl::Status Compact(const storage::KeyRange& range, std::atomic<bool>* stop) override {
    return inner_->Compact(range, stop);
  }
  absl::StatusOr<uint64_t> ApproximateBytes(const storage::KeyRange& range) const override {
    return inner_->ApproximateBytes(range);
  }
  absl::StatusOr<storage::StoreStats> Stats() const override { return inner_->Stats(); }

 private:
  storage::Store* const inner_;
};

}  // namespace daftar::testing
