// Everything that one record ever was.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "catalog/catalog.h"
#include "codec/key.h"
#include "journal/entry.h"
#include "record/message.h"
#include "txn/journal_reader.h"
#include "txn/read_view.h"

namespace daftar::audit {

// Walks through the commits that changed one record, by what the present and the history hold of
// it: at each step it looks at two or three places, however long the journal is. What was removed
// as old is left out. Thread safety: none.
class RecordChanges {
 public:
  // `view` shows the newest state. Requires: commits.first is a commit. Lifetime: `table` belongs
  // to the view's catalog.
  RecordChanges(txn::ReadView view, const catalog::TableDef& table, codec::EncodedKey key,
                txn::CommitRange commits);

  // Moves to the next commit that wrote or deleted it; false after the last. Errors: DataLoss,
  // Unavailable.
  [[nodiscard]] absl::StatusOr<bool> Next();
  // The current one. Requires: Next() gave true.
  CommitVersion commit() const { return commit_; }
  bool deleted() const { return !value_.has_value(); }
  // What the commit wrote; nothing when it deleted the record. Errors: DataLoss.
  absl::StatusOr<std::optional<record::Message>> Record() const;

 private:
  // Moves to the first change from a commit on, or to the last one up to it.
  absl::StatusOr<bool> FindFrom(CommitVersion first);
  absl::StatusOr<bool> FindUpTo(CommitVersion last);
  // An old value, and the commit that ended it.
  struct Old {
    CommitVersion ended;
    std::string value;
  };
  // The one that ended first from a commit on, or last up to it.
  absl::StatusOr<std::optional<Old>> FindOld(const txn::CommitRange& ended) const;
  absl::StatusOr<std::optional<std::string>> ValueAt(CommitVersion version) const;

  const txn::ReadView view_;
  const catalog::TableDef& table_;
  const codec::EncodedKey key_;
  txn::CommitRange commits_;  // those that are left
  CommitVersion commit_;
  std::optional<std::string> value_;
};

struct RecordVersion {
  // The commit that made it so. When the journal does not reach back that far, only its version.
  journal::EntryHead commit;
  bool has_entry = true;
  std::optional<record::Message> record;  // absent: the commit deleted it
};

// The versions of the record at `key`, the oldest first, up to the commit `until`; those that were
// removed as old are left out. None when there never was one. `view` shows the newest state.
// Errors: DataLoss, Unavailable.
absl::StatusOr<std::vector<RecordVersion>> VersionsOf(const txn::ReadView& view,
                                                      const catalog::TableDef& table,
                                                      const codec::EncodedKey& key,
                                                      CommitVersion until);

}  // namespace daftar::audit
