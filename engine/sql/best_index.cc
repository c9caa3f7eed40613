#include "sql/best_index.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "base/status.h"
#include "index/statistics.h"
#include "query/access_path.h"
#include "query/column_rows.h"
#include "query/cost.h"
#include "query/planner.h"
#include "sql/access_choice.h"

namespace daftar::sql {
namespace {

using record::Condition;

// What reading costs, in entries of an index.
constexpr double kRecordCost = 2;  // the next record of a scan
constexpr double kRowCost = 0.5;   // the next row of a projection
constexpr double kFetchCost = 8;   // the record of an entry, anywhere
constexpr double kSeekCost = 10;   // beginning a scan
constexpr double kInValues = 5;    // in a list whose length is not known
// What is left of the rows, without statistics, by a null test, and by the condition of a partial
// index.
constexpr double kNotNullShare = 0.9;
constexpr double kPartialShare = 0.25;
// colUsed has one bit for all columns from this on.
constexpr size_t kLastUsedBit = 63;

double RangeShare(const query::Plan& plan) {
  bool lower = false;
  bool upper = false;
  for (size_t i = plan.equal_terms; i < plan.bounded.size(); ++i) {
    const Operator op = plan.bounded[i].op;
    const bool both = op == Operator::kStartsWith;
    lower = lower || both || op == Operator::kGreater || op == Operator::kGreaterOrEqual;
    upper = upper || both || op == Operator::kLess || op == Operator::kLessOrEqual;
  }
  if (lower && upper) return kBothSidesShare;
  return lower || upper ? kOneSideShare : kNotNullShare;
}

// A constraint that an access path may use.
struct Usable {
  int number = 0;  // of SQLite's constraint
  AccessChoice::Argument argument;
  bool known = false;                 // the conditions stand for the very value
  std::vector<Condition> conditions;  // placeholders unless known
};

class Chooser {
 public:
  Chooser(std::shared_ptr<const index::AllStatistics> statistics, const catalog::TableDef& table,
          const std::vector<Column>& columns, bool is_projected, sqlite3_index_info* info)
      : statistics_(std::move(statistics)),
        table_(table),
        columns_(columns),
        is_projected_(is_projected),
        info_(info) {}

  // False: the moment of an AS OF is not known.
  bool ReadConstraints();
  void ReadOrders();
  void ReadColumns();
  void Consider(const catalog::IndexDef* index, double rows);
  // What two of the indexes considered have in common.
  void ConsiderIntersections(double rows);
  absl::Status Answer();

 private:
  struct Candidate {
    AccessChoice choice;
    double cost = 0;
    double rows = 0;
    bool unique = false;
    bool ordered = false;
  };
  // Of an index that can be read beside another.
  struct Scan {
    const catalog::IndexDef* index = nullptr;
    double rows = 0;
  };

  bool AddConstraint(int number, const Column& column, Comparison comparison);
  bool Eligible(const catalog::IndexDef* index) const;
  const index::Statistics* StatisticsOf(const query::AccessPath& path) const;
  double RowsAfterEqualTerms(const query::Plan& plan, const query::AccessPath& path,
                             double rows) const;
  double RowsOf(const query::Plan& plan, const query::AccessPath& path, double rows) const;
  bool GivesOneRow(const query::Plan& plan, const query::AccessPath& path) const;
  bool IsBounded(const query::Plan& plan, const Usable& usable) const;
  // What each row costs that it gives.
  double EachCost(const query::Plan& plan) const;
  // What is asked, by one index.
  query::BoundQuery QueryBy(const catalog::IndexDef* index) const;
  bool HoldsList(const query::Plan& plan) const;
  // Nothing that costs more than `cost_max`.
  void ConsiderBoth(const Scan& first, const Scan& second, double rows, double cost_max);
  // Takes the plan when it costs less than the best before. `candidate` has rows, and its cost
  // without what sorting takes.
  void Offer(const query::Plan& plan, Candidate candidate);

