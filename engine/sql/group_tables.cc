// The groups of aggregates as tables: a row for each, read as every commit keeps it.

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/decimal.h"
#include "base/status.h"
#include "codec/key.h"
#include "query/aggregate_scan.h"
#include "sql/condition.h"
#include "sql/function.h"
#include "sql/system_table.h"
#include "sql/value.h"

namespace daftar::sql {
namespace {

using catalog::AggregateDef;

// The columns of an aggregate, in this order: as_of, what groups are by, count, for each sum its
// value and the integer behind it, least values, greatest values.
class Layout {
 public:
  explicit Layout(const AggregateDef& aggregate) {
    for (const catalog::Term& term : aggregate.by()) {
      by_.push_back(ColumnAt(term.path.text(), term.path));
    }
    for (const catalog::Term& term : aggregate.sums()) {
      sums_.push_back(ColumnAt(absl::StrCat("sum.", term.path.text()), term.path));
    }
    for (const AggregateDef::Extreme& extreme : aggregate.mins) {
      mins_.push_back(ColumnAt(absl::StrCat("min.", extreme.path.text()), extreme.path));
    }
    for (const AggregateDef::Extreme& extreme : aggregate.maxs) {
      maxs_.push_back(ColumnAt(absl::StrCat("max.", extreme.path.text()), extreme.path));
    }
  }

  const std::vector<Column>& by() const { return by_; }
  const std::vector<Column>& sums() const { return sums_; }
  const std::vector<Column>& mins() const { return mins_; }
  const std::vector<Column>& maxs() const { return maxs_; }

  std::vector<std::string> Declared() const {
    std::vector<std::string> columns = {"as_of TEXT HIDDEN"};
    const auto add = [&](const Column& column, std::string_view type) {
      columns.push_back(absl::StrCat(QuoteName(column.name), " ", type));
    };
    for (const Column& column : by_) add(column, column.DeclaredType());
    // A path of that name goes first.
    const bool taken = std::any_of(by_.begin(), by_.end(), [](const Column& column) {
      return absl::EqualsIgnoreCase(column.name, "count");
    });
    columns.emplace_back(taken ? "\"count(*)\" INTEGER" : "count INTEGER");
    for (const Column& column : sums_) {
      add(column, column.form == Form::kDecimal ? "DECIMAL REAL" : "BIGINT");
      columns.push_back(
          absl::StrCat(QuoteName(absl::StrCat(column.name, ".unscaled")), " BIGINT HIDDEN"));
    }
    for (const auto* extremes : {&mins_, &maxs_}) {
      for (const Column& column : *extremes) add(column, column.DeclaredType());
    }
    return columns;
  }

 private:
  std::vector<Column> by_;
  std::vector<Column> sums_;
  std::vector<Column> mins_;
  std::vector<Column> maxs_;
};

class GroupRows final : public SystemRows {
 public:
  // `moment`: what was written of it, to be shown.
  GroupRows(Session* session, const Layout& layout, query::AggregateScan scan,
            std::optional<std::string> moment)
      : session_(session), layout_(layout), scan_(std::move(scan)), moment_(std::move(moment)) {}
  ~GroupRows() override {
    session_->counts().entries_read += scan_.counts().groups + scan_.counts().entries;
  }

  absl::StatusOr<bool> Next() override { return scan_.Next(); }

  absl::Status Result(sqlite3_context* context, size_t column) override {
    const query::AggregateRow& row = scan_.row();
    if (column == 0) {
      if (moment_.has_value()) SetResult(context, SystemValue(*moment_));
      return absl::OkStatus();
    }
    size_t place = column - 1;
    if (place < row.by.size()) {
      return sql::SetResult(context, layout_.by()[place], ToView(row.by[place]));
    }
    place -= row.by.size();
    if (place == 0) {
      SetResult(context, SystemValue(row.totals.records));
      return absl::OkStatus();
    }
    --place;
    if (place < 2 * row.totals.sums.size()) {
      SetSum(context, place / 2, place % 2 == 1);
      return absl::OkStatus();
    }
    place -= 2 * row.totals.sums.size();
    if (place < row.mins.size()) {
      return sql::SetResult(context, layout_.mins()[place], ToView(row.mins[place]));
    }
    place -= row.mins.size();
    return sql::SetResult(context, layout_.maxs()[place], ToView(row.maxs[place]));
  }

