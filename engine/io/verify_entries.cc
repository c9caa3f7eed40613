#include "io/verify_entries.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "codec/key.h"
#include "codec/keyspace.h"
#include "history/history_key.h"
#include "txn/write_set.h"

namespace daftar::io {
namespace {

// What is sorted beside an entry's key: whether the entry may be older than it says, then its
// value.
constexpr char kExact = 0;
constexpr char kMayBeOlder = 1;

// Whether a stored entry is what is wanted. One that may be older is of any commit up to where the
// history begins.
bool Fits(std::string_view stored, std::string_view wanted, CommitVersion start) {
  if (wanted.front() == kExact) return stored == wanted.substr(1);
  const auto value = index::DecodeEntryValue(stored);
  const auto newest = index::DecodeEntryValue(wanted.substr(1));
  return value.ok() && newest.ok() && value->covered == newest->covered && value->created <= start;
}

}  // namespace

EntryCheck::EntryCheck(VerifyRun* run, const catalog::TableDef& table,
                       const catalog::IndexDef& index, size_t sort_bytes_max)
    : run_(run),
      table_(table),
      index_(index),
      prefix_(codec::IndexPrefix(index.id)),
      start_(run->HistoryStart(table)),
      spans_(start_, [this](const EntrySpans::Span& span) { return Emit(span); }),
      present_(run->NewSorter(sort_bytes_max / 2)),
      past_(run->NewSorter(sort_bytes_max / 2)) {}

absl::Status EntryCheck::Add(std::string_view record_key, CommitVersion created,
                             CommitVersion ended, std::vector<index::Entry> entries) {
  return spans_.Add(record_key, created, ended, std::move(entries));
}

absl::Status EntryCheck::Emit(const EntrySpans::Span& span) {
  std::string value(1, span.may_be_older ? kMayBeOlder : kExact);
  value += index::EncodeEntryValue(span.created, span.entry.covered);
  const std::string_view key = span.entry.key.view();
  if (span.ended == kPresent) return present_.Add(key, value);
  return past_.Add(history::HistoryKey(key, span.ended), value);
}

absl::Status EntryCheck::Compare(bool all_known) {
  DAFTAR_RETURN_IF_ERROR(spans_.Close());
  DAFTAR_RETURN_IF_ERROR(ComparePresent());
  return ComparePast(all_known);
}

absl::Status EntryCheck::ComparePresent() {
  DAFTAR_ASSIGN_OR_RETURN(const auto wanted, present_.Finish());
  const auto actual = run_->IteratePrefix(prefix_);
  DAFTAR_ASSIGN_OR_RETURN(bool has_wanted, wanted->Next());
  DAFTAR_ASSIGN_OR_RETURN(bool has_actual, actual->Next());
  const bool repairs = run_->repairs();
  while (has_wanted || has_actual) {
    const int order = !has_actual ? -1 : !has_wanted ? 1 : wanted->key().compare(actual->key());
    if (order < 0) {
      Report(ProblemKind::kMissingEntry, wanted->key(), kPresent, repairs, "entry is missing");
      DAFTAR_RETURN_IF_ERROR(run_->Repair(wanted->key(), std::string(wanted->value().substr(1))));
    } else if (order > 0) {
      Report(ProblemKind::kExtraEntry, actual->key(), kPresent, repairs,
             "entry has no record with these values");
      DAFTAR_RETURN_IF_ERROR(run_->Repair(actual->key(), std::nullopt));
    } else if (!Fits(actual->value(), wanted->value(), start_)) {
      Report(ProblemKind::kWrongEntry, actual->key(), kPresent, repairs,
             "entry holds other values than the record, or another commit");
      DAFTAR_RETURN_IF_ERROR(run_->Repair(actual->key(), std::string(wanted->value().substr(1))));
    }
    if (order >= 0) {
      ++run_->report().entries;
      run_->Progress();
      DAFTAR_ASSIGN_OR_RETURN(has_actual, actual->Next());
    }
    if (order <= 0) {
      DAFTAR_RETURN_IF_ERROR(CheckDuplicate(wanted->key()));
      DAFTAR_ASSIGN_OR_RETURN(has_wanted, wanted->Next());
    }
  }
  return absl::OkStatus();
}

namespace {

// The old entries that are kept, with the parts of their keys.
class PastEntries {
 public:
  PastEntries(VerifyRun* run, std::string_view prefix, CommitVersion start)
      : start_(start), entries_(run->IteratePrefix(history::HistoryPrefix(prefix))) {}

