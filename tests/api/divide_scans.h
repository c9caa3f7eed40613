// Has scans of small tables read as those of large ones are.
#pragma once

#include <cstdint>

#include "api/state.h"
#include "daftar/database.h"
#include "storage/scan_threads.h"

namespace daftar::testing {

inline storage::ScanThreads& ScanThreadsOf(const Database& database) {
  return *internal::DatabaseAccess::View(database.View()).scan;
}

// From now on scans of a database are divided into pieces of a few records for so many threads,
// when they have read some entries alone; 1: they are read alone. Requires: no scan is under way.
inline void DivideScans(const Database& database, size_t threads, uint64_t entries_before = 0,
                        uint64_t piece_bytes = 400) {
  storage::ScanLimits limits;
  limits.threads = threads;
  limits.range_bytes_min = 0;
  limits.piece_bytes = piece_bytes;
  limits.entries_before = entries_before;
  // A thread waits for each batch to be taken.
  limits.held_bytes_max = 0;
  ScanThreadsOf(database).SetLimits(limits);
}

}  // namespace daftar::testing
