// A commit on its way: what its own thread has prepared, and what became of it.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "catalog/catalog.h"
#include "daftar/options.h"
#include "txn/migration.h"
#include "txn/read_set.h"
#include "txn/write_set.h"

namespace daftar::txn {

// Lifetime: everything pointed to must last until the commit is decided.
struct CommitRequest {
  const catalog::Catalog* catalog = nullptr;  // the one the writes were made with
  const std::vector<RecordWrite>* writes = nullptr;
  WriteSet* prepared = nullptr;    // `writes` applied to the state of `view`, finished, not empty
  ReadSet* guards = nullptr;       // what `prepared` follows from; sealed
  const ReadSet* reads = nullptr;  // what must still be as it was in `view`; sealed. Null: nothing
  CommitVersion view;
  uint64_t fills = 0;  // of the view
  const CommitOptions* options = nullptr;
  // How far the migration has come whose records these are: goes into the same write of the store,
  // with the commit's version. Refused when it was abandoned. Null: they are of none.
  const Migration* migration = nullptr;
  // `prepared` breaks a rule in the state that it was prepared on, and perhaps no more.
  bool refresh = false;

  // Set once the commit is decided.
  absl::StatusOr<CommitVersion> result = absl::UnknownError("not decided");
  bool decided = false;
};

}  // namespace daftar::txn
