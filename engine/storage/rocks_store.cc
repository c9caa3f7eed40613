#include "storage/rocks_store.h"

#include <rocksdb/advanced_cache.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <system_error>

#include "base/status.h"
#include "storage/batch_log.h"
#include "storage/file_error.h"
#include "storage/log_check.h"
#include "storage/rocks_bulk.h"
#include "storage/rocks_iterator.h"
#include "storage/rocks_options.h"
#include "storage/rocks_status.h"

namespace daftar::storage {
namespace {

// From here on the disk writes the log while the batch gets its place in memory.
constexpr size_t kSyncAfterBytes = size_t{16} << 20;

class RocksSnapshot final : public Snapshot {
 public:
  explicit RocksSnapshot(rocksdb::DB& database)
      : database_(database), inner_(database.GetSnapshot()) {}
  ~RocksSnapshot() override { database_.ReleaseSnapshot(inner_); }
  const rocksdb::Snapshot* inner() const { return inner_; }

 private:
  rocksdb::DB& database_;
  const rocksdb::Snapshot* const inner_;
};

rocksdb::ReadOptions MakeReadOptions(const Snapshot* snapshot, bool fill_cache) {
  rocksdb::ReadOptions options;
  if (snapshot != nullptr) options.snapshot = static_cast<const RocksSnapshot*>(snapshot)->inner();
  options.fill_cache = fill_cache;
  return options;
}

}  // namespace

absl::StatusOr<std::optional<std::string>> RocksStore::Find(
    std::string_view key, const rocksdb::ReadOptions& options) const {
  std::string value;
  const rocksdb::Status status =
      parts_.database->Get(options, parts_.database->DefaultColumnFamily(), key, &value);
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok()) return FromRocks(status, "read failed");
  return value;
}

