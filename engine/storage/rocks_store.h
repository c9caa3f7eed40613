// An open RocksDB database as a Store; made by OpenRocksStore only.
#pragma once

#include <rocksdb/cache.h>
#include <rocksdb/db.h>

#include <atomic>
#include <filesystem>
#include <memory>

#include "storage/anchor_file.h"
#include "storage/store.h"
#include "storage/value_cache.h"
#include "storage/write_latch.h"

namespace daftar::storage {

class RocksStore final : public Store {
 public:
  struct Parts {
    std::filesystem::path directory;
    std::shared_ptr<rocksdb::Cache> cache;
    // Null: a store whose states have no numbers, since it follows another process.
    std::unique_ptr<ValueCache> values;
    std::shared_ptr<rocksdb::FileSystem> file_system;
    std::unique_ptr<rocksdb::Env> env;
    std::unique_ptr<rocksdb::DB> database;
    bool read_only = false;
  };
  explicit RocksStore(Parts parts)
      : parts_(std::move(parts)), anchor_(parts_.file_system, parts_.directory.string()) {}

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
  // Errors: FailedPrecondition when writes are refused.
  absl::Status CheckWritable() const;
  rocksdb::Status WriteLog(const Batch& batch, Durability durability);
  absl::StatusOr<std::optional<std::string>> Find(std::string_view key,
                                                  const rocksdb::ReadOptions& options) const;
  absl::StatusOr<std::vector<std::optional<std::string>>> FindAll(
      const std::vector<std::string_view>& keys, const rocksdb::ReadOptions& options) const;

  const Parts parts_;
  AnchorFile anchor_;
  WriteLatch latch_;
  std::atomic<uint64_t> bulk_writers_ = 0;
};

}  // namespace daftar::storage
