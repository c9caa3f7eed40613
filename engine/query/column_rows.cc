#include "query/column_rows.h"

#include <algorithm>
#include <numeric>

#include "base/status.h"
#include "codec/key.h"
#include "codec/keyspace.h"

namespace daftar::query {
namespace {

// A record that is fetched costs as much as so many that are passed in a scan.
constexpr size_t kFetchCost = 4;

}  // namespace

bool ScansTable(const Plan& plan) {
  if (plan.index != nullptr || plan.turn_at > 0 || plan.merge || plan.ranges.size() != 1) {
    return false;
  }
  const std::string prefix = codec::RecordPrefix(plan.query.table->id);
  if (plan.ranges[0].lower != prefix || plan.ranges[0].upper != codec::PrefixEnd(prefix)) {
    return false;
  }
  // Limits are kept to the entry, and a place is looked for by a key.
  if (plan.query.limits.entries_read_max != UINT64_MAX) return false;
  if (plan.query.after.has_value() && plan.scanned_terms > 0) return false;
  const auto& conditions = plan.query.conditions;
  const bool ends_early = plan.query.limit.has_value() || plan.query.rows_expected.has_value();
  if (conditions.empty() && (WantsRecords(plan) || (ends_early && !plan.sort))) return false;
  const auto in_list = [](const record::Condition& condition) { return condition.path.fans_out(); };
  const auto& alternatives = plan.query.alternatives;
  return std::none_of(conditions.begin(), conditions.end(), in_list) &&
         std::none_of(alternatives.begin(), alternatives.end(), [&](const auto& alternative) {
           return std::any_of(alternative.begin(), alternative.end(), in_list);
         });
}

bool WantsRecords(const Plan& plan) {
  if (plan.query.in_place) return false;
  const auto& columns = plan.query.columns;
  return columns.empty() || std::any_of(columns.begin(), columns.end(), [](const Column& column) {
           return !column.path.has_value();
         });
}

absl::StatusOr<std::unique_ptr<ColumnRows>> ColumnRows::Open(const txn::ReadView& view,
                                                             const Plan& plan) {
  if (view.columns == nullptr) return nullptr;
  DAFTAR_ASSIGN_OR_RETURN(auto projection,
                          view.columns->Find({*view.reader, view.version, view.fills, view.scan},
                                             {view.catalog, plan.query.table}, UINT64_MAX));
  if (projection == nullptr) return nullptr;
  std::vector<size_t> fields;
  for (const record::Condition& condition : plan.query.conditions) {
    const auto field = projection->FindField(condition.path);
    if (!field.has_value()) return nullptr;
    fields.push_back(*field);
  }
  // Alternatives are asked row by row, which takes no record either.
  for (const auto& alternative : plan.query.alternatives) {
    for (const record::Condition& condition : alternative) {
      if (!projection->FindField(condition.path).has_value()) return nullptr;
    }
  }
  std::unique_ptr<ColumnRows> rows(new ColumnRows(plan, std::move(projection), std::move(fields)));
  if (WantsRecords(plan) && rows->MeetsMany()) return nullptr;
  return rows;
}

ColumnRows::ColumnRows(const Plan& plan, std::shared_ptr<const columns::Projection> projection,
                       std::vector<size_t> condition_fields)
    : plan_(plan),
      projection_(std::move(projection)),
      condition_fields_(std::move(condition_fields)) {}

void ColumnRows::Select(const columns::Chunk& chunk, columns::Selection* rows) const {
  rows->resize(chunk.rows());
  std::iota(rows->begin(), rows->end(), 0);
  for (size_t i = 0; i < condition_fields_.size() && !rows->empty(); ++i) {
    chunk.column(condition_fields_[i]).Keep(plan_.query.conditions[i], rows);
  }
}

bool ColumnRows::MeetsMany() const {
  size_t met = 0;
  columns::Selection rows;
  for (const auto& chunk : projection_->chunks()) {
    Select(*chunk, &rows);
    met += rows.size();
  }
  return met * kFetchCost > projection_->rows();
}

std::optional<StopReason> ColumnRows::Next(Meter* meter) {
  if (const auto reached = meter->ReachedByBytes()) return reached;
  ++at_;
  while (at_ >= selection_.size()) {
    if (const auto reached = meter->ReachedByRows()) return reached;
    const auto& chunks = projection_->chunks();
    if (chunks_walked_ == chunks.size()) return StopReason::kExhausted;
    chunk_ = plan_.reverse ? chunks.size() - 1 - chunks_walked_ : chunks_walked_;
    ++chunks_walked_;
    meter->counts.entries_read += chunk().rows();
    Select(chunk(), &selection_);
    if (plan_.reverse) std::reverse(selection_.begin(), selection_.end());
    at_ = 0;
  }
  return std::nullopt;
}

std::optional<Scalar> ColumnRows::At(const record::FieldPath& path) {
  auto asked = std::find_if(asked_.begin(), asked_.end(),
                            [&](const auto& each) { return each.first == &path; });
  if (asked == asked_.end()) {
    asked = asked_.insert(asked_.end(), {&path, projection_->FindField(path)});
  }
  if (!asked->second.has_value()) return std::nullopt;
  return chunk().column(*asked->second).At(selection_[at_]);
}

}  // namespace daftar::query
