// Tables that show what the database knows about itself, for reading only: its schema, its commits,
// the groups of its aggregates.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sql/session.h"

namespace daftar::sql {

// The rows of one walk. Lifetime: must end before its table and session.
class SystemRows {
 public:
  virtual ~SystemRows() = default;
  // Moves to the next row; false after the last. Errors: DataLoss, Unavailable.
  [[nodiscard]] virtual absl::StatusOr<bool> Next() = 0;
  // Gives a column of the current row.
  virtual absl::Status Result(sqlite3_context* context, size_t column) = 0;
  // Bytes that tell the current row from all others of its table, whichever way it is found: the
  // parts of an OR may find it in several. Errors: DataLoss.
  virtual absl::StatusOr<std::string> Identity() = 0;
};

// Adds a part of an Identity(), so that no two lists of parts give the same.
void AddPart(std::string_view part, std::string* identity);

// The rows of a walk that cannot find any.
class NoRows final : public SystemRows {
 public:
  absl::StatusOr<bool> Next() override { return false; }
  absl::Status Result(sqlite3_context*, size_t) override { return absl::OkStatus(); }
  absl::StatusOr<std::string> Identity() override { return std::string(); }
};

class SystemTable {
 public:
  // What is expected of a table of which nothing is known.
  static constexpr uint64_t kRowsUnknown = 10000;

  // A comparison of a column that a statement makes; `op` is one of SQLITE_INDEX_CONSTRAINT_….
  // Lifetime: the value is SQLite's, and good within Start().
  struct Given {
    size_t column = 0;
    int op = 0;
    sqlite3_value* value = nullptr;
  };

  // What a walk is to give.
  struct Request {
    std::vector<Given> given;
    // Whether rows are to come against the order that Access names.
    bool descending = false;
  };

  // How a walk finds its rows, and what that takes.
  struct Access {
    // For people: "by version". Empty: there is but one way.
    std::string way;
    double rows = 0;  // about how many it gives
    double cost = 0;  // of reading them, in rows that are cheap to read
    bool at_most_one_row = false;
    // Columns whose values never decrease from row to row; where rows come descending, never
    // increase. SQLite does not sort by them then.
    std::vector<size_t> ordered;
    // One of those, of which no two rows have the same value.
    std::optional<size_t> distinct;
  };

  virtual ~SystemTable() = default;
  virtual std::string name() const = 0;
  // Names and types, as CREATE TABLE has them.
  virtual std::vector<std::string> columns() const = 0;
  // Whether Start() reads less for such a comparison, perhaps together with others.
  virtual bool Uses(size_t column, int op) const = 0;
  // Whether it cannot do without one when there is one: what is given chooses the state to read.
  virtual bool Needs(size_t) const { return false; }
  // What Start() would do with comparisons that it uses. A value is null when it is known only when
  // the statement runs. Errors: those of Session::EstimateRows.
  virtual absl::StatusOr<Access> Estimate(Session* session, const std::vector<Given>& given) const;
  // Rows may be more than those that meet what is given: SQLite checks. Errors: those of
  // Session::View and ViewAsOf; DataLoss, Unavailable.
  virtual absl::StatusOr<std::unique_ptr<SystemRows>> Start(Session* session,
                                                            const Request& request) const = 0;

 protected:
  // For Estimate() of tables that know no better.
  // About how many rows there are. Errors: those of Session::EstimateRows.
  virtual absl::StatusOr<uint64_t> EstimateRows(Session*) const { return kRowsUnknown; }
  // Whether such a comparison leaves few rows to read; else it only leaves few to give.
  virtual bool Narrows(size_t) const { return true; }
};

// daftar_tables, daftar_fields, daftar_indexes, daftar_aggregates.
std::vector<std::unique_ptr<SystemTable>> SchemaTables();
// daftar_commits, daftar_changes.
std::vector<std::unique_ptr<SystemTable>> JournalTables();
// daftar_find.
std::vector<std::unique_ptr<SystemTable>> FindTables();
// "<table>.<aggregate>" for every aggregate of the catalog. Lifetime: the catalog outlives them.
std::vector<std::unique_ptr<SystemTable>> GroupTables(const catalog::Catalog& catalog);

// "<table>.<list>" for every list of the tables' records: a row for each element. Lifetime: the
// catalog outlives them.
std::vector<std::unique_ptr<SystemTable>> ElementTables(const catalog::Catalog& catalog);

// Lets all of them be named in statements of `db`. A table of the catalog that has the name of one
// of them takes its place. Lifetime: the session outlives `db`. Errors: Internal.
absl::Status RegisterSystemTables(sqlite3* db, Session* session);

// For rows that are at hand as values.
using SystemValue = std::variant<std::monostate, int64_t, std::string>;
void SetResult(sqlite3_context* context, const SystemValue& value);

// Whether `value` is text equal to this one, as the comparison `=` of SQLite takes it.
std::string_view TextOf(sqlite3_value* value);

}  // namespace daftar::sql
