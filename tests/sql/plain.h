// SQLite with tables of its own, to compare with.
#pragma once

#include <sqlite3.h>

#include <string>
#include <vector>

#include "sql/fixtures.h"

namespace daftar::testing {

// What a statement gave: its rows or an error.
struct Answer {
  bool failed = false;
  std::vector<std::string> rows;
  friend bool operator==(const Answer&, const Answer&) = default;
};

class Plain {
 public:
  Plain() {
    REQUIRE(sqlite3_open(":memory:", &db_) == SQLITE_OK);
    sqlite3_db_config(db_, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  }
  ~Plain() { sqlite3_close(db_); }
  Plain(const Plain&) = delete;
  Plain& operator=(const Plain&) = delete;

  void Run(const std::string& text) {
    CAPTURE(text);
    REQUIRE(!Ask(text).failed);
  }

  // Inserts the current row of `from` into `row`.
  void Insert(const SqlStatement& from, size_t columns) {
    const std::string marks = absl::StrJoin(std::vector<std::string>(columns, "?"), ", ");
    const std::string text = absl::StrCat("INSERT INTO row VALUES (", marks, ")");
    sqlite3_stmt* statement = nullptr;
    REQUIRE(sqlite3_prepare_v2(db_, text.c_str(), -1, &statement, nullptr) == SQLITE_OK);
    for (size_t i = 0; i < columns; ++i) Bind(statement, static_cast<int>(i) + 1, from.value(i));
    REQUIRE(sqlite3_step(statement) == SQLITE_DONE);
    sqlite3_finalize(statement);
  }

  Answer Ask(const std::string& text) {
    sqlite3_stmt* statement = nullptr;
    Answer answer;
    if (sqlite3_prepare_v2(db_, text.c_str(), -1, &statement, nullptr) != SQLITE_OK) {
      answer.failed = true;
      return answer;
    }
    int code = SQLITE_OK;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
      std::string row;
      for (int i = 0; i < sqlite3_column_count(statement); ++i) {
        absl::StrAppend(&row, i == 0 ? "" : "|", ShownColumn(statement, i));
      }
      answer.rows.push_back(std::move(row));
    }
    answer.failed = code != SQLITE_DONE;
    sqlite3_finalize(statement);
    return answer;
  }

 private:
  static void Bind(sqlite3_stmt* statement, int number, const Value& value) {
    if (const auto* integer = value.get_if<int64_t>()) {
      sqlite3_bind_int64(statement, number, *integer);
    } else if (const auto* real = value.get_if<double>()) {
      sqlite3_bind_double(statement, number, *real);
    } else if (const auto* text = value.get_if<std::string>()) {
      sqlite3_bind_text64(statement, number, text->data(), text->size(), SQLITE_TRANSIENT,
                          SQLITE_UTF8);
    } else if (const auto* blob = value.get_if<Blob>()) {
      sqlite3_bind_blob64(statement, number, blob->bytes.data(), blob->bytes.size(),
                          SQLITE_TRANSIENT);
    }
  }

  static std::string ShownColumn(sqlite3_stmt* statement, int column) {
    const auto bytes = [&] {
      return std::string(static_cast<const char*>(sqlite3_column_blob(statement, column)),
                         static_cast<size_t>(sqlite3_column_bytes(statement, column)));
    };
    switch (sqlite3_column_type(statement, column)) {
      case SQLITE_INTEGER:
        return Shown(Value(int64_t{sqlite3_column_int64(statement, column)}));
      case SQLITE_FLOAT:
        return Shown(Value(sqlite3_column_double(statement, column)));
      case SQLITE_TEXT:
        return Shown(Value(bytes()));
      case SQLITE_BLOB:
        return Shown(Value(Blob{bytes()}));
      default:
        return Shown(Value());
    }
  }

  sqlite3* db_ = nullptr;
};

}  // namespace daftar::testing
