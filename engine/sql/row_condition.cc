#include "sql/row_condition.h"

#include <sqlite3.h>

#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "base/status.h"
#include "record/json_codec.h"
#include "sql/columns.h"
#include "sql/functions.h"
#include "sql/value.h"

namespace daftar::sql {
namespace {

struct CloseDb {
  void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Db = std::unique_ptr<sqlite3, CloseDb>;
using Prepared = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

// A connection with the condition prepared, for one thread at a time.
struct Evaluator {
  Db db;
  Prepared statement;
};

absl::StatusOr<Db> OpenDb() {
  sqlite3* opened = nullptr;
  constexpr int kFlags =
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX;
  const int rc = sqlite3_open_v2(":memory:", &opened, kFlags, nullptr);
  Db db(opened);
  if (rc != SQLITE_OK) return ResourceExhausted("SQLite does not open");
  sqlite3_db_config(opened, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(opened, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  DAFTAR_RETURN_IF_ERROR(RegisterFunctions(opened));
  return db;
}

Error Wrong(sqlite3* db, const std::string& expression) {
  return InvalidArgument("the condition is none that SQL knows")
      .With("expression", expression)
      .With("cause", sqlite3_errmsg(db));
}

class SqlCondition final : public catalog::RowCondition {
 public:
  SqlCondition(std::vector<Column> columns, std::string expression)
      : columns_(std::move(columns)), expression_(std::move(expression)) {
    std::string names;
    std::string places;
    for (const Column& column : columns_) {
      absl::StrAppend(&names, names.empty() ? "" : ", ", QuoteName(column.name));
      absl::StrAppend(&places, places.empty() ? "?" : ", ?");
    }
    text_ = columns_.empty() ? absl::StrCat("SELECT (", expression_, ")")
                             : absl::StrCat("WITH r(", names, ") AS (SELECT ", places, ") SELECT (",
                                            expression_, ") FROM r");
  }

  absl::StatusOr<Answer> Evaluate(const record::Message& record) const override {
    DAFTAR_ASSIGN_OR_RETURN(Evaluator evaluator, Take());
    auto answer = Run(evaluator, record);
    sqlite3_reset(evaluator.statement.get());
    sqlite3_clear_bindings(evaluator.statement.get());
    absl::MutexLock lock(&mutex_);
    idle_.push_back(std::move(evaluator));
    return answer;
  }

  absl::StatusOr<Evaluator> NewEvaluator() const {
    Evaluator evaluator;
    DAFTAR_ASSIGN_OR_RETURN(evaluator.db, OpenDb());
    sqlite3_stmt* prepared = nullptr;
    const int rc =
        sqlite3_prepare_v3(evaluator.db.get(), text_.data(), static_cast<int>(text_.size()),
                           SQLITE_PREPARE_PERSISTENT, &prepared, nullptr);
    evaluator.statement.reset(prepared);
    if (rc != SQLITE_OK) return Wrong(evaluator.db.get(), expression_);
    return evaluator;
  }

 private:
  absl::StatusOr<Evaluator> Take() const {
    {
      absl::MutexLock lock(&mutex_);
      if (!idle_.empty()) {
        Evaluator evaluator = std::move(idle_.back());
        idle_.pop_back();
        return evaluator;
      }
    }
    return NewEvaluator();
  }

  absl::Status Bind(sqlite3_stmt* statement, const record::Message& record) const {
    for (size_t i = 0; i < columns_.size(); ++i) {
      const Column& column = columns_[i];
      const int place = static_cast<int>(i) + 1;
      if (column.kind == Column::Kind::kJson) {
        std::string json;
        DAFTAR_RETURN_IF_ERROR(record::AppendPathJson(record, column.name, &json));
        sqlite3_bind_text64(statement, place, json.data(), json.size(), SQLITE_TRANSIENT,
                            SQLITE_UTF8);
        continue;
      }
      DAFTAR_ASSIGN_OR_RETURN(const Scalar value, record.Get(*column.path));
      DAFTAR_RETURN_IF_ERROR(BindValue(statement, place, column, value));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Answer> Run(const Evaluator& evaluator, const record::Message& record) const {
    sqlite3_stmt* const statement = evaluator.statement.get();
    DAFTAR_RETURN_IF_ERROR(Bind(statement, record));
    if (sqlite3_step(statement) != SQLITE_ROW) {
      return InvalidArgument("the condition fails on the record")
          .With("expression", expression_)
          .With("cause", sqlite3_errmsg(evaluator.db.get()));
    }
    Answer answer;
    answer.holds = sqlite3_column_type(statement, 0) == SQLITE_NULL ||
                   sqlite3_column_int(statement, 0) != 0 ||
                   sqlite3_column_double(statement, 0) != 0;
    if (answer.holds) return answer;
    for (const Column& column : columns_) {
      absl::StrAppend(&answer.values, answer.values.empty() ? "" : ", ", column.name, " ");
      if (column.kind == Column::Kind::kJson) {
        DAFTAR_RETURN_IF_ERROR(record::AppendPathJson(record, column.name, &answer.values));
        continue;
      }
      DAFTAR_ASSIGN_OR_RETURN(const Scalar value, record.Get(*column.path));
      absl::StrAppend(&answer.values, column.path->type().ToValue(value).ToString());
    }
    return answer;
  }

  const std::vector<Column> columns_;  // that the expression may name
  const std::string expression_;
  std::string text_;
  mutable absl::Mutex mutex_;
  mutable std::vector<Evaluator> idle_ ABSL_GUARDED_BY(mutex_);
};

// SQLite says of a CHECK constraint what a condition may not have either.
absl::Status CheckAsConstraint(const std::vector<Column>& columns, const std::string& expression) {
  DAFTAR_ASSIGN_OR_RETURN(const Db db, OpenDb());
  std::string text = "CREATE TABLE r(";
  for (const Column& column : columns) absl::StrAppend(&text, QuoteName(column.name), ", ");
  absl::StrAppend(&text, "\"\", CHECK (", expression, "))");
  if (sqlite3_exec(db.get(), text.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return Wrong(db.get(), expression);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::shared_ptr<const catalog::RowCondition>> CompileCondition(
    const catalog::TableDef& table, const std::string& expression) {
  DAFTAR_ASSIGN_OR_RETURN(std::vector<Column> columns, ColumnsOf(table));
  std::erase_if(columns, [&](const Column& column) {
    // A name that stands there by chance does no harm.
    return column.kind == Column::Kind::kAsOf || column.is_of_match() ||
           !absl::StrContainsIgnoreCase(expression, column.name);
  });
  DAFTAR_RETURN_IF_ERROR(CheckAsConstraint(columns, expression));
  auto condition = std::make_shared<SqlCondition>(std::move(columns), expression);
  DAFTAR_RETURN_IF_ERROR(condition->NewEvaluator().status());
  return std::shared_ptr<const catalog::RowCondition>(std::move(condition));
}

}  // namespace daftar::sql
