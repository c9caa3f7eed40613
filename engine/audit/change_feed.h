// Commits in order, with what each changed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "audit/record_key.h"
#include "journal/entry.h"
#include "record/message.h"
#include "txn/journal_reader.h"
#include "txn/read_view.h"

namespace daftar::audit {

struct RecordChange {
  RecordKey key;
  bool deleted = false;
  journal::Hash digest{};  // of the record's canonical bytes; zero when it was deleted
  // What the commit wrote; absent when it deleted the record, or when it was removed as old since.
  std::optional<record::Message> record;
};

// Walks the journal from after one commit to the newest of its view. To go on later, make another
// feed from after the last commit that was taken in. Thread safety: none.
class ChangeFeed {
 public:
  // `view` shows the newest state.
  ChangeFeed(txn::ReadView view, CommitVersion after);
  // Walks through some commits only, and shows only changes of keys that begin with `key_prefix`.
  ChangeFeed(txn::ReadView view, txn::CommitRange commits, std::string key_prefix);

  // Moves to the next commit; false when there is none yet. Errors: DataLoss, Unavailable.
  [[nodiscard]] absl::StatusOr<bool> NextCommit();
  // The current one. Requires: NextCommit() gave true.
  const journal::EntryHead& commit() const { return commit_; }

  // Moves to the next change of the current commit, in the order of the keys. Errors: as above;
  // DataLoss also when a record is not the one that the journal knows.
  [[nodiscard]] absl::StatusOr<bool> NextChange();
  // The same in two steps: what was changed, and then, for who needs it, the record.
  [[nodiscard]] absl::StatusOr<bool> NextKey();
  absl::Status ReadRecord();
  // Requires: NextChange() or NextKey() gave true. Lifetime: until the next call; the record may be
  // taken out.
  RecordChange& change() { return change_; }
  const RecordChange& change() const { return change_; }
  // The key as stored. Lifetime: as above.
  std::string_view stored_key() const { return changes_->change().key; }

  const txn::ReadView& view() const { return view_; }

 private:
  const txn::ReadView view_;
  const std::string key_prefix_;
  txn::EntryWalk commits_;
  journal::EntryHead commit_;
  std::shared_ptr<const storage::Reader>
      as_of_;  // the state right after the commit; null: not read
  std::optional<txn::EntryChanges> changes_;
  RecordChange change_;
};

}  // namespace daftar::audit
