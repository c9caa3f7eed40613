#include "sql/module.h"

#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "base/status.h"
#include "sql/best_index.h"
#include "sql/columns.h"
#include "sql/cursor.h"

namespace daftar::sql {
namespace {

// What a module of SQLite is given: which table it is.
struct TableHandle {
  Session* session = nullptr;
  const catalog::TableDef* table = nullptr;
};

struct Table {
  sqlite3_vtab base = {};  // first: SQLite sees only this
  Session* session = nullptr;
  const catalog::TableDef* table = nullptr;
  std::vector<Column> columns;
};

struct Cursor {
  sqlite3_vtab_cursor base = {};  // first, as above
  std::unique_ptr<TableCursor> walk;
};

Table* TableOf(sqlite3_vtab* base) { return reinterpret_cast<Table*>(base); }
Table* TableOf(sqlite3_vtab_cursor* base) { return TableOf(base->pVtab); }
TableCursor* WalkOf(sqlite3_vtab_cursor* base) {
  return reinterpret_cast<Cursor*>(base)->walk.get();
}

char* CopyForSqlite(std::string_view text) {
  return sqlite3_mprintf("%.*s", static_cast<int>(text.size()), text.data());
}

// SQLite is told that something failed; what, the session keeps.
int Report(Table* table, absl::Status status) {
  if (status.ok()) return SQLITE_OK;
  sqlite3_free(table->base.zErrMsg);
  table->base.zErrMsg = CopyForSqlite(status.message());
  table->session->Fail(std::move(status));
  return SQLITE_ERROR;
}

int Connect(sqlite3* db, void* handle_pointer, int, const char* const*, sqlite3_vtab** made,
            char** message) {
  const auto* handle = static_cast<TableHandle*>(handle_pointer);
  auto columns = ColumnsOf(*handle->table);
  if (!columns.ok()) {
    *message = CopyForSqlite(columns.status().message());
    handle->session->Fail(columns.status());
    return SQLITE_ERROR;
  }
  const std::string declaration = Declaration(*handle->table, *columns);
  if (const int rc = sqlite3_declare_vtab(db, declaration.c_str()); rc != SQLITE_OK) {
    *message = CopyForSqlite(sqlite3_errmsg(db));
    return rc;
  }
  auto table = std::make_unique<Table>();
  table->session = handle->session;
  table->table = handle->table;
  table->columns = *std::move(columns);
  *made = &table.release()->base;
  return SQLITE_OK;
}

int Disconnect(sqlite3_vtab* base) {
  delete TableOf(base);
  return SQLITE_OK;
}

int BestIndex(sqlite3_vtab* base, sqlite3_index_info* info) {
  Table* table = TableOf(base);
  bool usable = true;
  const int rc = Report(
      table, ChooseAccess(table->session, *table->table, table->columns, info, &usable));
  if (rc != SQLITE_OK) return rc;
  return usable ? SQLITE_OK : SQLITE_CONSTRAINT;
}

int Open(sqlite3_vtab* base, sqlite3_vtab_cursor** made) {
  Table* table = TableOf(base);
  auto cursor = std::make_unique<Cursor>();
  cursor->walk = std::make_unique<TableCursor>(table->session, *table->table, table->columns);
  *made = &cursor.release()->base;
  return SQLITE_OK;
}

int Close(sqlite3_vtab_cursor* base) {
  delete reinterpret_cast<Cursor*>(base);
  return SQLITE_OK;
}

int Filter(sqlite3_vtab_cursor* base, int has_moment, const char* choice, int count,
           sqlite3_value** values) {
  return Report(TableOf(base), WalkOf(base)->Begin(choice, has_moment != 0, count, values));
}

int Next(sqlite3_vtab_cursor* base) { return Report(TableOf(base), WalkOf(base)->Next()); }

int Eof(sqlite3_vtab_cursor* base) { return WalkOf(base)->at_end() ? 1 : 0; }

int ColumnValue(sqlite3_vtab_cursor* base, sqlite3_context* context, int column) {
  return Report(TableOf(base), WalkOf(base)->Result(context, static_cast<size_t>(column)));
}

int RowId(sqlite3_vtab_cursor* base, sqlite3_int64* number) {
  *number = WalkOf(base)->RowId();
  return SQLITE_OK;
}

// No xCreate: tables are there, under the names of their modules, and none can be made.
sqlite3_module MakeModule() {
  sqlite3_module module = {};
  module.iVersion = 3;
  module.xConnect = Connect;
  module.xBestIndex = BestIndex;
  module.xDisconnect = Disconnect;
  module.xDestroy = Disconnect;
  module.xOpen = Open;
  module.xClose = Close;
  module.xFilter = Filter;
  module.xNext = Next;
  module.xEof = Eof;
  module.xColumn = ColumnValue;
  module.xRowid = RowId;
  return module;
}

void DeleteHandle(void* handle) { delete static_cast<TableHandle*>(handle); }

}  // namespace

absl::Status RegisterTables(sqlite3* db, Session* session) {
  static const sqlite3_module kModule = MakeModule();
  absl::flat_hash_set<std::string> names;
  for (const catalog::TableDef& table : session->catalog()->tables) {
    if (!names.insert(absl::AsciiStrToLower(table.name)).second) {
      return FailedPrecondition("SQL cannot tell two tables apart; rename one of them")
          .With("table", table.name);
    }
    auto handle = std::make_unique<TableHandle>(TableHandle{session, &table});
    // SQLite destroys the handle, also when it fails.
    const int rc = sqlite3_create_module_v2(db, table.name.c_str(), &kModule, handle.release(),
                                            DeleteHandle);
    if (rc != SQLITE_OK) {
      return Internal("SQLite does not take a table")
          .With("table", table.name)
          .With("cause", sqlite3_errmsg(db));
    }
  }
  return absl::OkStatus();
}

}  // namespace daftar::sql
