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
#include "io/entry_spans.h"
#include "io/version_stream.h"
#include "txn/table_walk.h"
#include "txn/write_set.h"

namespace daftar::io {
namespace {

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
  VersionStream versions(view, table,
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
      if (range.records >= txn::kRangeRecordsMax || range.entries.bytes() >= txn::kRangeBytesMax) {
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
  txn::RestAfterRange(*core_, seen, begun);
  return true;
}

IndexProgress IndexBuild::Progress() const {
  const txn::ReadView view = core_->View();
  const catalog::TableDef& table = *view.catalog->FindTable(table_);
  IndexProgress progress{
      table.name, {}, done_.records, txn::FractionBefore(*core_, table_, done_.next_key)};
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
