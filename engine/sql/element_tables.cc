// The lists of records as tables: a row for each element.

#include <algorithm>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "query/executor.h"
#include "query/planner.h"
#include "record/kj_fence.h"
#include "sql/condition.h"
#include "sql/list_layout.h"
#include "sql/system_table.h"
#include "sql/value.h"

namespace daftar::sql {
namespace {

// In a list whose length nobody has counted.
constexpr uint64_t kElementsExpected = 2;

// Walks through the records that a plan gives, and through the elements of each.
class ElementRows final : public SystemRows {
 public:
  ElementRows(Session* session, const ListLayout& layout, std::unique_ptr<query::Executor> executor,
              std::optional<std::string> moment)
      : session_(session),
        layout_(layout),
        executor_(std::move(executor)),
        moment_(std::move(moment)) {}
  ~ElementRows() override { session_->AddCounts(executor_->counts()); }

  absl::StatusOr<bool> Next() override {
    while (true) {
      if (record_.has_value()) {
        DAFTAR_ASSIGN_OR_RETURN(const bool found, Fenced([&] { return NextElement(); }));
        if (found) return true;
        record_.reset();
      }
      DAFTAR_ASSIGN_OR_RETURN(const bool more, executor_->Next());
      if (!more) return false;
      lists_.clear();
      positions_.clear();
      elements_.clear();
      DAFTAR_ASSIGN_OR_RETURN(record_, executor_->Record());
    }
  }

  absl::Status Result(sqlite3_context* context, size_t column) override {
    if (column == 0) {
      if (moment_.has_value()) SetResult(context, SystemValue(*moment_));
      return absl::OkStatus();
    }
    size_t place = column - 1;
    if (place < layout_.key.size()) {
      const Column& key = layout_.key[place];
      DAFTAR_ASSIGN_OR_RETURN(const Scalar value, record_->Get(*key.path));
      return sql::SetResult(context, key, value);
    }
    place -= layout_.key.size();
    if (place < positions_.size()) {
      SetResult(context, SystemValue(static_cast<int64_t>(positions_[place])));
      return absl::OkStatus();
    }
    const Column& field = layout_.fields[place - positions_.size()];
    DAFTAR_ASSIGN_OR_RETURN(const Scalar value, Fenced([&]() -> absl::StatusOr<Scalar> {
                              return field.path->Evaluate(record_->root(), elements_);
                            }));
    return sql::SetResult(context, field, value);
  }

  absl::StatusOr<std::string> Identity() override {
    std::string identity;
    AddPart(moment_.value_or(""), &identity);
    DAFTAR_ASSIGN_OR_RETURN(const std::string_view key, executor_->Key());
    AddPart(key, &identity);
    for (const size_t position : positions_) AddPart(absl::StrCat(position), &identity);
    return identity;
  }

 private:
  template <typename Body>
  static std::invoke_result_t<Body> Fenced(Body body) {
    return record::Fenced(absl::StatusCode::kDataLoss, "record does not decode", body);
  }

  // Moves to the next element of the innermost list, entering the lists around it anew as needed.
  absl::StatusOr<bool> NextElement() {
    const size_t depth = layout_.positions.size();
    // Any path through the list leads to it.
    const record::FieldPath& path = *layout_.fields.front().path;
    if (lists_.empty()) {
      lists_.push_back(path.List(record_->root(), {}));
      positions_.push_back(0);
    } else {
      elements_.pop_back();
      ++positions_.back();
    }
    while (true) {
      if (positions_.back() == lists_.back().size()) {
        lists_.pop_back();
        positions_.pop_back();
        if (lists_.empty()) return false;
        elements_.pop_back();
        ++positions_.back();
        continue;
      }
      elements_.push_back(lists_.back()[static_cast<unsigned>(positions_.back())]);
      if (lists_.size() == depth) return true;
      lists_.push_back(path.List(record_->root(), elements_));
      positions_.push_back(0);
    }
  }

  Session* const session_;
  const ListLayout& layout_;
  const std::unique_ptr<query::Executor> executor_;
  const std::optional<std::string> moment_;
  std::optional<record::Message> record_;
  // The lists that are walked through, outermost first, the place in each, and the elements there.
  std::vector<capnp::DynamicList::Reader> lists_;
  std::vector<size_t> positions_;
  std::vector<capnp::DynamicValue::Reader> elements_;
};

class ElementTable final : public SystemTable {
 public:
  ElementTable(const catalog::TableDef& table, ListPlace list, ListLayout layout)
      : table_(table), list_(std::move(list)), layout_(std::move(layout)) {}

