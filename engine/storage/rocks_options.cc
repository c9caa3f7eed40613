#include "storage/rocks_options.h"

#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/sst_partitioner.h>
#include <rocksdb/table.h>
#include <rocksdb/write_buffer_manager.h>

#include <algorithm>

namespace daftar::storage {
namespace {

constexpr size_t kMebibyte = size_t{1} << 20;
constexpr size_t kMemoryBytesMin = 4 * kMebibyte;
// Scans of small entries go from block to block a quarter as often as with RocksDB's 4 KiB.
constexpr size_t kBlockBytes = 16384;
constexpr double kFilterBitsPerKey = 10;
// The space and the table or index of a key.
constexpr size_t kHintBytes = 5;

size_t BudgetOf(const RocksOptions& options) {
  return std::max(options.memory_budget_bytes, kMemoryBytesMin);
}

void SetIntegrity(rocksdb::Options& options) {
  // The default mode cuts the log at the first damaged record and opens as if nothing were missing.
  // This one accepts only an incomplete last record, which was never acknowledged.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.wal_bytes_per_sync = 0;
  options.recycle_log_file_num = 0;
  options.manual_wal_flush = false;
  options.track_and_verify_wals_in_manifest = true;
  options.verify_sst_unique_id_in_manifest = true;
  options.fail_if_options_file_error = true;
  options.paranoid_checks = true;
  options.paranoid_file_checks = true;
  options.compaction_verify_record_count = true;
  options.flush_verify_memtable_count = true;
  options.memtable_protection_bytes_per_key = kProtectionBytesPerKey;
  options.allow_mmap_reads = false;
  options.allow_mmap_writes = false;
  // After a background error the store must be opened again; RocksDB's own attempts to go on after
  // a full disk have lost data.
  options.max_bgerror_resume_count = 0;
}

void SetMemory(const RocksOptions& asked, rocksdb::Options& options,
               std::shared_ptr<rocksdb::Cache>* cache) {
  const size_t value_bytes = ValueBytesMax(asked);
  const size_t budget_bytes = BudgetOf(asked) - value_bytes;
  // A store that follows another process has no ValueCache. What this one keeps is found by file,
  // and never stale, as long as nobody deletes ranges.
  if (asked.read_only) options.row_cache = rocksdb::NewLRUCache(value_bytes);
  *cache = rocksdb::NewLRUCache(budget_bytes);
  // Write buffers are charged to the cache and take a quarter of it at most; an eighth each, so
  // that one fills while the other is being written.
  options.write_buffer_manager =
      std::make_shared<rocksdb::WriteBufferManager>(budget_bytes / 4, *cache);
  options.write_buffer_size = std::clamp(budget_bytes / 8, kMebibyte, 64 * kMebibyte);

  // One thread writes at a time, often keys that follow those before them in the same table or
  // index: the place of the last one of each is remembered.
  options.allow_concurrent_memtable_write = false;
  options.memtable_insert_with_hint_prefix_extractor.reset(
      rocksdb::NewFixedPrefixTransform(kHintBytes));

  rocksdb::BlockBasedTableOptions table;
  table.block_cache = *cache;
  table.block_size = kBlockBytes;
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.format_version = 6;  // Its checksums also detect a block in the wrong place.
  // A file's filter and index are read in pieces: whole, those of a large file of small keys take
  // megabytes, more than the cache may keep of one thing, and would be read again for every key.
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.partition_filters = true;
  table.metadata_cache_options.top_level_index_pinning = rocksdb::PinningTier::kAll;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kFilterBitsPerKey));
  table.whole_key_filtering = true;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
}

void SetHousekeeping(rocksdb::Options& options) {
  options.compression = rocksdb::kLZ4Compression;
  options.bottommost_compression = rocksdb::kZSTD;
  options.sst_partitioner_factory = rocksdb::NewSstPartitionerFixedPrefixFactory(kKindBytes);
  // Files that were taken in lie at the bottom with numbers of their own, and RocksDB would write
  // them anew at once, only to be rid of these numbers.
  options.bottommost_file_compaction_delay = 600;
  options.max_background_jobs = 2;
  options.max_open_files = 512;
  options.max_log_file_size = 2 * kMebibyte;
  options.keep_log_file_num = 2;
  options.max_manifest_file_size = 16 * kMebibyte;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  options.skip_stats_update_on_db_open = true;
}

}  // namespace

size_t ValueBytesMax(const RocksOptions& options) { return BudgetOf(options) / 4; }

rocksdb::Options MakeRocksOptions(const RocksOptions& options,
                                  std::shared_ptr<rocksdb::Cache>* cache) {
  rocksdb::Options rocks;
  rocks.create_if_missing = options.create_if_missing;
  rocks.error_if_exists = options.error_if_exists;
  SetIntegrity(rocks);
  SetMemory(options, rocks, cache);
  SetHousekeeping(rocks);
  if (options.until_damage) {
    rocks.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
    rocks.track_and_verify_wals_in_manifest = false;
  }
  // A writer beside us deletes files after compaction; those that are open stay readable.
  if (options.read_only) rocks.max_open_files = -1;
  return rocks;
}

rocksdb::WriteOptions MakeWriteOptions(Durability durability) {
  rocksdb::WriteOptions options;
  options.sync = durability == Durability::kSynced;
  options.protection_bytes_per_key = kProtectionBytesPerKey;
  return options;
}

}  // namespace daftar::storage