absl::StatusOr<std::vector<std::optional<std::string>>> RocksStore::FindAll(
    const std::vector<std::string_view>& keys, const rocksdb::ReadOptions& options) const {
  if (keys.size() == 1) {
    DAFTAR_ASSIGN_OR_RETURN(std::optional<std::string> value, Find(keys.front(), options));
    return std::vector{std::move(value)};
  }
  const std::vector<rocksdb::Slice> slices(keys.begin(), keys.end());
  std::vector<rocksdb::PinnableSlice> found(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  parts_.database->MultiGet(options, parts_.database->DefaultColumnFamily(), keys.size(),
                            slices.data(), found.data(), statuses.data());
  std::vector<std::optional<std::string>> values(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    if (statuses[i].IsNotFound()) continue;
    if (!statuses[i].ok()) return FromRocks(statuses[i], "read failed");
    values[i] = found[i].ToString();
  }
  return values;
}

absl::StatusOr<std::optional<std::string>> RocksStore::Get(std::string_view key,
                                                           const ReadOptions& options) const {
  const auto read = MakeReadOptions(options.snapshot, options.fill_cache);
  if (parts_.values == nullptr || read.snapshot == nullptr) return Find(key, read);
  const uint64_t at = read.snapshot->GetSequenceNumber();
  if (auto kept = parts_.values->Find(key, at); kept.has_value()) return kept;
  DAFTAR_ASSIGN_OR_RETURN(std::optional<std::string> value, Find(key, read));
  if (value.has_value() && read.fill_cache && options.keep_values) {
    parts_.values->Insert(key, *value, at);
  }
  return value;
}

absl::StatusOr<std::vector<std::optional<std::string>>> RocksStore::MultiGet(
    const std::vector<std::string_view>& keys, const ReadOptions& options) const {
  const auto read = MakeReadOptions(options.snapshot, options.fill_cache);
  if (parts_.values == nullptr || read.snapshot == nullptr) return FindAll(keys, read);
  const uint64_t at = read.snapshot->GetSequenceNumber();
  std::vector<std::optional<std::string>> values(keys.size());
  std::vector<std::string_view> missing;
  std::vector<size_t> places;
  for (size_t i = 0; i < keys.size(); ++i) {
    values[i] = parts_.values->Find(keys[i], at);
    if (values[i].has_value()) continue;
    missing.push_back(keys[i]);
    places.push_back(i);
  }
  if (missing.empty()) return values;
  DAFTAR_ASSIGN_OR_RETURN(auto found, FindAll(missing, read));
  for (size_t i = 0; i < missing.size(); ++i) {
    if (!found[i].has_value()) continue;
    if (read.fill_cache && options.keep_values) parts_.values->Insert(missing[i], *found[i], at);
    values[places[i]] = std::move(found[i]);
  }
  return values;
}

std::unique_ptr<Iterator> RocksStore::NewIterator(const KeyRange& range,
                                                  const IterateOptions& options) const {
  return std::make_unique<RocksIterator>(*parts_.database,
                                         MakeReadOptions(options.snapshot, options.fill_cache),
                                         range, options.reverse);
}

std::unique_ptr<Snapshot> RocksStore::NewSnapshot() const {
  // A secondary instance of RocksDB ignores snapshots or refuses them.
  if (parts_.read_only) return nullptr;
  return std::make_unique<RocksSnapshot>(*parts_.database);
}

absl::Status RocksStore::CheckWritable() const {
  if (parts_.read_only) return FailedPrecondition("database is open for reading only");
  return latch_.Check();
}

// A large batch is synced once it is written; until then nobody is shown a snapshot that has it.
rocksdb::Status RocksStore::WriteLog(const Batch& batch, Durability durability) {
  const bool is_later = durability == Durability::kSynced && batch.bytes() >= kSyncAfterBytes;
  rocksdb::Status status = parts_.database->Write(
      MakeWriteOptions(is_later ? Durability::kBuffered : durability), &batch.log());
  if (status.ok() && is_later) status = parts_.database->FlushWAL(/*sync=*/true);
  return status;
}

absl::Status RocksStore::Write(const Batch& batch, Durability durability) {
  DAFTAR_RETURN_IF_ERROR(CheckWritable());
  ValueCache::Shards written;
  if (parts_.values != nullptr) written = parts_.values->BeginWrite(batch);
  const rocksdb::Status status = WriteLog(batch, durability);
  if (parts_.values != nullptr) {
    parts_.values->EndWrite(written, parts_.database->GetLatestSequenceNumber());
  }
  return latch_.Record(FromRocks(status, "write failed"));
}

absl::StatusOr<std::unique_ptr<BulkWriter>> RocksStore::NewBulkWriter() {
  DAFTAR_RETURN_IF_ERROR(CheckWritable());
  return RocksBulkWriter::Create(*parts_.database, parts_.values.get(), latch_, parts_.directory,
                                 bulk_writers_++);
}

absl::Status RocksStore::Sync() {
  DAFTAR_RETURN_IF_ERROR(CheckWritable());
  return latch_.Record(FromRocks(parts_.database->FlushWAL(/*sync=*/true), "log sync failed"));
}

absl::Status RocksStore::WriteAnchor(std::string_view anchor, Durability durability) {
  DAFTAR_RETURN_IF_ERROR(CheckWritable());
  return latch_.Record(anchor_.Write(anchor, durability));
}

absl::StatusOr<std::optional<std::string>> RocksStore::ReadAnchor() const { return anchor_.Read(); }

absl::StatusOr<uint64_t> RocksStore::UnflushedWrites() const {
  uint64_t total = 0;
  for (const std::string& property : {rocksdb::DB::Properties::kNumEntriesActiveMemTable,
                                      rocksdb::DB::Properties::kNumEntriesImmMemTables}) {
    uint64_t count = 0;
    if (!parts_.database->GetIntProperty(property, &count)) {
      return Internal("RocksDB does not know a property").With("property", property);
    }
    total += count;
  }
  return total;
}

absl::Status RocksStore::CatchUp() {
  if (!parts_.read_only) {
    return FailedPrecondition("database is open for writing and follows nobody");
  }
  DAFTAR_ASSIGN_OR_RETURN(const std::vector<std::string> before,
                          LogNames(parts_.file_system.get(), parts_.directory.string()));
  DAFTAR_RETURN_IF_ERROR(
      FromRocks(parts_.database->TryCatchUpWithPrimary(), "cannot read what was written since"));
  DAFTAR_ASSIGN_OR_RETURN(const std::vector<std::string> after,
                          LogNames(parts_.file_system.get(), parts_.directory.string()));
  // RocksDB stops at a log that goes away while it looks, and says that all is well.
  if (std::includes(after.begin(), after.end(), before.begin(), before.end())) {
    return absl::OkStatus();
  }
  return Unavailable("the process that writes removed a log meanwhile; call it again");
}

absl::Status RocksStore::Compact(const KeyRange& range, std::atomic<bool>* stop) {
  DAFTAR_RETURN_IF_ERROR(CheckWritable());
  rocksdb::FlushOptions flush;
  flush.allow_write_stall = false;
  rocksdb::Status status = parts_.database->Flush(flush);
  if (!status.ok()) return latch_.Record(FromRocks(status, "flush failed"));
  rocksdb::CompactRangeOptions options;
  options.exclusive_manual_compaction = false;
  options.allow_write_stall = false;
  options.canceled = stop;
  const rocksdb::Slice lower(range.lower);
  const rocksdb::Slice upper(range.upper);
  status = parts_.database->CompactRange(options, range.lower.empty() ? nullptr : &lower,
                                         range.upper.empty() ? nullptr : &upper);
  // Being stopped is what was asked for.
  if (status.IsIncomplete() || status.IsShutdownInProgress()) return absl::OkStatus();
  return latch_.Record(FromRocks(status, "compaction failed"));
}

absl::StatusOr<uint64_t> RocksStore::ApproximateBytes(const KeyRange& range) const {
  const std::string upper = range.upper.empty() ? std::string(1, '\xff') : range.upper;
  const rocksdb::Range asked(range.lower, upper);
  rocksdb::SizeApproximationOptions options;
  options.include_memtables = true;
  uint64_t bytes = 0;
  const rocksdb::Status status = parts_.database->GetApproximateSizes(
      options, parts_.database->DefaultColumnFamily(), &asked, 1, &bytes);
  if (!status.ok()) return FromRocks(status, "sizes cannot be told");
  return bytes;
}

absl::StatusOr<StoreStats> RocksStore::Stats() const {
  StoreStats stats;
  std::error_code error;
  auto entry = std::filesystem::directory_iterator(parts_.directory, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    std::error_code gone;  // Files come and go meanwhile.
    const uintmax_t bytes = entry->is_regular_file(gone) ? entry->file_size(gone) : 0;
    if (!gone) stats.disk_bytes += bytes;
  }
  if (error) return FileError("cannot list the database directory", parts_.directory, error);
  // Write buffers are charged to the cache, too.
  stats.memory_bytes = parts_.cache->GetUsage();
  if (parts_.values != nullptr) stats.memory_bytes += parts_.values->bytes();
  return stats;
}

}  // namespace daftar::storage