  std::string name() const override { return absl::StrCat(table_.name, ".", list_.path); }

  std::vector<std::string> columns() const override {
    std::vector<std::string> columns = {"as_of TEXT HIDDEN"};
    const auto add = [&](const Column& column) {
      columns.push_back(absl::StrCat(QuoteName(column.name), " ", column.DeclaredType()));
    };
    for (const Column& column : layout_.key) add(column);
    for (const std::string& position : layout_.positions) {
      columns.push_back(absl::StrCat(QuoteName(position), " INTEGER"));
    }
    for (const Column& column : layout_.fields) add(column);
    return columns;
  }

  absl::StatusOr<uint64_t> EstimateRows(Session* session) const override {
    DAFTAR_ASSIGN_OR_RETURN(const uint64_t records, session->EstimateRows(table_));
    return records * kElementsExpected;
  }

  bool Uses(size_t number, int op) const override {
    if (number == kAsOfColumn) return op == SQLITE_INDEX_CONSTRAINT_EQ;
    const Column* column = ColumnOf(number);
    const auto comparison = ComparisonOfOp(op);
    return column != nullptr && comparison.has_value() && CanTranslate(*column, *comparison);
  }

  // What the key or an index begins with.
  bool Narrows(size_t number) const override {
    const Column* column = ColumnOf(number);
    if (column == nullptr) return true;
    const auto begins = [&](const std::vector<catalog::Term>& terms) {
      return !terms.empty() && terms.front().path == *column->path;
    };
    return begins(table_.key) ||
           std::any_of(table_.indexes.begin(), table_.indexes.end(),
                       [&](const catalog::IndexDef& index) {
                         return index.answers_queries() && index.where.empty() && begins(index.on);
                       });
  }
  bool Needs(size_t number) const override { return number == kAsOfColumn; }

  absl::StatusOr<std::unique_ptr<SystemRows>> Start(Session* session,
                                                    const Request& request) const override {
    std::optional<std::string> moment;
    query::BoundQuery query;
    query.table = &table_;
    for (const Given& each : request.given) {
      if (each.column == kAsOfColumn) {
        if (sqlite3_value_type(each.value) != SQLITE_NULL) moment = std::string(TextOf(each.value));
        continue;
      }
      Bound bound = Translate(*ColumnOf(each.column), *ComparisonOfOp(each.op), each.value, false);
      if (bound.never) return std::make_unique<NoRows>();
      for (record::Condition& condition : bound.conditions) {
        query.conditions.push_back(std::move(condition));
      }
    }
    DAFTAR_ASSIGN_OR_RETURN(txn::ReadView view,
                            moment.has_value() ? session->ViewAsOf(*moment) : session->View());
    DAFTAR_RETURN_IF_ERROR(txn::CheckReadable(view, table_));
    DAFTAR_ASSIGN_OR_RETURN(query::Plan plan,
                            query::MakePlan(std::move(query), view.statistics.get()));
    auto executor = std::make_unique<query::Executor>(std::move(view), std::move(plan));
    return std::make_unique<ElementRows>(session, layout_, std::move(executor), std::move(moment));
  }

 private:
  // A column with a path; null for the others.
  const Column* ColumnOf(size_t number) const {
    const size_t place = number - 1;
    if (number == kAsOfColumn) return nullptr;
    if (place < layout_.key.size()) return &layout_.key[place];
    if (number < layout_.fields_from()) return nullptr;
    return &layout_.fields[number - layout_.fields_from()];
  }

  const catalog::TableDef& table_;
  const ListPlace list_;
  const ListLayout layout_;
};

}  // namespace

std::vector<std::unique_ptr<SystemTable>> ElementTables(const catalog::Catalog& catalog) {
  std::vector<std::unique_ptr<SystemTable>> tables;
  for (const catalog::TableDef& table : catalog.tables) {
    for (ListPlace& list : ListsOf(table)) {
      auto layout = LayoutOf(table, list);
      // A list of structs without a single value has nothing to show.
      if (!layout.ok() || layout->fields.empty()) continue;
      tables.push_back(std::make_unique<ElementTable>(table, std::move(list), *std::move(layout)));
    }
  }
  return tables;
}

}  // namespace daftar::sql
