// The schema and its statistics as tables.

#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "catalog/describe.h"
#include "sql/system_table.h"

namespace daftar::sql {
namespace {

using Row = std::vector<SystemValue>;

class RowList final : public SystemRows {
 public:
  explicit RowList(std::vector<Row> rows) : rows_(std::move(rows)) {}
  absl::StatusOr<bool> Next() override { return next_++ < rows_.size(); }
  absl::Status Result(sqlite3_context* context, size_t column) override {
    SetResult(context, rows_[next_ - 1][column]);
    return absl::OkStatus();
  }
  absl::StatusOr<std::string> Identity() override { return absl::StrCat(next_); }

 private:
  const std::vector<Row> rows_;
  size_t next_ = 0;
};

// A part of the schema. All of it is worked out: it is small.
class SchemaTable final : public SystemTable {
 public:
  using Fill = std::function<void(const Session& session, const catalog::TableDef& def,
                                  const TableInfo& info, std::vector<Row>* rows)>;

  SchemaTable(std::string name, std::vector<std::string> columns, Fill fill)
      : name_(std::move(name)), columns_(std::move(columns)), fill_(std::move(fill)) {}

  std::string name() const override { return name_; }
  std::vector<std::string> columns() const override { return columns_; }
  bool Uses(size_t, int) const override { return false; }

  absl::StatusOr<std::unique_ptr<SystemRows>> Start(Session* session,
                                                    const Request&) const override {
    // So that it is the schema in force.
    DAFTAR_RETURN_IF_ERROR(session->View().status());
    const std::vector<catalog::TableDef>& defs = session->catalog()->tables;
    DAFTAR_ASSIGN_OR_RETURN(const std::vector<TableInfo> infos, catalog::Describe(defs));
    std::vector<Row> rows;
    for (size_t i = 0; i < defs.size(); ++i) fill_(*session, defs[i], infos[i], &rows);
    return std::make_unique<RowList>(std::move(rows));
  }

 private:
  const std::string name_;
  const std::vector<std::string> columns_;
  const Fill fill_;
};

void FillTables(const Session& session, const catalog::TableDef& def, const TableInfo& info,
                std::vector<Row>* rows) {
  Row& row = rows->emplace_back(Row{info.name, info.struct_name, absl::StrJoin(info.key, ", "),
                                    absl::StrJoin(info.required, ", "), int64_t{info.history_days},
                                    std::monostate(), std::monostate()});
  const auto all = session.statistics();
  if (all == nullptr) return;
  const auto known = all->tables.find(def.id);
  if (known == all->tables.end()) return;
  row[5] = static_cast<int64_t>(known->second.entries);
  row[6] = static_cast<int64_t>(known->second.version.value());
}

void FillFields(const Session&, const catalog::TableDef&, const TableInfo& info,
                std::vector<Row>* rows) {
  for (const TableInfo::Field& field : info.fields) {
    rows->push_back({info.name, field.name, field.type});
  }
}

const char* StateOf(const catalog::IndexDef& index) {
  switch (index.state) {
    case catalog::IndexState::kReadable:
      return "readable";
    case catalog::IndexState::kBuilding:
      return "being built";
    case catalog::IndexState::kUniquePending:
      return "values are shared";
  }
  return "?";
}

void FillIndexes(const Session& session, const catalog::TableDef& def, const TableInfo& info,
                 std::vector<Row>* rows) {
  const auto all = session.statistics();
  for (size_t i = 0; i < def.indexes.size(); ++i) {
    const catalog::IndexDef& index = def.indexes[i];
    Row& row = rows->emplace_back(Row{info.name, index.name, info.indexes[i].definition,
                                      int64_t{index.unique ? 1 : 0}, StateOf(index),
                                      std::monostate(), std::monostate(), std::monostate()});
    if (all == nullptr) continue;
    const auto known = all->indexes.find(index.id);
    if (known == all->indexes.end()) continue;
    row[5] = static_cast<int64_t>(known->second.entries);
    row[6] = absl::StrJoin(known->second.distinct, ", ");
    row[7] = static_cast<int64_t>(known->second.version.value());
  }
}

void FillAggregates(const Session&, const catalog::TableDef&, const TableInfo& info,
                    std::vector<Row>* rows) {
  for (const TableInfo::Aggregate& aggregate : info.aggregates) {
    rows->push_back({info.name, aggregate.name, aggregate.definition});
  }
}

}  // namespace

std::vector<std::unique_ptr<SystemTable>> SchemaTables() {
  std::vector<std::unique_ptr<SystemTable>> tables;
  const auto add = [&](const char* name, std::vector<std::string> columns, SchemaTable::Fill fill) {
    tables.push_back(std::make_unique<SchemaTable>(name, std::move(columns), std::move(fill)));
  };
  add("daftar_tables",
      {"name TEXT", "struct TEXT", "key TEXT", "requires TEXT", "history_days INTEGER",
       "records INTEGER", "analyzed_at INTEGER"},
      FillTables);
  add("daftar_fields", {"\"table\" TEXT", "name TEXT", "type TEXT"}, FillFields);
  add("daftar_indexes",
      {"\"table\" TEXT", "name TEXT", "definition TEXT", "is_unique INTEGER", "state TEXT",
       "entries INTEGER", "distinct_values TEXT", "analyzed_at INTEGER"},
      FillIndexes);
  add("daftar_aggregates", {"\"table\" TEXT", "name TEXT", "definition TEXT"}, FillAggregates);
  return tables;
}

}  // namespace daftar::sql
