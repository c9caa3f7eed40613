// Opens damaged copies of a database: what they say must be right or refused.
#pragma once

#include <filesystem>
#include <string_view>

#include "absl/status/status.h"
#include "torture/board.h"
#include "torture/choices.h"
#include "torture/prepared_ledger.h"

namespace daftar::torture {

// What became of the damaged copies, as numbers of counts of a board.
struct DamageCounts {
  size_t right = 0;         // everything was answered, and rightly
  size_t refused_open = 0;  // did not open
  size_t refused_read = 0;  // opened and refused an answer
  size_t read_only = 0;     // openings for reading
};

struct DamageOptions {
  bool read_only = false;    // first opens it beside an imagined writer
  bool point_reads = false;  // reads every key by itself
  bool go_on = false;        // when all was right: commits, and opens once more
};

// Checks the damaged copy in `directory`, which it may change. Errors: what is wrong with how it
// was answered.
absl::Status CheckDamaged(const std::filesystem::path& directory, const PreparedLedger& ledger,
                          const DamageOptions& options, const DamageCounts& counts, Board* board,
                          Choices* choices);

// "wal", "manifest", "sst", "current", "options", "anchor", "identity", "lock" or "log", which is
// the text log.
std::string_view KindOfFile(std::string_view name);

}  // namespace daftar::torture
