// What is left of a damaged database, and making it one that opens again.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "daftar/options.h"
#include "storage/store.h"
#include "txn/anchor.h"
#include "txn/header.h"
#include "txn/journal_reader.h"

namespace daftar::txn {

struct Assessment {
  // Why the database does not open as it is; empty when it does.
  std::string cause;
  Header header;  // of the newest commit that is there, with everything before it
  JournalEnd end;
  // The newest commit that is no note of a recovery which did not end, and its time.
  CommitVersion kept;
  int64_t kept_time = 0;
  // Absent: missing, unreadable, or another database's or history's.
  std::optional<Anchor> anchor;
};

// Looks at a store that was opened up to its damage. Errors: NotFound when it holds no database;
// FailedPrecondition when its format or its anchor's is another; DataLoss when the journal has a
// gap, so that what is there never was a state of the database; Unavailable.
absl::StatusOr<Assessment> Assess(const storage::Store& store);

// Appends an entry that says which commits are lost, or that the anchor was, and makes a new
// anchor. Numbers of lost commits are not given out again: somebody may have seen them. Durability:
// synced. Requires: the assessment is of this store and has a cause; `time` is now, microseconds
// since 1970.
absl::Status CloseGap(storage::Store* store, const Assessment& assessment,
                      const CommitOptions& options, int64_t time);

}  // namespace daftar::txn
