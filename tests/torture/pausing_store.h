// A store that takes its time over writes, so that commits wait for one another and form groups
// also where the disk is fast.
#pragma once

#include <atomic>
#include <functional>
#include <memory>

#include "storage/store.h"

namespace daftar::torture {

// Thread safety: as Store. Lifetime: `pause` may be called until the store is destroyed.
class PausingStore final : public storage::Store {
 public:
  // `pause` is called before every Write, by its thread.
  PausingStore(std::unique_ptr<storage::Store> inner, std::function<void()> pause)
      : inner_(std::move(inner)), pause_(std::move(pause)) {}

  // How many batches were written.
  size_t writes() const { return writes_; }

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
    ++writes_;
    pause_();
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
  absl::StatusOr<storage::StoreStats> Stats() const override { return inner_->Stats(); }

 private:
  const std::unique_ptr<storage::Store> inner_;
  const std::function<void()> pause_;
  std::atomic<size_t> writes_ = 0;
};

}  // namespace daftar::torture
