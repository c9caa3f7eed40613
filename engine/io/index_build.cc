#include "io/index_build.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "codec/key.h"
#include "codec/keyspace.h"
#include "history/history_key.h"
#include "io/build_walk.h"
#include "io/entry_spans.h"
#include "txn/write_set.h"

namespace daftar::io {
namespace {

// The versions of a table's records from a key on, by record, then in time.
class Versions {
 public:
  Versions(const txn::ReadView& view, const catalog::TableDef& table, const std::string& from)
      : prefix_(codec::RecordPrefix(table.id)) {
    const storage::KeyRange range{from, codec::PrefixEnd(prefix_)};
    const auto start = view.history_starts->find(table.id);
    if (start != view.history_starts->end()) start_ = start->second;
    present_ = view.reader->NewIterator(range, {.fill_cache = false});
    past_ = view.reader->NewIterator(history::HistoryRange(range), {.fill_cache = false});
  }

  CommitVersion start() const { return start_; }
  std::string_view prefix() const { return prefix_; }

  // Moves to the next version; false after the last.
  absl::StatusOr<bool> Next() {
    if (uses_past_) DAFTAR_RETURN_IF_ERROR(LoadPast());
    if (uses_present_) {
      DAFTAR_ASSIGN_OR_RETURN(has_present_, present_->Next());
    }
    // What a key held earlier comes before what it holds now.
    uses_past_ = has_past_ && (!has_present_ || past_key_ <= present_->key());
    uses_present_ = !uses_past_ && has_present_;
    return uses_past_ || uses_present_;
  }
  // Lifetime: until the next call.
  std::string_view key() const { return uses_past_ ? past_key_ : present_->key(); }
  std::string_view value() const { return uses_past_ ? past_->value() : present_->value(); }
  CommitVersion ended() const { return uses_past_ ? past_ended_ : kPresent; }

 private:
  absl::Status LoadPast() {
    while (true) {
      DAFTAR_ASSIGN_OR_RETURN(has_past_, past_->Next());
      if (!has_past_) return absl::OkStatus();
      DAFTAR_ASSIGN_OR_RETURN(const history::HistoryId id, history::ParseHistoryKey(past_->key()));
      has_past_ = id.live_key.starts_with(prefix_);
      if (!has_past_) return absl::OkStatus();
      if (MayBeGone(id.ended, start_)) continue;
      past_key_ = id.live_key;
      past_ended_ = id.ended;
      return absl::OkStatus();
    }
  }

  const std::string prefix_;
  CommitVersion start_;
  std::unique_ptr<storage::Iterator> present_;
  std::unique_ptr<storage::Iterator> past_;
  // Which of the two is to be moved on; at first both.
  bool uses_present_ = true;
  bool uses_past_ = true;
  bool has_present_ = false;
  bool has_past_ = false;
  std::string_view past_key_;
  CommitVersion past_ended_;
};

void Put(const EntrySpans::Span& span, storage::Batch* batch) {
  const std::string value = index::EncodeEntryValue(span.created, span.entry.covered);
  const std::string_view key = span.entry.key.view();
  if (span.ended == kPresent) {
    batch->Put(key, value);
  } else {
    batch->Put(history::HistoryKey(key, span.ended), value);
  }
}

// An index that is being built, and what of its entries is known in a range.
struct Building {
  const catalog::IndexDef* index;
  EntrySpans spans;
};

}  // namespace

absl::StatusOr<IndexBuild> IndexBuild::Begin(txn::Core* core, TableId table) {
  IndexBuild build(core, table);
  DAFTAR_ASSIGN_OR_RETURN(build.done_, txn::ReadBuildProgress(*core->View().reader, table));
  return build;
}

absl::StatusOr<IndexBuild::Range> IndexBuild::WorkOut(const txn::ReadView& view) const {
  const catalog::TableDef& table = *view.catalog->FindTable(table_);
  Range range;
  Versions versions(view, table,
                    done_.next_key.empty() ? codec::RecordPrefix(table_) : done_.next_key);
  std::deque<Building> indexes;
  for (const catalog::IndexDef& index : table.indexes) {
    if (index.state != catalog::IndexState::kBuilding) continue;
    indexes.push_back({&index, EntrySpans(versions.start(), [&range](const EntrySpans::Span& span) {
                         Put(span, &range.entries);
                         return absl::OkStatus();
                       })});
  }
  std::string last;
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, versions.Next());
    if (!found) break;
    if (versions.key() != last) {
      if (range.records >= kRangeRecordsMax || range.entries.bytes() >= kRangeBytesMax) {
        range.end = versions.key();
        break;
      }
      last = versions.key();
      ++range.records;
    }
    DAFTAR_ASSIGN_OR_RETURN(const CommitVersion created,
                            history::CreatedBy(versions.key(), versions.value()));
    DAFTAR_ASSIGN_OR_RETURN(const record::Message record,
                            txn::DecodeRecord(table, versions.key(), versions.value()));
    const std::string_view primary_key = versions.key().substr(versions.prefix().size());
    for (Building& each : indexes) {
      auto entries = index::EntriesOf(*each.index, primary_key, record);
      if (!entries.ok()) return WithContext(entries.status(), "index", each.index->name);
      DAFTAR_RETURN_IF_ERROR(
          each.spans.Add(versions.key(), created, versions.ended(), *std::move(entries)));
    }
  }
  for (Building& each : indexes) DAFTAR_RETURN_IF_ERROR(each.spans.Close());
  return range;
}

