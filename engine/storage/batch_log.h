// The bytes of a batch as RocksDB takes them.
#pragma once

#include <rocksdb/write_batch.h>

#include <cstddef>

#include "storage/large_memory.h"
#include "storage/rocks_options.h"
#include "storage/store.h"

namespace daftar::storage {

class Batch::Log final : public rocksdb::WriteBatch {
 public:
  Log() : WriteBatch(0, /*max_bytes=*/0, kProtectionBytesPerKey, /*default_cf_ts_sz=*/0) {}

  void Reserve(size_t bytes) {
    const size_t needed = rep_.size() + bytes;
    if (needed <= rep_.capacity()) return;
    rep_.reserve(needed);
    AdviseHugePages(rep_.data(), rep_.capacity());
  }
};

}  // namespace daftar::storage
