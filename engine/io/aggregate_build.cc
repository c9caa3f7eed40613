#include "io/aggregate_build.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/status.h"
#include "codec/key.h"
#include "codec/keyspace.h"
#include "txn/table_walk.h"
#include "txn/write_set.h"

namespace daftar::io {
namespace {

// What a group takes in a range, beside its key and sums; about.
constexpr size_t kGroupBytes = 64;

std::string FirstKey(TableId table) { return codec::RecordPrefix(table); }
std::string EndKey(TableId table) { return codec::PrefixEnd(codec::RecordPrefix(table)); }

// Adds what the record adds to its groups of one aggregate; gives the bytes of groups that are new.
absl::StatusOr<size_t> CountRecord(const catalog::AggregateDef& aggregate,
                                   const record::Message& record, index::GroupChanges* groups) {
  DAFTAR_ASSIGN_OR_RETURN(index::GroupChanges added, index::ChangesOf(aggregate, nullptr, &record));
  size_t bytes = 0;
  for (auto& [key, totals] : added) {
    const auto [group, is_new] = groups->try_emplace(key);
    if (is_new) {
      bytes += kGroupBytes + key.size() + totals.sums.size() * sizeof(index::GroupSum);
    }
    DAFTAR_RETURN_IF_ERROR(index::AddTotals(totals, &group->second));
  }
  return bytes;
}

}  // namespace

absl::StatusOr<bool> IsCounted(const txn::ReadView& view, const catalog::TableDef& table,
                               const catalog::AggregateDef& aggregate) {
  DAFTAR_ASSIGN_OR_RETURN(const txn::BuildProgress progress,
                          txn::ReadBuildProgress(*view.reader, aggregate.id));
  return progress.next_key >= EndKey(table.id);
}

absl::StatusOr<std::optional<AggregateBuild>> AggregateBuild::Begin(txn::Core* core,
                                                                    TableId table) {
  const txn::ReadView view = core->View();
  AggregateBuild build(core, table);
  for (const catalog::AggregateDef& aggregate : view.catalog->FindTable(table)->aggregates) {
    if (aggregate.readable()) continue;
    DAFTAR_ASSIGN_OR_RETURN(txn::BuildProgress progress,
                            txn::ReadBuildProgress(*view.reader, aggregate.id));
    if (progress.next_key >= EndKey(table)) continue;
    const bool behind = build.aggregates_.empty() || progress.next_key < build.done_.next_key;
    if (!behind && progress.next_key > build.done_.next_key) continue;
    if (behind) {
      build.aggregates_.clear();
      build.done_ = std::move(progress);
    }
    build.aggregates_.push_back(aggregate.id);
  }
  if (build.aggregates_.empty()) return std::optional<AggregateBuild>();
  return std::optional<AggregateBuild>(std::move(build));
}

std::vector<const catalog::AggregateDef*> AggregateBuild::AggregatesIn(
    const catalog::TableDef& table) const {
  std::vector<const catalog::AggregateDef*> aggregates;
  for (const catalog::AggregateDef& aggregate : table.aggregates) {
    if (std::find(aggregates_.begin(), aggregates_.end(), aggregate.id) != aggregates_.end()) {
      aggregates.push_back(&aggregate);
    }
  }
  return aggregates;
}

absl::StatusOr<AggregateBuild::Range> AggregateBuild::WorkOut(const txn::ReadView& view) const {
  const catalog::TableDef& table = *view.catalog->FindTable(table_);
  const std::vector<const catalog::AggregateDef*> aggregates = AggregatesIn(table);
  const std::string prefix = FirstKey(table_);
  Range range;
  range.end = EndKey(table_);
  const auto records = view.reader->NewIterator(
      {done_.next_key.empty() ? prefix : done_.next_key, range.end}, {.fill_cache = false});
  size_t bytes = 0;
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, records->Next());
    if (!found) return range;
    if (range.records >= txn::kRangeRecordsMax || bytes >= txn::kRangeBytesMax) {
      range.end = records->key();
      return range;
    }
    ++range.records;
    DAFTAR_ASSIGN_OR_RETURN(const record::Message record,
                            txn::DecodeRecord(table, records->key(), records->value()));
    for (const catalog::AggregateDef* aggregate : aggregates) {
      const auto added = CountRecord(*aggregate, record, &range.groups);
      if (!added.ok()) {
        const auto in_aggregate = WithContext(added.status(), "aggregate", aggregate->name());
        return WithContext(in_aggregate, "key",
                           txn::DescribeKey(table, records->key().substr(prefix.size())));
      }
      bytes += *added;
    }
  }
}

absl::Status AggregateBuild::Write(const Range& range) {
  const txn::ReadView view = core_->View();
  std::vector<std::string_view> keys;
  for (const auto& [key, added] : range.groups) keys.push_back(key);
  DAFTAR_ASSIGN_OR_RETURN(const auto held, view.reader->MultiGet(keys));
  storage::Batch batch;
  auto before = held.begin();
  for (const auto& [key, added] : range.groups) {
    const auto after = index::ChangeGroup(*before++, added, view.version);
    if (!after.ok()) {
      return WithContext(after.status(), "table", view.catalog->FindTable(table_)->name);
    }
    batch.Set(key, *after);
  }
  const txn::BuildProgress done{range.end, done_.records + range.records};
  const bool forgets = core_->faults().forget_build_progress && ++ranges_ % 3 == 0;
  for (const AggregateId aggregate : aggregates_) {
    const std::string key = txn::BuildProgressKey(aggregate);
    if (!forgets) batch.Put(key, txn::EncodeBuildProgress(key, done));
  }
  DAFTAR_RETURN_IF_ERROR(core_->Fill(batch));
  done_ = done;
  return absl::OkStatus();
}

absl::StatusOr<bool> AggregateBuild::Step() {
  if (done_.next_key >= EndKey(table_)) return false;
  const auto begun = std::chrono::steady_clock::now();
  const txn::ReadView view = core_->View();
  DAFTAR_ASSIGN_OR_RETURN(Range range, WorkOut(view));
  const std::string from = done_.next_key.empty() ? FirstKey(table_) : done_.next_key;
  {
    const txn::WriteLock lock(core_);
    if (core_->WrittenSince({from, range.end}, view.version)) {
      DAFTAR_ASSIGN_OR_RETURN(range, WorkOut(core_->View()));
    }
    DAFTAR_RETURN_IF_ERROR(Write(range));
  }
  txn::RestAfterRange(*core_, view.version, begun);
  return true;
}

IndexProgress AggregateBuild::Progress() const {
  const txn::ReadView view = core_->View();
  const catalog::TableDef& table = *view.catalog->FindTable(table_);
  IndexProgress progress{
      table.name, {}, done_.records, txn::FractionBefore(*core_, table_, done_.next_key)};
  for (const catalog::AggregateDef* aggregate : AggregatesIn(table)) {
    progress.indexes.push_back(aggregate->name());
  }
  return progress;
}

}  // namespace daftar::io