  absl::StatusOr<bool> Next() {
    while (true) {
      DAFTAR_ASSIGN_OR_RETURN(const bool found, entries_->Next());
      if (!found) return false;
      const auto id = history::ParseHistoryKey(entries_->key());
      // One that is malformed is an entry too many.
      if (!id.ok() || !MayBeGone(id->ended, start_)) return true;
    }
  }
  std::string_view key() const { return entries_->key(); }
  std::string_view value() const { return entries_->value(); }

 private:
  const CommitVersion start_;
  const std::unique_ptr<storage::Iterator> entries_;
};

}  // namespace

absl::Status EntryCheck::ComparePast(bool all_known) {
  DAFTAR_ASSIGN_OR_RETURN(const auto wanted, past_.Finish());
  PastEntries actual(run_, prefix_, start_);
  DAFTAR_ASSIGN_OR_RETURN(bool has_wanted, wanted->Next());
  DAFTAR_ASSIGN_OR_RETURN(bool has_actual, actual.Next());
  const bool repairs = run_->repairs();
  while (has_wanted || has_actual) {
    const int order = !has_actual ? -1 : !has_wanted ? 1 : wanted->key().compare(actual.key());
    const auto id = history::ParseHistoryKey(order <= 0 ? wanted->key() : actual.key());
    const std::string_view key = id.ok() ? id->live_key : std::string_view();
    const CommitVersion ended = id.ok() ? id->ended : CommitVersion();
    if (order < 0) {
      Report(ProblemKind::kMissingOldEntry, key, ended, repairs, "old entry is missing");
      DAFTAR_RETURN_IF_ERROR(run_->Repair(wanted->key(), std::string(wanted->value().substr(1))));
    } else if (order > 0) {
      const bool removes = repairs && all_known;
      Report(ProblemKind::kExtraOldEntry, key, ended, removes,
             "no record had an entry with these values until then");
      if (removes) DAFTAR_RETURN_IF_ERROR(run_->Repair(actual.key(), std::nullopt));
    } else if (!Fits(actual.value(), wanted->value(), start_)) {
      Report(ProblemKind::kWrongOldEntry, key, ended, repairs,
             "old entry holds other values than the record did, or another commit");
      DAFTAR_RETURN_IF_ERROR(run_->Repair(actual.key(), std::string(wanted->value().substr(1))));
    }
    if (order >= 0) {
      run_->Progress();
      DAFTAR_ASSIGN_OR_RETURN(has_actual, actual.Next());
    }
    if (order <= 0) {
      DAFTAR_ASSIGN_OR_RETURN(has_wanted, wanted->Next());
    }
  }
  return absl::OkStatus();
}

// Two neighbours of a unique index with one tuple are two records that must not both be.
absl::Status EntryCheck::CheckDuplicate(std::string_view wanted_key) {
  // Of one that is pending it is known.
  if (!index_.unique || !index_.readable()) return absl::OkStatus();
  std::string_view rest = wanted_key;
  rest.remove_prefix(prefix_.size());
  DAFTAR_ASSIGN_OR_RETURN(const std::vector<OwnedScalar> values,
                          codec::TakeTuple(catalog::PartsOf(index_.on), &rest));
  for (const OwnedScalar& value : values) {
    if (IsNull(value)) return absl::OkStatus();
  }
  const std::string_view tuple = wanted_key.substr(0, wanted_key.size() - rest.size());
  if (tuple == unique_tuple_) {
    run_->Report({.kind = ProblemKind::kDuplicate,
                  .table = table_.name,
                  .index = index_.name,
                  .key = txn::DescribeKey(table_, rest),
                  .message = "another record has the same values of a unique index"});
  }
  unique_tuple_.assign(tuple);
  return absl::OkStatus();
}

void EntryCheck::Report(ProblemKind kind, std::string_view key, CommitVersion ended, bool repaired,
                        std::string_view message) {
  std::string_view rest = key.substr(std::min(key.size(), prefix_.size()));
  const auto tuple = codec::TakeTuple(catalog::PartsOf(index_.on), &rest);
  run_->Report({.kind = kind,
                .table = table_.name,
                .index = index_.name,
                .key = tuple.ok() ? txn::DescribeKey(table_, rest)
                                  : absl::StrCat("0x", absl::BytesToHexString(key)),
                .message = std::string(message),
                .repaired = repaired,
                .commit = ended == kPresent ? CommitVersion() : ended});
}

}  // namespace daftar::io
