#include "sql/cursor.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/status.h"
#include "query/access_path.h"
#include "query/planner.h"
#include "record/json_codec.h"
#include "sql/condition.h"
#include "sql/value.h"

namespace daftar::sql {
namespace {

// The moment as text, a commit's number included. Null: the present.
std::string MomentOf(sqlite3_value* value) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
  return text == nullptr ? "" : text;
}

void SetText(sqlite3_context* context, std::string_view text) {
  sqlite3_result_text64(context, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

}  // namespace

absl::Status TableCursor::Parse(std::string_view text) {
  if (text == choice_text_) return absl::OkStatus();
  DAFTAR_ASSIGN_OR_RETURN(choice_, ParseAccessChoice(text, columns_));
  choice_text_ = std::string(text);
  return absl::OkStatus();
}

bool TableCursor::Translated(sqlite3_value** values,
                             std::vector<record::Condition>* conditions) const {
  for (size_t i = 0; i < choice_.arguments.size(); ++i) {
    const AccessChoice::Argument& argument = choice_.arguments[i];
    const Column& column = columns_[argument.column];
    Bound bound;
    if (argument.comparison == Comparison::kIn) {
      InList list(column);
      sqlite3_value* value = nullptr;
      for (int rc = sqlite3_vtab_in_first(values[i], &value); rc == SQLITE_OK && value != nullptr;
           rc = sqlite3_vtab_in_next(values[i], &value)) {
        list.Add(value);
      }
      bound = list.Take();
    } else {
      bound = Translate(column, argument.comparison, values[i], argument.is_literal);
    }
    if (bound.never) return false;
    for (record::Condition& condition : bound.conditions) {
      conditions->push_back(std::move(condition));
    }
  }
  return true;
}

std::vector<std::string> TableCursor::Intersected(const query::BoundQuery& query) const {
  std::vector<std::string> names;
  const auto can_be = [&](const std::string& name) {
    const catalog::IndexDef* const index = table_.FindIndex(name);
    return index != nullptr && query::CanBeIntersected(*index, query);
  };
  if (choice_.intersected.empty() || !can_be(choice_.index)) return names;
  std::copy_if(choice_.intersected.begin(), choice_.intersected.end(), std::back_inserter(names),
               can_be);
  return names;
}

absl::StatusOr<query::Plan> TableCursor::MakePlan(std::vector<record::Condition> conditions) {
  query::BoundQuery query;
  query.table = &table_;
  query.conditions = std::move(conditions);
  query.rows_expected = rows_expected_;
  for (const AccessChoice::Order& order : choice_.orders) {
    query.orders.push_back({*columns_[order.column].path, order.descending
                                                              ? SortDirection::kDescending
                                                              : SortDirection::kAscending});
  }
  for (const size_t column : choice_.covered) {
    query.columns.push_back({columns_[column].name, columns_[column].path});
  }
  const catalog::IndexDef* index = nullptr;
  if (!choice_.index.empty()) {
    index = table_.FindIndex(choice_.index);
    if (index == nullptr) return Internal("no such index").With("index", choice_.index);
  }
  // A value of another type than its column may leave a partial index without its condition.
  if (query::Answers({&table_, index}, query)) {
    query.index = index == nullptr ? "primary" : index->name;
    query.intersected = Intersected(query);
  }
  DAFTAR_ASSIGN_OR_RETURN(query::Plan plan, query::MakePlan(std::move(query)));
  // A record is taken apart only as far as SQLite asks.
  if (plan.reads_records) plan.query.columns.clear();
  plan.query.in_place = true;
  return plan;
}

void TableCursor::CountUp() {
  if (executor_ == nullptr) return;
  session_->AddCounts(executor_->counts());
  executor_.reset();
}

absl::Status TableCursor::TakeMore(int more, int count, sqlite3_value** values) {
  auto next = [&, i = static_cast<int>(choice_.arguments.size())](int which) mutable {
    return (more & which) != 0 && i < count ? values[i++] : nullptr;
  };
  sqlite3_value* const moment = next(kHasMoment);
  sqlite3_value* const limit = next(kHasLimit);
  sqlite3_value* const offset = next(kHasOffset);
  const auto taken = static_cast<int>(choice_.arguments.size()) + (moment != nullptr) +
                     (limit != nullptr) + (offset != nullptr);
  if (taken != count) {
    return Internal("a plan was given other values than it takes").With("values", count);
  }
  moment_ = moment == nullptr ? "" : MomentOf(moment);
  rows_expected_.reset();
  // A limit below zero is none.
  if (limit == nullptr || sqlite3_value_int64(limit) < 0) return absl::OkStatus();
  const int64_t before = offset == nullptr ? 0 : std::max<int64_t>(0, sqlite3_value_int64(offset));
  rows_expected_ =
      static_cast<uint64_t>(sqlite3_value_int64(limit)) + static_cast<uint64_t>(before);
  return absl::OkStatus();
}

absl::Status TableCursor::Begin(std::string_view choice, int more, int count,
                                sqlite3_value** values) {
  CountUp();
  at_end_ = true;
  DAFTAR_RETURN_IF_ERROR(Parse(choice));
  DAFTAR_RETURN_IF_ERROR(TakeMore(more, count, values));
  std::vector<record::Condition> conditions;
  if (!Translated(values, &conditions)) return absl::OkStatus();
  std::optional<std::string> key;
  if (choice_.index.empty()) key = query::WholeKeyOf(table_, conditions);
  auto view = moment_.empty() ? session_->View() : session_->ViewAsOf(moment_);
  if (!view.ok()) return view.status();
  DAFTAR_RETURN_IF_ERROR(txn::CheckReadable(*view, table_));
  places_.assign(columns_.size(), std::nullopt);
  if (key.has_value()) return LookUp(*view, *std::move(key));
  DAFTAR_ASSIGN_OR_RETURN(query::Plan plan, MakePlan(std::move(conditions)));
  const bool sorts = plan.sort;
  for (size_t i = 0; i < plan.query.columns.size(); ++i) {
    // A plan that sorts has made values by the time they are asked for, others have the entry.
    places_[choice_.covered[i]] = sorts ? i : plan.FindSlot(*plan.query.columns[i].path);
  }
  executor_ = std::make_unique<query::Executor>(*std::move(view), std::move(plan));
  return Next();
}

absl::Status TableCursor::LookUp(const txn::ReadView& view, std::string key) {
  record_.reset();
  DAFTAR_ASSIGN_OR_RETURN(const bool found, lookup_.Find(view, std::move(key)));
  at_end_ = !found;
  if (found) session_->AddCounts({.entries_read = 1, .rows = 1});
  return absl::OkStatus();
}

absl::Status TableCursor::BeginBatch() {
  CountUp();
  moment_.clear();
  places_.assign(columns_.size(), std::nullopt);
  next_in_batch_ = 0;
  DAFTAR_ASSIGN_OR_RETURN(batch_view_, session_->View());
  return NextOfBatch();
}

absl::Status TableCursor::NextOfBatch() {
  RecordBatch& batch = session_->batch();
  at_end_ = true;
  while (at_end_ && next_in_batch_ < batch.keys.size()) {
    batch.at = batch.keys[next_in_batch_++];
    DAFTAR_RETURN_IF_ERROR(LookUp(*batch_view_, batch.at));
  }
  // What fails from here on has nothing to do with a record.
  if (at_end_) {
    batch.at.clear();
    batch_view_.reset();
  }
  return absl::OkStatus();
}

absl::Status TableCursor::Next() {
  if (batch_view_.has_value()) return NextOfBatch();
  record_.reset();
  if (executor_ == nullptr) {
    at_end_ = true;
    return absl::OkStatus();
  }
  DAFTAR_ASSIGN_OR_RETURN(const bool found, executor_->Next());
  at_end_ = !found;
  return absl::OkStatus();
}

absl::StatusOr<record::Message> TableCursor::Record() {
  return executor_ == nullptr ? lookup_.Record() : executor_->Record();
}

absl::Status TableCursor::ResultFromRecord(sqlite3_context* context, const Column& column) {
  if (column.path.has_value() && executor_ == nullptr) {
    DAFTAR_ASSIGN_OR_RETURN(const Scalar value, lookup_.Get(*column.path));
    return SetResult(context, column, value);
  }
  if (column.path.has_value() && executor_->in_place()) {
    DAFTAR_ASSIGN_OR_RETURN(const Scalar value, executor_->Get(*column.path));
    return SetResult(context, column, value);
  }
  if (!record_.has_value()) {
    DAFTAR_ASSIGN_OR_RETURN(record_, Record());
  }
  if (column.path.has_value()) {
    DAFTAR_ASSIGN_OR_RETURN(const Scalar value, record_->Get(*column.path));
    return SetResult(context, column, value);
  }
  std::string json;
  DAFTAR_RETURN_IF_ERROR(record::AppendPathJson(*record_, column.name, &json));
  if (json == "null") {
    sqlite3_result_null(context);
  } else {
    SetText(context, json);
  }
  return absl::OkStatus();
}

absl::Status TableCursor::Result(sqlite3_context* context, size_t number) {
  const Column& column = columns_[number];
  // An UPDATE does not set the column: the record keeps what it has.
  if (sqlite3_vtab_nochange(context) != 0) return absl::OkStatus();
  if (column.kind == Column::Kind::kAsOf) {
    if (!moment_.empty()) SetText(context, moment_);
    return absl::OkStatus();
  }
  if (!places_[number].has_value()) return ResultFromRecord(context, column);
  if (executor_->in_place()) {
    DAFTAR_ASSIGN_OR_RETURN(const Scalar value, executor_->Held(*places_[number]));
    return SetResult(context, column, value);
  }
  // Values are of the public kind: back to the stored form.
  DAFTAR_ASSIGN_OR_RETURN(const OwnedScalar value,
                          column.path->type().FromValue(executor_->values()[*places_[number]]));
  return SetResult(context, column, ToView(value));
}

absl::StatusOr<int64_t> TableCursor::RowId() {
  if (executor_ == nullptr) return session_->RowId(table_, lookup_.key());
  DAFTAR_ASSIGN_OR_RETURN(const std::string_view key, executor_->Key());
  return session_->RowId(table_, key);
}

}  // namespace daftar::sql