absl::StatusOr<bool> IndexBuild::Step() {
  const auto begun = std::chrono::steady_clock::now();
  txn::ReadView view = core_->View();
  const CommitVersion seen = view.version;
  DAFTAR_ASSIGN_OR_RETURN(Range range, WorkOut(view));
  if (range.records == 0) return false;
  const std::string from = done_.next_key.empty() ? codec::RecordPrefix(table_) : done_.next_key;
  const std::string past_all = codec::PrefixEnd(codec::RecordPrefix(table_));
  {
    const txn::WriteLock lock(core_);
    if (core_->WrittenSince({from, range.end.empty() ? past_all : range.end}, view.version)) {
      view = core_->View();
      DAFTAR_ASSIGN_OR_RETURN(range, WorkOut(view));
    }
    done_.next_key = range.end.empty() ? past_all : range.end;
    done_.records += range.records;
    const std::string key = txn::BuildProgressKey(table_);
    range.entries.Put(key, txn::EncodeBuildProgress(key, done_));
    DAFTAR_RETURN_IF_ERROR(core_->Fill(range.entries));
  }
  RestAfterRange(*core_, seen, begun);
  return true;
}

IndexProgress IndexBuild::Progress() const {
  const txn::ReadView view = core_->View();
  const catalog::TableDef& table = *view.catalog->FindTable(table_);
  IndexProgress progress{
      table.name, {}, done_.records, FractionBefore(*core_, table_, done_.next_key)};
  for (const catalog::IndexDef& index : table.indexes) {
    if (index.state == catalog::IndexState::kBuilding) progress.indexes.push_back(index.name);
  }
  return progress;
}

absl::StatusOr<uint64_t> FindViolations(const txn::ReadView& view, const catalog::TableDef& table,
                                        const catalog::IndexDef& index, size_t violations_max,
                                        SchemaChangeReport* report) {
  const std::string prefix = codec::IndexPrefix(index.id);
  const auto entries =
      view.reader->NewIterator({prefix, codec::PrefixEnd(prefix)}, {.fill_cache = false});
  std::string tuple;
  std::string primary_key;
  uint64_t count = 0;
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, entries->Next());
    if (!found) return count;
    ++count;
    if (!index.unique) continue;
    const std::string_view key = entries->key().substr(prefix.size());
    std::string_view rest = key;
    DAFTAR_ASSIGN_OR_RETURN(const std::vector<OwnedScalar> values,
                            codec::TakeTuple(catalog::PartsOf(index.on), &rest));
    if (std::any_of(values.begin(), values.end(),
                    [](const OwnedScalar& value) { return IsNull(value); }))
      continue;
    const std::string_view own = key.substr(0, key.size() - rest.size());
    if (own == tuple && ++report->violation_count <= violations_max) {
      std::string text;
      for (size_t i = 0; i < values.size(); ++i) {
        absl::StrAppend(&text, i == 0 ? "" : ", ",
                        index.on[i].path.type().ToValue(ToView(values[i])).ToString());
      }
      report->violations.push_back({table.name, index.name, std::move(text),
                                    txn::DescribeKey(table, primary_key),
                                    txn::DescribeKey(table, rest)});
    }
    tuple.assign(own);
    primary_key.assign(rest);
  }
}

}  // namespace daftar::io
