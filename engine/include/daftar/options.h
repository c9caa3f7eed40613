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
};

}  // namespace daftar
