// Choices that callers make when they open, read and write a database.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace daftar {

// Whether an acknowledged commit survives power loss (kSynced) or only the end of the process
// (kBuffered, for bulk work that can be repeated).
enum class Durability { kSynced, kBuffered };

// What a write expects to find under its key: nothing, a record, or either.
enum class WriteIntent { kInsert, kUpdate, kUpsert };

// What a commit says of itself, and how safe it is when it returns. The journal keeps the statement
// for good. A table can require parts of it: $table(requires = [actor, reason, decision]).
struct CommitOptions {
  Durability durability = Durability::kSynced;
  // Who changes the book: at most 1,024 bytes of UTF-8 without control characters.
  std::string actor = {};
  // Why: at most 65,536 bytes; line ends and tabs are allowed.
  std::string reason = {};
  // The key of the decision it rests on, as "IR-PK-JEC/22/14": as the actor.
  std::string decision = {};
};

// What one transaction may cost. Meeting a limit is an error that names it.
struct TransactionLimits {
  // Of keys and values that it writes.
  size_t write_bytes_max = size_t{64} << 20;
  // Of what is remembered of its reads.
  size_t read_bytes_max = size_t{64} << 20;
  // Between two uses. A forgotten transaction keeps old versions from being cleaned up.
  std::chrono::milliseconds idle_max = std::chrono::minutes(5);
};

struct TransactOptions {
  CommitOptions commit = {};
  TransactionLimits limits = {};
  // How often the body is run before Aborted is given up on.
  int attempts_max = 100;
};

struct OpenOptions {
  // Makes the database when the directory holds none; otherwise that is NotFound.
  bool create_if_missing = false;
  // Opens for reading only, also while another process has it open for writing. What that process
  // commits later is seen only with `follow`, and then after Database::CatchUp. `follow` requires
  // `read_only`.
  bool read_only = false;
  bool follow = false;
  // Keeps everything in memory and ignores the directory; for tests.
  bool in_memory = false;
  // Bytes of caches, of columns of scanned tables (a quarter of it) and write buffers together.
  size_t memory_budget_bytes = size_t{128} << 20;
  // How many threads read for one query, count or SQL statement that needs all of a large table or
  // index, some megabytes at least: 0: as many as the machine has cores, at most 8; 1: only the
  // caller's; never more than 64. They begin when such a scan has read a few thousand entries, and
  // end with it; all scans of a database together have twice as many at most, others read alone.
  // Rows, their order, counts and errors do not depend on it. What they have read ahead takes an
  // eighth of memory_budget_bytes a scan at most, and no more than 16 MiB, beside the budget.
  // Queries with a limit that no sort precedes or QueryLimits, and those of transactions, are read
  // by the caller's thread. An UPDATE of many rows outside of BEGIN has one of these threads work
  // out what the records change.
  size_t scan_threads = 0;
};

}  // namespace daftar
