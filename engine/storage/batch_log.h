// The bytes of a batch as RocksDB takes them.
#pragma once

#include <rocksdb/write_batch.h>

#include <cstddef>

#include "storage/rocks_options.h"
#include "storage/store.h"

namespace daftar::storage {

class Batch::Log final : public rocksdb::WriteBatch {
 public:
  Log() : WriteBatch(0, /*max_bytes=*/0, kProtectionBytesPerKey, /*default_cf_ts_sz=*/0) {}

  void Reserve(size_t bytes) { rep_.reserve(rep_.size() + bytes); }
};

}  // namespace daftar::storage
