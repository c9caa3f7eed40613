#include "torture/workload.h"

#include <algorithm>
#include <iterator>

namespace daftar::torture {
namespace {

constexpr int16_t kSeals = 64;
constexpr unsigned kTags = 64;
constexpr uint64_t kTagsPerRowMax = 4;
constexpr uint64_t kChangesMax = 5;
constexpr uint64_t kBulkRowsMin = 8;
constexpr uint64_t kBulkRowsMax = 40;

}  // namespace

Workload::Workload(uint8_t partition, Rows rows, uint64_t first_id, uint64_t seed,
                   const WorkloadOptions& options)
    : partition_(partition),
      options_(options),
      rows_(std::move(rows)),
      next_id_(first_id),
      choices_(seed) {
  for (int16_t seal = 0; seal < kSeals; ++seal) free_seals_.insert(seal);
  for (unsigned tag = 0; tag < kTags; ++tag) free_tags_.insert(tag);
  for (auto& [key, row] : rows_) Take(&row);
}

void Workload::Free(const Row& row) {
  if (row.table != LedgerTable::kFirm) return;
  if (row.seal >= 0) free_seals_.insert(row.seal);
  for (unsigned tag = 0; tag < kTags; ++tag) {
    if ((row.tags >> tag & 1) != 0) free_tags_.insert(tag);
  }
}

void Workload::Take(Row* row) {
  if (row->table != LedgerTable::kFirm) return;
  if (row->seal >= 0) free_seals_.erase(row->seal);
  for (unsigned tag = 0; tag < kTags; ++tag) {
    if ((row->tags >> tag & 1) != 0) free_tags_.erase(tag);
  }
}

Row Workload::NewContent(LedgerTable table, uint16_t number) {
  Row row{table, partition_, number};
  row.size = static_cast<uint16_t>(choices_.Below(4));
  row.note_bytes = static_cast<uint32_t>(choices_.Percent(options_.large_percent)
                                             ? choices_.Below(options_.large_bytes)
                                             : choices_.Below(options_.note_bytes));
  // Never 0, and never as before: every change is one.
  row.note_seed = next_id_ << 16 | number;
  row.note_bytes = std::max(row.note_bytes, uint32_t{17});
  const uint64_t tags = choices_.Below(kTagsPerRowMax);
  if (table == LedgerTable::kPermit) {
    row.seal = static_cast<int16_t>(choices_.Below(9)) - 1;
    for (uint64_t i = 0; i < tags; ++i) row.tags |= uint64_t{1} << choices_.Below(8);
    return row;
  }
  if (choices_.Percent(75) && !free_seals_.empty()) {
    const auto place = static_cast<std::ptrdiff_t>(choices_.Below(free_seals_.size()));
    row.seal = *std::next(free_seals_.begin(), place);
  }
  for (uint64_t i = 0; i < tags && !free_tags_.empty(); ++i) {
    const auto place = static_cast<std::ptrdiff_t>(choices_.Below(free_tags_.size()));
    const auto tag = std::next(free_tags_.begin(), place);
    row.tags |= uint64_t{1} << *tag;
    free_tags_.erase(tag);
  }
  return row;
}

RowChange Workload::ChangeOf(LedgerTable table, uint16_t number) {
  const auto found = rows_.find({table, number});
  if (found != rows_.end() && choices_.Percent(25)) {
    RowChange change{found->second, true, WriteIntent::kUpdate};
    Free(found->second);
    rows_.erase(found);
    return change;
  }
  RowChange change;
  change.intent = found == rows_.end() ? WriteIntent::kInsert : WriteIntent::kUpdate;
  if (choices_.Percent(40)) change.intent = WriteIntent::kUpsert;
  // What the row gives up it may get again.
  if (found != rows_.end()) Free(found->second);
  change.row = NewContent(table, number);
  Take(&change.row);
  rows_[{table, number}] = change.row;
  return change;
}

void Workload::SwapUniques(Op* op) {
  std::vector<RowChange*> firms;
  for (RowChange& change : op->changes) {
    if (!change.deleted && change.row.table == LedgerTable::kFirm) firms.push_back(&change);
  }
  if (firms.size() < 2) return;
  // Both rows are written by this commit; which of them comes first must not matter.
  std::swap(firms[0]->row.seal, firms[1]->row.seal);
  std::swap(firms[0]->row.tags, firms[1]->row.tags);
  for (const RowChange* change : {firms[0], firms[1]}) {
    rows_[{change->row.table, change->row.number}] = change->row;
  }
}

Op Workload::BulkOp() {
  Op op{next_id_, partition_, true, true, {}};
  std::set<uint16_t> numbers;
  for (uint64_t count = choices_.Between(kBulkRowsMin, kBulkRowsMax); count > 0; --count) {
    numbers.insert(static_cast<uint16_t>(choices_.Below(options_.numbers)));
  }
  const LedgerTable table = choices_.Percent(50) ? LedgerTable::kFirm : LedgerTable::kPermit;
  for (const uint16_t number : numbers) {
    const auto found = rows_.find({table, number});
    if (found != rows_.end()) Free(found->second);
    Row row = NewContent(table, number);
    Take(&row);
    rows_[{table, number}] = row;
    op.changes.push_back({row, false, WriteIntent::kUpsert});
  }
  return op;
}

Op Workload::Next() {
  if (choices_.Percent(options_.bulk_percent)) {
    Op op = BulkOp();
    ++next_id_;
    return op;
  }
  Op op{next_id_, partition_, !choices_.Percent(options_.buffered_percent), false, {}};
  std::set<std::pair<LedgerTable, uint16_t>> keys;
  for (uint64_t count = choices_.Between(1, kChangesMax); count > 0; --count) {
    keys.insert({choices_.Percent(60) ? LedgerTable::kFirm : LedgerTable::kPermit,
                 static_cast<uint16_t>(choices_.Below(options_.numbers))});
  }
  for (const auto& [table, number] : keys) op.changes.push_back(ChangeOf(table, number));
  if (choices_.Percent(30)) SwapUniques(&op);
  ++next_id_;
  return op;
}

}  // namespace daftar::torture
