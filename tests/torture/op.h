// One commit that is made on a tortured database.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "torture/ledger.h"
#include "txn/core.h"

namespace daftar::torture {

struct RowChange {
  Row row;  // as it is to be; of a deletion, as it was
  bool deleted = false;
  WriteIntent intent = WriteIntent::kUpsert;
  friend bool operator==(const RowChange&, const RowChange&) = default;
};

// What the commit says of itself is its id: the journal then tells which one it was.
struct Op {
  uint64_t id = 0;  // not 0
  uint8_t partition = 0;
  bool synced = true;
  bool bulk = false;               // by a bulk load: upserts of firms, always synced
  std::vector<RowChange> changes;  // of different rows, each a real change
};

std::string ReasonOf(uint64_t op_id);
// The id in a reason; 0 when it is not one of ours.
uint64_t OpIdOf(std::string_view reason);

// Commits `op`; `spill_folder` is for bulk loads. Errors: those of Core::Commit and BulkLoad.
absl::StatusOr<CommitVersion> RunOp(txn::Core* core, const Op& op,
                                    const std::filesystem::path& spill_folder);

}  // namespace daftar::torture
