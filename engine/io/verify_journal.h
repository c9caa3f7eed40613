// Whether the journal is whole; and its changes in the order of the records, for comparing.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "daftar/ids.h"
#include "io/verify_run.h"
#include "journal/entry.h"
#include "storage/external_sorter.h"
#include "txn/anchor.h"

namespace daftar::io {

// What the journal says of the records. Keys of `changes` are those of the history
// (history::HistoryKey) for a record and the commit that changed it, so that they sort by record,
// then commit; the value is the digest that was put, or empty for a deletion.
struct JournalFindings {
  std::unique_ptr<storage::SortedReader> changes;
  // The commit of the first entry. A record that is older is from a database of format 1: this
  // entry is that of its upgrade, which names all records.
  CommitVersion first;
  // Whether the first entry is the one that nothing came before.
  bool from_the_start = true;
  // Commits of which not everything was found, both ends included; increasing.
  std::vector<std::pair<CommitVersion, CommitVersion>> doubtful;

  bool Doubtful(CommitVersion version) const;
};

// Reads all of the journal and reports what is wrong with it: entries that do not follow one
// another by their hashes, changes that are not those of the head, times that decrease, parts too
// many or too few, another end than the newest commit's and another than the anchor's. `anchor`:
// what the newest synced commit was known to be.
absl::StatusOr<JournalFindings> CheckJournal(VerifyRun* run, const txn::Anchor& anchor);

}  // namespace daftar::io
