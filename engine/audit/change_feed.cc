#include "audit/change_feed.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/status.h"
#include "history/as_of_reader.h"
#include "txn/write_set.h"

namespace daftar::audit {

ChangeFeed::ChangeFeed(txn::ReadView view, CommitVersion after)
    : ChangeFeed(std::move(view), {CommitVersion(after.value() + 1), CommitVersion(UINT64_MAX)},
                 std::string()) {}

ChangeFeed::ChangeFeed(txn::ReadView view, txn::CommitRange commits, std::string key_prefix)
    : view_(std::move(view)),
      key_prefix_(std::move(key_prefix)),
      commits_(view_.reader,
               {commits.first, std::min(commits.last, view_.version), commits.backwards}) {}

absl::StatusOr<bool> ChangeFeed::NextCommit() {
  DAFTAR_ASSIGN_OR_RETURN(const bool found, commits_.Next());
  if (!found) return false;
  commit_ = std::move(commits_.head());
  as_of_ = nullptr;
  changes_.emplace(view_.reader, commit_);
  return true;
}

absl::StatusOr<bool> ChangeFeed::NextKey() {
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, changes_->Next());
    if (!found) return false;
    const journal::Change& change = changes_->change();
    if (!std::string_view(change.key).starts_with(key_prefix_)) continue;
    change_ = RecordChange();
    DAFTAR_ASSIGN_OR_RETURN(change_.key, DecodeRecordKey(*view_.catalog, change.key));
    change_.deleted = change.deleted;
    change_.digest = change.digest;
    return true;
  }
}

absl::Status ChangeFeed::ReadRecord() {
  const journal::Change& change = changes_->change();
  if (change.deleted || change_.key.table == nullptr) return absl::OkStatus();
  if (as_of_ == nullptr) as_of_ = history::NewAsOfReader(view_.reader, commit_.version);
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
  DAFTAR_ASSIGN_OR_RETURN(const bool found, NextKey());
  if (found) DAFTAR_RETURN_IF_ERROR(ReadRecord());
  return found;
}

}  // namespace daftar::audit
