// Random commits that the database must accept.
#pragma once

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "torture/choices.h"
#include "torture/op.h"

namespace daftar::torture {

// The rows of one partition, by table and number.
using Rows = std::map<std::pair<LedgerTable, uint16_t>, Row>;

struct WorkloadOptions {
  uint64_t bulk_percent = 3;  // of commits
  uint64_t buffered_percent = 20;
  uint64_t large_percent = 4;  // of rows: notes of up to `large_bytes`
  uint32_t large_bytes = 48 << 10;
  uint32_t note_bytes = 700;  // of the others, at most
  uint16_t numbers = 48;      // of different keys in a table
};

// Inserts, updates and deletions of one partition. Unique values are given from record to record,
// also within a commit. Assumes that every commit goes through. Thread safety: none.
class Workload {
 public:
  // Ids of its commits are first_id, first_id + 1, ...
  Workload(uint8_t partition, Rows rows, uint64_t first_id, uint64_t seed,
           const WorkloadOptions& options);

  Op Next();

 private:
  Row NewContent(LedgerTable table, uint16_t number);
  RowChange ChangeOf(LedgerTable table, uint16_t number);
  // Takes values off the rows of the commit that another row of it then gets.
  void SwapUniques(Op* op);
  Op BulkOp();
  void Free(const Row& row);
  void Take(Row* row);

  const uint8_t partition_;
  const WorkloadOptions options_;
  Rows rows_;
  uint64_t next_id_;
  Choices choices_;
  std::set<int16_t> free_seals_;
  std::set<unsigned> free_tags_;
};

}  // namespace daftar::torture