  absl::StatusOr<std::string> Identity() override {
    std::string identity;
    AddPart(moment_.value_or(""), &identity);
    const std::vector<catalog::Term>& by = scan_.aggregate().by();
    for (size_t i = 0; i < by.size(); ++i) {
      codec::AppendPart(by[i].part, ToView(scan_.row().by[i]), &identity);
    }
    return identity;
  }

 private:
  void SetSum(sqlite3_context* context, size_t number, bool unscaled) const {
    const index::GroupSum& sum = scan_.row().totals.sums[number];
    const Column& column = layout_.sums()[number];
    if (sum.values == 0) {
      sqlite3_result_null(context);
    } else if (unscaled || column.form != Form::kDecimal) {
      GiveWide(context, sum.total);
    } else {
      const std::string text = PlacePoint(absl::StrCat(sum.total), column.scale);
      sqlite3_result_double(context, std::strtod(text.c_str(), nullptr));
    }
  }

  Session* const session_;
  const Layout& layout_;
  query::AggregateScan scan_;
  const std::optional<std::string> moment_;
};

class GroupTable final : public SystemTable {
 public:
  GroupTable(const catalog::TableDef& table, const AggregateDef& aggregate)
      : table_(table), aggregate_(aggregate), layout_(aggregate) {}

  std::string name() const override { return absl::StrCat(table_.name, ".", aggregate_.name()); }
  std::vector<std::string> columns() const override { return layout_.Declared(); }

  bool Uses(size_t column, int op) const override {
    if (column == 0) return op == SQLITE_INDEX_CONSTRAINT_EQ;
    if (column > layout_.by().size()) return false;
    const auto comparison = ComparisonOfOp(op);
    return comparison.has_value() && HoldsToValue(*comparison) &&
           CanTranslate(layout_.by()[column - 1], *comparison);
  }
  bool Needs(size_t column) const override { return column == 0; }

  absl::StatusOr<std::unique_ptr<SystemRows>> Start(Session* session,
                                                    const Request& request) const override {
    std::optional<std::string> moment;
    // What is known of the values that groups are by.
    std::vector<std::optional<Value>> known(layout_.by().size());
    for (const Given& each : request.given) {
      if (each.column == 0) {
        if (sqlite3_value_type(each.value) == SQLITE_NULL) continue;
        moment = std::string(TextOf(each.value));
        continue;
      }
      const Column& column = layout_.by()[each.column - 1];
      const Bound bound = Translate(column, *ComparisonOfOp(each.op), each.value, false);
      if (bound.never) return std::make_unique<NoRows>();
      if (bound.conditions.size() != 1) continue;
      const record::Condition& condition = bound.conditions.front();
      if (condition.op == Operator::kIsNull) {
        known[each.column - 1] = Value();
      } else if (condition.op == Operator::kEqual) {
        known[each.column - 1] = column.path->type().ToValue(ToView(condition.operands.front()));
      }
    }
    // Groups are found by the first of the values.
    std::vector<Value> group;
    for (const std::optional<Value>& value : known) {
      if (!value.has_value()) break;
      group.push_back(*value);
    }
    DAFTAR_ASSIGN_OR_RETURN(txn::ReadView view,
                            moment.has_value() ? session->ViewAsOf(*moment) : session->View());
    DAFTAR_ASSIGN_OR_RETURN(
        query::AggregateScan scan,
        query::AggregateScan::Start(std::move(view), &table_, &aggregate_, group));
    return std::make_unique<GroupRows>(session, layout_, std::move(scan), std::move(moment));
  }

 private:
  // Groups are found by values, not by ranges of them.
  static bool HoldsToValue(Comparison comparison) {
    return comparison == Comparison::kEqual || comparison == Comparison::kIs ||
           comparison == Comparison::kIsNull;
  }

  const catalog::TableDef& table_;
  const AggregateDef& aggregate_;
  const Layout layout_;
};

}  // namespace

std::vector<std::unique_ptr<SystemTable>> GroupTables(const catalog::Catalog& catalog) {
  std::vector<std::unique_ptr<SystemTable>> tables;
  for (const catalog::TableDef& table : catalog.tables) {
    for (const AggregateDef& aggregate : table.aggregates) {
      tables.push_back(std::make_unique<GroupTable>(table, aggregate));
    }
  }
  return tables;
}

}  // namespace daftar::sql
