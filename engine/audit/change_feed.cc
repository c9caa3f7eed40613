#include "audit/change_feed.h"

#include <utility>

#include "base/status.h"
#include "history/as_of_reader.h"
#include "txn/write_set.h"

namespace daftar::audit {

absl::StatusOr<bool> ChangeFeed::NextCommit() {
  const CommitVersion next(after_.value() + 1);
  DAFTAR_ASSIGN_OR_RETURN(std::optional<journal::EntryHead> head,
                          txn::FirstEntryFrom(*view_.reader, next, view_.version));
  if (!head.has_value()) return false;
  commit_ = *std::move(head);
  after_ = commit_.version;
  as_of_ = history::NewAsOfReader(view_.reader, commit_.version);
  changes_.emplace(view_.reader, commit_);
  return true;
}

absl::Status ChangeFeed::FindRecord(const journal::Change& change) {
  if (change.deleted || change_.key.table == nullptr) return absl::OkStatus();
  DAFTAR_ASSIGN_OR_RETURN(const std::optional<std::string> value, as_of_->Get(change.key));
  if (!value.has_value()) {
    const auto start = view_.history_starts->find(change_.key.id);
    if (start != view_.history_starts->end() && commit_.version < start->second) {
      return absl::OkStatus();
    }
    return DataLoss("the history lacks a record that the journal names")
        .With("commit", commit_.version.value())
        .WithBytes("key", change.key);
  }
  DAFTAR_ASSIGN_OR_RETURN(change_.record,
                          txn::DecodeRecord(*change_.key.table, change.key, *value));
  if (journal::HashOf(change_.record->bytes()) == change.digest) return absl::OkStatus();
  return DataLoss("a record is not the one that the journal knows")
      .With("commit", commit_.version.value())
      .WithBytes("key", change.key);
}

absl::StatusOr<bool> ChangeFeed::NextChange() {
  DAFTAR_ASSIGN_OR_RETURN(const bool found, changes_->Next());
  if (!found) return false;
  const journal::Change& change = changes_->change();
  change_ = RecordChange();
  DAFTAR_ASSIGN_OR_RETURN(change_.key, DecodeRecordKey(*view_.catalog, change.key));
  change_.deleted = change.deleted;
  change_.digest = change.digest;
  DAFTAR_RETURN_IF_ERROR(FindRecord(change));
  return true;
}

}  // namespace daftar::audit
