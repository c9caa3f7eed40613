#include "audit/record_versions.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/status.h"
#include "history/as_of_reader.h"
#include "history/history_key.h"
#include "txn/journal_reader.h"
#include "txn/write_set.h"

namespace daftar::audit {
namespace {

constexpr CommitVersion kNever(UINT64_MAX);

absl::StatusOr<RecordVersion> MakeVersion(const storage::Reader& reader, CommitVersion commit) {
  RecordVersion version;
  DAFTAR_ASSIGN_OR_RETURN(std::optional<journal::EntryHead> head, txn::FindEntry(reader, commit));
  version.has_entry = head.has_value();
  if (head.has_value()) version.commit = *std::move(head);
  version.commit.version = commit;
  return version;
}

}  // namespace

RecordChanges::RecordChanges(txn::ReadView view, const catalog::TableDef& table,
                             codec::EncodedKey key, txn::CommitRange commits)
    : view_(std::move(view)), table_(table), key_(std::move(key)), commits_(commits) {
  DAFTAR_CHECK(commits.first > CommitVersion(0));
  commits_.last = std::min(commits_.last, view_.version);
}

absl::StatusOr<std::optional<RecordChanges::Old>> RecordChanges::FindOld(
    const txn::CommitRange& ended) const {
  const CommitVersion after(ended.last == kNever ? kNever.value() : ended.last.value() + 1);
  const auto past = view_.reader->NewIterator(
      {history::HistoryKey(key_.view(), ended.first), history::HistoryKey(key_.view(), after)},
      {.reverse = ended.backwards});
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, past->Next());
    if (!found) return std::optional<Old>();
    DAFTAR_ASSIGN_OR_RETURN(const history::HistoryId id, history::ParseHistoryKey(past->key()));
    if (id.live_key == key_.view()) return Old{id.ended, std::string(past->value())};
  }
}

absl::StatusOr<std::optional<std::string>> RecordChanges::ValueAt(CommitVersion version) const {
  return history::NewAsOfReader(view_.reader, version)->Get(key_.view());
}

absl::StatusOr<bool> RecordChanges::FindFrom(CommitVersion first) {
  DAFTAR_ASSIGN_OR_RETURN(std::optional<Old> old, FindOld({first, kNever}));
  const bool is_old = old.has_value();
  if (is_old) {
    value_ = std::move(old->value);
  } else {
    DAFTAR_ASSIGN_OR_RETURN(value_, view_.reader->Get(key_.view()));
    if (!value_.has_value()) return false;
  }
  DAFTAR_ASSIGN_OR_RETURN(commit_, history::CreatedBy(key_.view(), *value_));
  if (commit_ >= first) return true;
  if (!is_old) return false;
  // It was there before, so that what ended it is the change: another value or none.
  commit_ = old->ended;
  DAFTAR_ASSIGN_OR_RETURN(value_, ValueAt(commit_));
  return true;
}

absl::StatusOr<bool> RecordChanges::FindUpTo(CommitVersion last) {
  DAFTAR_ASSIGN_OR_RETURN(value_, ValueAt(last));
  if (value_.has_value()) {
    DAFTAR_ASSIGN_OR_RETURN(commit_, history::CreatedBy(key_.view(), *value_));
    return true;
  }
  // It was not there: what ended the last value was its deletion.
  DAFTAR_ASSIGN_OR_RETURN(const std::optional<Old> old, FindOld({CommitVersion(0), last, true}));
  if (old.has_value()) commit_ = old->ended;
  return old.has_value();
}

absl::StatusOr<bool> RecordChanges::Next() {
  if (commits_.first > commits_.last) return false;
  DAFTAR_ASSIGN_OR_RETURN(const bool found,
                          commits_.backwards ? FindUpTo(commits_.last) : FindFrom(commits_.first));
  if (!found || commit_ < commits_.first || commit_ > commits_.last) return false;
  if (commits_.backwards) {
    commits_.last = CommitVersion(commit_.value() - 1);
  } else {
    commits_.first = CommitVersion(commit_.value() + 1);
  }
  return true;
}

absl::StatusOr<std::optional<record::Message>> RecordChanges::Record() const {
  if (!value_.has_value()) return std::optional<record::Message>();
  DAFTAR_ASSIGN_OR_RETURN(record::Message record, txn::DecodeRecord(table_, key_.view(), *value_));
  return std::optional<record::Message>(std::move(record));
}

absl::StatusOr<std::vector<RecordVersion>> VersionsOf(const txn::ReadView& view,
                                                      const catalog::TableDef& table,
                                                      const codec::EncodedKey& key,
                                                      CommitVersion until) {
  RecordChanges changes(view, table, key, {CommitVersion(1), until});
  std::vector<RecordVersion> versions;
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, changes.Next());
    if (!found) return versions;
    DAFTAR_ASSIGN_OR_RETURN(RecordVersion version, MakeVersion(*view.reader, changes.commit()));
    DAFTAR_ASSIGN_OR_RETURN(version.record, changes.Record());
    versions.push_back(std::move(version));
  }
}

}  // namespace daftar::audit
