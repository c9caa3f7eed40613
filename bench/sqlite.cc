#include "bench/sqlite.h"

#include "absl/strings/str_cat.h"
#include "bench/workspace.h"

namespace daftar::bench {

void ConfigureSqlite() {
  // Counting what is allocated takes a mutex for each piece.
  const int code = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  if (code != SQLITE_OK) Fail(absl::StrCat("SQLite: ", sqlite3_errstr(code)));
}

SqliteHandle OpenSqlite(const std::filesystem::path& file) {
  sqlite3* database = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(file.c_str(), &database, flags, nullptr);
  SqliteHandle handle(database);
  if (code != SQLITE_OK) Fail(absl::StrCat("SQLite: ", sqlite3_errstr(code)));
  return handle;
}

void Execute(sqlite3* database, const char* sql) {
  if (sqlite3_exec(database, sql, nullptr, nullptr, nullptr) == SQLITE_OK) return;
  Fail(absl::StrCat("SQLite: ", sqlite3_errmsg(database)));
}

void SetSqliteCache(sqlite3* database, size_t bytes) {
  Execute(database, absl::StrCat("PRAGMA cache_size = -", bytes >> 10).c_str());
}

SqliteStatement::SqliteStatement(sqlite3* database, std::string_view sql) : database_(database) {
  Check(sqlite3_prepare_v3(database, sql.data(), static_cast<int>(sql.size()),
                           SQLITE_PREPARE_PERSISTENT, &statement_, nullptr));
}

SqliteStatement& SqliteStatement::Bind(std::string_view text) {
  Check(sqlite3_bind_text(statement_, ++bound_, text.data(), static_cast<int>(text.size()),
                          SQLITE_STATIC));
  return *this;
}

SqliteStatement& SqliteStatement::Bind(int64_t number) {
  Check(sqlite3_bind_int64(statement_, ++bound_, number));
  return *this;
}

bool SqliteStatement::Step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) Check(code);
  Check(sqlite3_reset(statement_));
  bound_ = 0;
  return false;
}

void SqliteStatement::Check(int code) const {
  if (code != SQLITE_OK) Fail(absl::StrCat("SQLite: ", sqlite3_errmsg(database_)));
}

}  // namespace daftar::bench
