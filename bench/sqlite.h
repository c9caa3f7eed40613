// SQLite as the benchmarks use it: what fails ends the program with a message.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>

namespace daftar::bench {

struct SqliteCloser {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
};
using SqliteHandle = std::unique_ptr<sqlite3, SqliteCloser>;

// For the whole process: what makes SQLite faster, also inside of Daftar. To be called before
// anything uses it.
void ConfigureSqlite();
// Without mutexes of its own. Thread safety: one thread at a time may use the connection.
SqliteHandle OpenSqlite(const std::filesystem::path& file);
void Execute(sqlite3* database, const char* sql);
void SetSqliteCache(sqlite3* database, size_t bytes);

// A prepared statement; its parameters are bound in order. Lifetime: must go before its database.
class SqliteStatement {
 public:
  SqliteStatement(sqlite3* database, std::string_view sql);
  ~SqliteStatement() { sqlite3_finalize(statement_); }
  SqliteStatement(const SqliteStatement&) = delete;
  SqliteStatement& operator=(const SqliteStatement&) = delete;

  // Lifetime: `text` until the statement is reset.
  SqliteStatement& Bind(std::string_view text);
  SqliteStatement& Bind(int64_t number);
  // False at the end, after which the statement can be bound again.
  bool Step();
  int columns() const { return sqlite3_column_count(statement_); }
  int Type(int column) const { return sqlite3_column_type(statement_, column); }
  double Real(int column) const { return sqlite3_column_double(statement_, column); }
  std::string_view Text(int column) const {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    return {text, static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
  }
  int64_t Integer(int column) const { return sqlite3_column_int64(statement_, column); }

 private:
  void Check(int code) const;

  sqlite3* const database_;
  sqlite3_stmt* statement_ = nullptr;
  int bound_ = 0;
};

}  // namespace daftar::bench