  const std::shared_ptr<const index::AllStatistics> statistics_;  // null: none
  const catalog::TableDef& table_;
  const std::vector<Column>& columns_;
  const bool is_projected_;
  sqlite3_index_info* const info_;
  std::optional<int> as_of_;
  std::optional<int> limit_;
  std::optional<int> offset_;
  std::vector<Usable> usable_;
  std::vector<AccessChoice::Order> orders_;
  bool orders_known_ = true;  // false: SQLite wants an order that no index has
  std::vector<size_t> needed_;
  bool coverable_ = true;
  std::vector<Scan> scans_;
  std::optional<Candidate> best_;
};

bool Chooser::AddConstraint(int number, const Column& column, Comparison comparison) {
  if (!CanTranslate(column, comparison)) return false;
  // Text compares as stored only under SQLite's own collation.
  const char* collation = sqlite3_vtab_collation(info_, number);
  if (collation != nullptr && sqlite3_stricmp(collation, "BINARY") != 0) return false;
  Usable usable;
  usable.number = number;
  if (comparison == Comparison::kEqual && sqlite3_vtab_in(info_, number, -1) != 0) {
    comparison = Comparison::kIn;
  }
  usable.argument = {static_cast<size_t>(info_->aConstraint[number].iColumn), comparison, false};
  sqlite3_value* value = nullptr;
  const bool is_test = comparison == Comparison::kIsNull || comparison == Comparison::kIsNotNull;
  if (comparison != Comparison::kIn && !is_test &&
      sqlite3_vtab_rhs_value(info_, number, &value) != SQLITE_OK) {
    value = nullptr;
  }
  if (value != nullptr || is_test) {
    Bound bound = Translate(column, comparison, value, true);
    if (bound.conditions.empty() && !bound.never) return false;
    usable.known = !bound.never;
    usable.conditions = std::move(bound.conditions);
    usable.argument.is_literal = !is_test;
  }
  if (usable.conditions.empty()) usable.conditions = Placeholder(column, comparison);
  usable_.push_back(std::move(usable));
  return true;
}

bool Chooser::ReadConstraints() {
  for (int i = 0; i < info_->nConstraint; ++i) {
    const auto& constraint = info_->aConstraint[i];
    // These two have no column.
    if (constraint.op == SQLITE_INDEX_CONSTRAINT_LIMIT) {
      if (constraint.usable != 0) limit_ = i;
      continue;
    }
    if (constraint.op == SQLITE_INDEX_CONSTRAINT_OFFSET) {
      if (constraint.usable != 0) offset_ = i;
      continue;
    }
    if (constraint.iColumn < 0) continue;
    const auto number = static_cast<size_t>(constraint.iColumn);
    if (number == kAsOfColumn) {
      if (constraint.op != SQLITE_INDEX_CONSTRAINT_EQ) continue;
      if (constraint.usable == 0) return false;
      as_of_ = i;
      continue;
    }
    const auto comparison = ComparisonOfOp(constraint.op);
    if (constraint.usable != 0 && comparison.has_value()) {
      AddConstraint(i, columns_[number], *comparison);
    }
  }
  return true;
}

void Chooser::ReadOrders() {
  for (int i = 0; i < info_->nOrderBy; ++i) {
    if (info_->aOrderBy[i].iColumn < 0) {
      orders_known_ = false;
      return;
    }
    const auto number = static_cast<size_t>(info_->aOrderBy[i].iColumn);
    // All rows have the same value there.
    const bool held = std::any_of(usable_.begin(), usable_.end(), [&](const Usable& usable) {
      return usable.argument.column == number &&
             (usable.argument.comparison == Comparison::kEqual ||
              usable.argument.comparison == Comparison::kIs);
    });
    if (held) continue;
    if (!SortsAsStored(columns_[number])) {
      orders_known_ = false;
      return;
    }
    orders_.push_back({number, info_->aOrderBy[i].desc != 0});
  }
}

void Chooser::ReadColumns() {
  for (size_t i = 0; i < columns_.size(); ++i) {
    const size_t bit = std::min(i, kLastUsedBit);
    if (i == kAsOfColumn || (info_->colUsed & (sqlite3_uint64{1} << bit)) == 0) continue;
    needed_.push_back(i);
    if (!columns_[i].path.has_value()) coverable_ = false;
  }
  if (needed_.empty()) {
    // Something must be asked for: every entry has the primary key.
    if (const auto key = FindColumn(columns_, table_.key.front().path)) needed_.push_back(*key);
  }
}

// Whether every record that the statement wants has an entry, whatever the values will be.
bool Chooser::Eligible(const catalog::IndexDef* index) const {
  if (index == nullptr) return true;
  query::BoundQuery query;
  query.table = &table_;
  for (const Usable& usable : usable_) {
    if (usable.known) {
      query.conditions.insert(query.conditions.end(), usable.conditions.begin(),
                              usable.conditions.end());
    } else if (usable.argument.comparison != Comparison::kIs) {
      // Any value: all that is known is that it is not null.
      const auto& path = *columns_[usable.argument.column].path;
      query.conditions.push_back({path, Operator::kIsNotNull, {}});
    }
  }
  return query::Answers({&table_, index}, query);
}

const index::Statistics* Chooser::StatisticsOf(const query::AccessPath& path) const {
  if (statistics_ == nullptr) return nullptr;
  return query::FindStatistics(*statistics_, table_, path.index);
}

double Chooser::RowsAfterEqualTerms(const query::Plan& plan, const query::AccessPath& path,
                                    double rows) const {
  const auto equal = static_cast<double>(plan.equal_terms);
  if (const index::Statistics* known = StatisticsOf(path)) {
    const bool some = plan.equal_terms > 0 && plan.equal_terms <= known->distinct.size();
    const uint64_t values = some ? known->distinct[plan.equal_terms - 1] : 1;
    return static_cast<double>(known->entries) / static_cast<double>(std::max<uint64_t>(1, values));
  }
  // A unique index as a whole leaves one row; each term its share of the way there.
  const auto terms = static_cast<double>(path.terms().size());
  const bool unique = path.index == nullptr || path.index->unique;
  const double left = std::pow(rows, 1 - equal / (unique ? terms : terms + 1));
  const bool partial = path.index != nullptr && !path.index->where.empty();
  return partial ? left * kPartialShare : left;
}

double Chooser::RowsOf(const query::Plan& plan, const query::AccessPath& path, double rows) const {
  if (GivesOneRow(plan, path)) return 1;
  double left = RowsAfterEqualTerms(plan, path, rows);
  if (plan.has_range) left *= RangeShare(plan);
  for (const Usable& usable : usable_) {
    if (usable.argument.comparison == Comparison::kIn && IsBounded(plan, usable)) {
      left = std::min(rows, left * kInValues);
    }
  }
  return std::max(1.0, left);
}

bool Chooser::GivesOneRow(const query::Plan& plan, const query::AccessPath& path) const {
  if (path.index != nullptr && !path.index->unique) return false;
  const auto& terms = path.terms();
  return plan.equal_terms == terms.size() &&
         std::all_of(terms.begin(), terms.end(), [&](const catalog::Term& term) {
           return std::any_of(usable_.begin(), usable_.end(), [&](const Usable& usable) {
             return usable.argument.comparison == Comparison::kEqual &&
                    *columns_[usable.argument.column].path == term.path;
           });
         });
}

bool Chooser::IsBounded(const query::Plan& plan, const Usable& usable) const {
  return std::any_of(plan.bounded.begin(), plan.bounded.end(), [&](const Condition& condition) {
    return condition.path == *columns_[usable.argument.column].path;
  });
}

double Chooser::EachCost(const query::Plan& plan) const {
  if (plan.index != nullptr) return plan.reads_records ? 1 + kFetchCost : 1;
  return is_projected_ && query::ScansTable(plan) ? kRowCost : kRecordCost;
}

query::BoundQuery Chooser::QueryBy(const catalog::IndexDef* index) const {
  query::BoundQuery query;
  query.table = &table_;
  query.index = index == nullptr ? "primary" : index->name;
  for (const Usable& usable : usable_) {
    query.conditions.insert(query.conditions.end(), usable.conditions.begin(),
                            usable.conditions.end());
  }
  if (orders_known_) {
    for (const AccessChoice::Order& order : orders_) {
      query.orders.push_back({*columns_[order.column].path, order.descending
                                                                ? SortDirection::kDescending
                                                                : SortDirection::kAscending});
    }
  }
  if (coverable_) {
    for (const size_t column : needed_) {
      query.columns.push_back({columns_[column].name, columns_[column].path});
    }
  }
  return query;
}

// Whether a term is bounded by a list, whose values are not known yet.
bool Chooser::HoldsList(const query::Plan& plan) const {
  return std::any_of(usable_.begin(), usable_.end(), [&](const Usable& usable) {
    return usable.argument.comparison == Comparison::kIn && IsBounded(plan, usable);
  });
}

void Chooser::Consider(const catalog::IndexDef* index, double rows) {
  if (!Eligible(index)) return;
  const auto plan = query::MakePlan(QueryBy(index));
  if (!plan.ok()) return;  // a partial index that the values do not imply
  const query::AccessPath path{&table_, index};
  Candidate candidate;
  candidate.rows = RowsOf(*plan, path, rows);
  candidate.unique = GivesOneRow(*plan, path);
  candidate.cost = kSeekCost + candidate.rows * EachCost(*plan);
  if (plan->CanBeIntersected() && StatisticsOf(path) != nullptr && !HoldsList(*plan)) {
    scans_.push_back({index, candidate.rows});
  }
  Offer(*plan, std::move(candidate));
}

void Chooser::ConsiderIntersections(double rows) {
  if (!best_.has_value()) return;
  const double cost_max = query::kClearlyLess * best_->cost;
  for (const Scan& first : scans_) {
    for (const Scan& second : scans_) {
      if (first.index != second.index) ConsiderBoth(first, second, rows, cost_max);
    }
  }
}

void Chooser::ConsiderBoth(const Scan& first, const Scan& second, double rows, double cost_max) {
  query::BoundQuery query = QueryBy(first.index);
  query.intersected.push_back(second.index->name);
  const auto plan = query::MakePlan(std::move(query));
  if (!plan.ok()) return;
  // What both ask would count twice.
  const auto& asked = plan->intersected.front().bounded;
  const bool differ = std::none_of(asked.begin(), asked.end(), [&](const Condition& condition) {
    return query::Contains(plan->bounded, condition);
  });
  if (!differ) return;
  Candidate candidate;
  candidate.rows = std::max(1.0, first.rows * second.rows / std::max(1.0, rows));
  const query::Walk walk = query::WalkSideBySide({first.rows, second.rows});
  candidate.cost = (2 + walk.sought) * kSeekCost + walk.entries +
                   (plan->reads_records ? candidate.rows * kFetchCost : 0);
  if (candidate.cost <= cost_max) Offer(*plan, std::move(candidate));
}

void Chooser::Offer(const query::Plan& plan, Candidate candidate) {
  candidate.ordered = orders_known_ && info_->nOrderBy > 0 && !plan.sort;
  if (info_->nOrderBy > 0 && !candidate.ordered) {
    candidate.cost += candidate.rows * std::log2(candidate.rows + 1);
  }
  if (best_.has_value() && candidate.cost >= best_->cost) return;
  candidate.choice.index = plan.index == nullptr ? "" : plan.index->name;
  for (const query::IntersectedScan& scan : plan.intersected) {
    candidate.choice.intersected.push_back(scan.index->name);
  }
  for (const Usable& usable : usable_) {
    // A long list that bounds nothing is for SQLite to look up.
    if (usable.argument.comparison == Comparison::kIn && !IsBounded(plan, usable)) continue;
    candidate.choice.arguments.push_back(usable.argument);
  }
  if (candidate.ordered) candidate.choice.orders = orders_;
  if (plan.index != nullptr && !plan.reads_records) candidate.choice.covered = needed_;
  best_ = std::move(candidate);
}

absl::Status Chooser::Answer() {
  if (!best_.has_value()) return Internal("no access path answers").With("table", table_.name);
  int next = 1;
  for (const Usable& usable : usable_) {
    const auto& arguments = best_->choice.arguments;
    const bool given =
        std::find(arguments.begin(), arguments.end(), usable.argument) != arguments.end();
    if (!given) continue;
    if (usable.argument.comparison == Comparison::kIn) sqlite3_vtab_in(info_, usable.number, 1);
    // SQLite checks again: our conditions may be weaker than its comparisons.
    info_->aConstraintUsage[usable.number].argvIndex = next++;
  }
  if (as_of_.has_value()) {
    info_->aConstraintUsage[*as_of_].argvIndex = next++;
    info_->aConstraintUsage[*as_of_].omit = 1;
    info_->idxNum |= kHasMoment;
  }
  // How many rows will be asked for, unless SQLite sorts all of them first. It counts them itself.
  if (limit_.has_value() && (info_->nOrderBy == 0 || best_->ordered)) {
    info_->aConstraintUsage[*limit_].argvIndex = next++;
    info_->idxNum |= kHasLimit;
    if (offset_.has_value()) {
      info_->aConstraintUsage[*offset_].argvIndex = next++;
      info_->idxNum |= kHasOffset;
    }
  }
  const std::string text = ToText(best_->choice, columns_);
  info_->idxStr = sqlite3_mprintf("%s", text.c_str());
  if (info_->idxStr == nullptr) return ResourceExhausted("out of memory");
  info_->needToFreeIdxStr = 1;
  info_->orderByConsumed = best_->ordered ? 1 : 0;
  info_->estimatedCost = best_->cost;
  info_->estimatedRows = static_cast<sqlite3_int64>(best_->rows);
  if (best_->unique) info_->idxFlags = SQLITE_INDEX_SCAN_UNIQUE;
  return absl::OkStatus();
}

}  // namespace

absl::Status ChooseAccess(Session* session, const catalog::TableDef& table,
                          const std::vector<Column>& columns, sqlite3_index_info* info,
                          bool* usable) {
  Chooser chooser(session->statistics(), table, columns, session->IsProjected(table), info);
  *usable = chooser.ReadConstraints();
  if (!*usable) return absl::OkStatus();
  chooser.ReadOrders();
  chooser.ReadColumns();
  DAFTAR_ASSIGN_OR_RETURN(const uint64_t rows, session->EstimateRows(table));
  chooser.Consider(nullptr, static_cast<double>(rows));
  for (const catalog::IndexDef& index : table.indexes) {
    if (index.answers_queries()) chooser.Consider(&index, static_cast<double>(rows));
  }
  chooser.ConsiderIntersections(static_cast<double>(rows));
  return chooser.Answer();
}

}  // namespace daftar::sql
