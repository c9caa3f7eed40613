// RocksDB's settings; docs/decisions/0002-storage.md has the reasons.
#pragma once

#include <rocksdb/cache.h>
#include <rocksdb/options.h>

#include <memory>

#include "storage/open.h"

namespace daftar::storage {

// Bytes of checksum that guard each key and value from the write call to the file.
inline constexpr size_t kProtectionBytesPerKey = 8;

// Single records are kept apart from blocks, in so much of the memory: one that is asked for again
// costs no search in files.
size_t ValueBytesMax(const RocksOptions& options);

// The engine's settings of a database with the given options. `*cache` receives the cache that
// bounds its memory.
rocksdb::Options MakeRocksOptions(const RocksOptions& options,
                                  std::shared_ptr<rocksdb::Cache>* cache);

rocksdb::WriteOptions MakeWriteOptions(Durability durability);

}  // namespace daftar::storage
