// What must work in RocksDB ends the program with a message when it does not.
#pragma once

#include <rocksdb/status.h>

#include "bench/workspace.h"

namespace daftar::bench {

inline void MustRocks(const rocksdb::Status& status) {
  if (!status.ok()) Fail("RocksDB: " + status.ToString());
}

}  // namespace daftar::bench
