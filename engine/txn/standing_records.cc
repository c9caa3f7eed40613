#include "txn/standing_records.h"

#include <utility>

#include "base/status.h"
#include "codec/key.h"
#include "codec/keyspace.h"
#include "history/history_key.h"
#include "index/stored_record.h"

namespace daftar::txn {

StandingRecords::StandingRecords(ReadView view, const catalog::TableDef& table, CommitVersion since)
    : view_(std::move(view)), table_(table), since_(since) {
  const auto start = view_.history_starts->find(table.id);
  if (start != view_.history_starts->end()) history_start_ = start->second;
}

absl::Status StandingRecords::Unknown(std::string_view key) const {
  return FailedPrecondition(
             "whether the record was there is no longer known, as its history was "
             "removed; delete it and put it anew as it is to be")
      .With("table", table_.name)
      .With("key", index::DescribeKey(table_, key.substr(codec::RecordPrefix(table_.id).size())))
      .With("as of commit", since_.value())
      .With("history begins with commit", history_start_.value());
}

absl::StatusOr<bool> StandingRecords::Has(std::string_view key, std::string_view value) const {
  DAFTAR_ASSIGN_OR_RETURN(const CommitVersion made, history::CreatedBy(key, value));
  if (made <= since_) return true;
  const auto versions =
      view_.reader->NewIterator({history::HistoryKey(key, CommitVersion(since_.value() + 1)),
                                 codec::PrefixEnd(history::HistoryPrefix(key))},
                                {});
  // The end of the version before, once there was one.
  CommitVersion ended;
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, versions->Next());
    CommitVersion next_made = made;
    if (found) {
      DAFTAR_ASSIGN_OR_RETURN(next_made, history::CreatedBy(key, versions->value()));
    }
    if (ended == CommitVersion() && next_made > since_) {
      // The oldest that is kept came after `since`, and perhaps in the place of another.
      if (next_made <= history_start_) return Unknown(key);
      return false;
    }
    if (ended != CommitVersion() && next_made != ended) return false;
    if (!found) return true;
    DAFTAR_ASSIGN_OR_RETURN(const history::HistoryId id, history::ParseHistoryKey(versions->key()));
    ended = id.ended;
  }
}

}  // namespace daftar::txn
