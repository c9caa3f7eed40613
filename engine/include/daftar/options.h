// Choices that callers make when they open, read and write a database.
#pragma once

#include <cstddef>
#include <cstdint>

namespace daftar {

// Whether an acknowledged commit survives power loss (kSynced) or only the end of the process
// (kBuffered, for bulk work that can be repeated).
enum class Durability { kSynced, kBuffered };

// What a write expects to find under its key: nothing, a record, or either.
enum class WriteIntent { kInsert, kUpdate, kUpsert };

struct OpenOptions {
  // Makes the database when the directory holds none; otherwise that is NotFound.
  bool create_if_missing = false;
  // Opens for reading only, also while another process has it open for writing. What that process
  // commits later is not seen.
  bool read_only = false;
  // Keeps everything in memory and ignores the directory; for tests.
  bool in_memory = false;
  // Bytes of cache and write buffers together.
  size_t memory_budget_bytes = size_t{128} << 20;
};

}  // namespace daftar
