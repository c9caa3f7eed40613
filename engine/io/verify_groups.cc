#include "io/verify_groups.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "codec/key.h"
#include "codec/keyspace.h"
#include "history/history_key.h"

namespace daftar::io {

class GroupCheck::Stored {
 public:
  // Old ones that ended by `start` are on their way to be removed, and left out.
  Stored(VerifyRun* run, std::string_view prefix, bool is_past, CommitVersion start)
      : run_(run), is_past_(is_past), start_(start), groups_(run->IteratePrefix(prefix)) {}

  // Moves to the next one.
  absl::Status Load() {
    while (true) {
      DAFTAR_ASSIGN_OR_RETURN(found_, groups_->Next());
      if (!found_) return absl::OkStatus();
      run_->Progress();
      if (!is_past_) ++run_->report().groups;
      const auto id = history::ParseHistoryKey(groups_->key());
      // One that is malformed is one too many.
      if (!is_past_ || !id.ok() || !MayBeGone(id->ended, start_)) return absl::OkStatus();
    }
  }

  bool found() const { return found_; }
  std::string_view key() const { return groups_->key(); }
  std::string_view value() const { return groups_->value(); }

 private:
  VerifyRun* const run_;
  const bool is_past_;
  const CommitVersion start_;
  const std::unique_ptr<storage::Iterator> groups_;
  bool found_ = false;
};

namespace {

// As of which commit on its totals are known, in a table whose history begins with `history`.
CommitVersion StartOf(const txn::ReadView& view, CommitVersion history,
                      const catalog::AggregateDef& aggregate) {
  return std::max(history, aggregate.readable() ? aggregate.since : view.version);
}

}  // namespace

GroupCheck::GroupCheck(VerifyRun* run, const catalog::TableDef& table,
                       const catalog::AggregateDef& aggregate, size_t sort_bytes_max)
    : run_(run),
      table_(table),
      aggregate_(aggregate),
      prefix_(codec::AggregatePrefix(aggregate.id)),
      history_start_(run->HistoryStart(table)),
      start_(StartOf(run->view(), history_start_, aggregate)),
      counted_(run->view().reader),
      changes_(run->NewSorterOptions(sort_bytes_max)) {}

absl::Status GroupCheck::Add(std::string_view key, CommitVersion created, CommitVersion ended,
                             const record::Message& record) {
  if (MayBeGone(ended, start_)) return absl::OkStatus();
  DAFTAR_ASSIGN_OR_RETURN(const bool counted, counted_.Has(aggregate_, key));
  if (!counted) return absl::OkStatus();
  DAFTAR_ASSIGN_OR_RETURN(const index::GroupChanges begun,
                          index::ChangesOf(aggregate_, nullptr, &record));
  const CommitVersion from = std::max(created, start_);
  for (const auto& [group, totals] : begun) {
    DAFTAR_RETURN_IF_ERROR(changes_.Add(history::HistoryKey(group, from), totals));
  }
  if (ended == kPresent) return absl::OkStatus();
  DAFTAR_ASSIGN_OR_RETURN(const index::GroupChanges over,
                          index::ChangesOf(aggregate_, &record, nullptr));
  for (const auto& [group, totals] : over) {
    DAFTAR_RETURN_IF_ERROR(changes_.Add(history::HistoryKey(group, ended), totals));
  }
  return absl::OkStatus();
}

absl::Status GroupCheck::Compare() {
  DAFTAR_ASSIGN_OR_RETURN(txn::SortedGroups changes, changes_.Finish());
  Stored present(run_, prefix_, false, history_start_);
  Stored past(run_, history::HistoryPrefix(prefix_), true, history_start_);
  DAFTAR_RETURN_IF_ERROR(present.Load());
  DAFTAR_RETURN_IF_ERROR(past.Load());
  std::string group;
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, changes.Next());
    history::HistoryId id;
    if (found) {
      DAFTAR_ASSIGN_OR_RETURN(id, history::ParseHistoryKey(changes.key()));
    }
    if (!found || id.live_key != group) {
      if (totals_.records > 0) DAFTAR_RETURN_IF_ERROR(Expect(&present, group));
      if (!found) break;
      group.assign(id.live_key);
      totals_ = {};
    }
    if (totals_.records > 0) DAFTAR_RETURN_IF_ERROR(Expect(&past, changes.key()));
    DAFTAR_RETURN_IF_ERROR(index::AddTotals(changes.totals(), &totals_));
    created_ = id.ended;
  }
  DAFTAR_RETURN_IF_ERROR(ExpectNoneBefore(&present, ""));
  return ExpectNoneBefore(&past, "");
}

absl::Status GroupCheck::ExpectNoneBefore(Stored* stored, std::string_view key) {
  while (stored->found() && (key.empty() || stored->key() < key)) {
    Report(stored->key(), "there are totals of a group without records");
    DAFTAR_RETURN_IF_ERROR(run_->Repair(stored->key(), std::nullopt));
    DAFTAR_RETURN_IF_ERROR(stored->Load());
  }
  return absl::OkStatus();
}

absl::Status GroupCheck::Expect(Stored* stored, std::string_view key) {
  DAFTAR_RETURN_IF_ERROR(ExpectNoneBefore(stored, key));
  const bool there = stored->found() && stored->key() == key;
  if (!there || !Fits(stored->value())) {
    Report(key, there ? "totals are not those of the group's records, or another commit's"
                      : "totals of the group are missing");
    DAFTAR_RETURN_IF_ERROR(run_->Repair(key, index::EncodeGroup(created_, totals_)));
  }
  return there ? stored->Load() : absl::OkStatus();
}

bool GroupCheck::Fits(std::string_view value) const {
  const auto group = index::DecodeGroup(aggregate_.sums().size(), value);
  if (!group.ok() || group->totals != totals_) return false;
  const bool may_be_older = created_ <= start_;
  return may_be_older ? group->created <= start_ : group->created == created_;
}

void GroupCheck::Report(std::string_view key, std::string_view message) {
  const auto id = history::ParseHistoryKey(key);
  const bool is_past = id.ok() && id->live_key.starts_with(prefix_);
  std::string_view rest = is_past ? id->live_key : key;
  rest.remove_prefix(std::min(rest.size(), prefix_.size()));
  std::string shown;
  for (const catalog::Term& term : aggregate_.by()) {
    const auto value = codec::TakePart(term.part, &rest);
    if (!value.ok()) {
      shown = absl::StrCat("0x", absl::BytesToHexString(key));
      break;
    }
    absl::StrAppend(&shown, shown.empty() ? "" : ", ",
                    term.path.type().ToValue(ToView(*value)).ToString());
  }
  run_->Report({.kind = is_past ? ProblemKind::kWrongOldGroup : ProblemKind::kWrongGroup,
                .table = table_.name,
                .index = aggregate_.name(),
                .key = std::move(shown),
                .message = std::string(message),
                .repaired = run_->repairs(),
                .commit = is_past ? id->ended : CommitVersion()});
}

}  // namespace daftar::io
