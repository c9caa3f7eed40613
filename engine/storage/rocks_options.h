// RocksDB's settings; docs/decisions/0002-storage.md has the reasons.
#pragma once

#include <rocksdb/cache.h>
#include <rocksdb/options.h>

#include <memory>

#include "storage/open.h"

namespace daftar::storage {

// Bytes of checksum that guard each key and value from the write call to the file.
inline constexpr size_t kProtectionBytesPerKey = 8;

// Keys that differ in so many bytes at their beginning, which tell what kind they are, do not share
// a file, but in the newest ones: a search that comes to the end of one kind would else read a
// block of another, where single values may have megabytes.
inline constexpr size_t kKindBytes = 1;

// Single records are kept apart from blocks, in so much of the memory: one that is asked for again
// costs no search in files.
size_t ValueBytesMax(const RocksOptions& options);

// The engine's settings of a database with the given options. `*cache` receives the cache that
// bounds its memory.
rocksdb::Options MakeRocksOptions(const RocksOptions& options,
                                  std::shared_ptr<rocksdb::Cache>* cache);

rocksdb::WriteOptions MakeWriteOptions(Durability durability);

}  // namespace daftar::storage
