#include "sql/module.h"

#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "base/status.h"
#include "sql/best_index.h"
#include "sql/columns.h"
#include "sql/cursor.h"
#include "sql/match.h"
#include "sql/match_cursor.h"
#include "sql/writer.h"

namespace daftar::sql {
namespace {

// What a module of SQLite is given: which table it is.
struct TableHandle {
  Session* session = nullptr;
  const catalog::TableDef* table = nullptr;
  bool has_match_columns = false;
  bool is_batch = false;
};

// Between xBestIndex and xFilter, beside kIsMatch and the MoreValues: the rows are the batch.
constexpr int kIsBatch = 16;
// Of a batch, for SQLite's planner.
constexpr int kBatchRows = 1000;

struct Table {
  sqlite3_vtab base = {};  // first: SQLite sees only this
  sqlite3* db = nullptr;
  Session* session = nullptr;
  const catalog::TableDef* table = nullptr;
  std::vector<Column> columns;
  bool is_batch = false;
};

struct Cursor {
  sqlite3_vtab_cursor base = {};  // first, as above
  std::unique_ptr<TableCursor> walk;
  std::unique_ptr<MatchCursor> match;  // null unless a MATCH was asked for
};

Table* TableOf(sqlite3_vtab* base) { return reinterpret_cast<Table*>(base); }
Table* TableOf(sqlite3_vtab_cursor* base) { return TableOf(base->pVtab); }
TableCursor* WalkOf(sqlite3_vtab_cursor* base) {
  return reinterpret_cast<Cursor*>(base)->walk.get();
}
MatchCursor* MatchOf(sqlite3_vtab_cursor* base) {
  return reinterpret_cast<Cursor*>(base)->match.get();
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
  if (!handle->has_match_columns) {
    std::erase_if(*columns, [](const Column& each) { return each.is_of_match(); });
  }
  const std::string declaration = Declaration(*handle->table, *columns);
  if (const int rc = sqlite3_declare_vtab(db, declaration.c_str()); rc != SQLITE_OK) {
    *message = CopyForSqlite(sqlite3_errmsg(db));
    return rc;
  }
  // xUpdate does as ON CONFLICT says, and a row that it refuses leaves nothing behind.
  sqlite3_vtab_config(db, SQLITE_VTAB_CONSTRAINT_SUPPORT, 1);
  auto table = std::make_unique<Table>();
  table->db = db;
  table->session = handle->session;
  table->table = handle->table;
  table->columns = *std::move(columns);
  table->is_batch = handle->is_batch;
  *made = &table.release()->base;
  return SQLITE_OK;
}

int Disconnect(sqlite3_vtab* base) {
  delete TableOf(base);
  return SQLITE_OK;
}

int BestIndex(sqlite3_vtab* base, sqlite3_index_info* info) {
  Table* table = TableOf(base);
  if (table->is_batch) {
    // SQLite asks of every record what it must meet.
    info->idxNum = kIsBatch;
    info->estimatedRows = kBatchRows;
    info->estimatedCost = kBatchRows;
    return SQLITE_OK;
  }
  bool usable = true;
  const int rc = Report(
      table, HasMatch(*info)
                 ? ChooseMatch(*table->table, table->columns, info, &usable)
                 : ChooseAccess(table->session, *table->table, table->columns, info, &usable));
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

int Filter(sqlite3_vtab_cursor* base, int more, const char* choice, int count,
           sqlite3_value** values) {
  Table* const table = TableOf(base);
  auto& match = reinterpret_cast<Cursor*>(base)->match;
  if ((more & kIsMatch) == 0) {
    match.reset();
    if ((more & kIsBatch) != 0) return Report(table, WalkOf(base)->BeginBatch());
    return Report(table, WalkOf(base)->Begin(choice, more, count, values));
  }
  if (match == nullptr) {
    match = std::make_unique<MatchCursor>(table->session, *table->table, table->columns);
  }
  return Report(table, match->Begin(choice, more, count, values));
}

int Next(sqlite3_vtab_cursor* base) {
  if (MatchCursor* match = MatchOf(base)) return Report(TableOf(base), match->Next());
  return Report(TableOf(base), WalkOf(base)->Next());
}

int Eof(sqlite3_vtab_cursor* base) {
  if (MatchCursor* match = MatchOf(base)) return match->at_end() ? 1 : 0;
  return WalkOf(base)->at_end() ? 1 : 0;
}

int ColumnValue(sqlite3_vtab_cursor* base, sqlite3_context* context, int number) {
  const auto column = static_cast<size_t>(number);
  Table* const table = TableOf(base);
  if (MatchCursor* match = MatchOf(base)) return Report(table, match->Result(context, column));
  // Without a MATCH they are null.
  if (table->columns[column].is_of_match()) return SQLITE_OK;
  return Report(table, WalkOf(base)->Result(context, column));
}

int RowId(sqlite3_vtab_cursor* base, sqlite3_int64* number) {
  MatchCursor* const match = MatchOf(base);
  const auto found = match != nullptr ? match->RowId() : WalkOf(base)->RowId();
  if (!found.ok()) return Report(TableOf(base), found.status());
  *number = *found;
  return SQLITE_OK;
}

int Update(sqlite3_vtab* base, int count, sqlite3_value** values, sqlite3_int64* row) {
  Table* table = TableOf(base);
  const int conflict = sqlite3_vtab_on_conflict(table->db);
  RowChange change;
  change.replace = conflict == SQLITE_REPLACE;
  change.is_all_or_none = conflict == SQLITE_ABORT && sqlite3_get_autocommit(table->db) != 0;
  if (sqlite3_value_type(values[0]) != SQLITE_NULL) change.row = sqlite3_value_int64(values[0]);
  if (count > 1) {
    // The numbers of rows are not the user's: records are named by their keys.
    const bool named = change.row.has_value() ? sqlite3_value_int64(values[1]) != *change.row
                                              : sqlite3_value_type(values[1]) != SQLITE_NULL;
    if (named) {
      return Report(table, InvalidArgument("rowid is not to be written; set the key's columns")
                               .With("table", table->table->name));
    }
    change.values = values + 2;
  }
  if (table->is_batch && change.row.has_value()) {
    auto key = table->session->KeyOf(*table->table, *change.row);
    if (!key.ok()) return Report(table, key.status());
    table->session->batch().at = std::move(key->bytes());
  }
  int64_t made = 0;
  absl::Status status = WriteRow(table->session, *table->table, table->columns, change, &made);
  if (status.ok()) {
    if (!change.row.has_value()) *row = made;
    return SQLITE_OK;
  }
  if (!absl::IsAlreadyExists(status)) return Report(table, std::move(status));
  // SQLite does with it what the statement says; OR IGNORE goes on with the next row.
  if (conflict != SQLITE_IGNORE) Report(table, std::move(status));
  return SQLITE_CONSTRAINT_VTAB;
}

int Begin(sqlite3_vtab* base) {
  return Report(TableOf(base), TableOf(base)->session->Writing().status());
}

// All that can fail is done here: SQLite takes no error of xCommit.
int Sync(sqlite3_vtab* base) { return Report(TableOf(base), TableOf(base)->session->Commit()); }

int EndTransaction(sqlite3_vtab* base) {
  TableOf(base)->session->EndTransaction();
  return SQLITE_OK;
}

int Savepoint(sqlite3_vtab* base, int depth) {
  TableOf(base)->session->SetSavepoint(depth);
  return SQLITE_OK;
}

int Release(sqlite3_vtab* base, int depth) {
  TableOf(base)->session->ReleaseSavepoint(depth);
  return SQLITE_OK;
}

int RollbackTo(sqlite3_vtab* base, int depth) {
  return Report(TableOf(base), TableOf(base)->session->RollbackTo(depth));
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
  module.xUpdate = Update;
  module.xBegin = Begin;
  module.xSync = Sync;
  module.xCommit = EndTransaction;
  module.xRollback = EndTransaction;
  module.xSavepoint = Savepoint;
  module.xRelease = Release;
  module.xRollbackTo = RollbackTo;
  return module;
}

void DeleteHandle(void* handle) { delete static_cast<TableHandle*>(handle); }

absl::Status Register(sqlite3* db, const char* name, const TableHandle& as) {
  static const sqlite3_module kModule = MakeModule();
  auto handle = std::make_unique<TableHandle>(as);
  // SQLite destroys the handle, also when it fails.
  if (sqlite3_create_module_v2(db, name, &kModule, handle.release(), DeleteHandle) == SQLITE_OK) {
    return absl::OkStatus();
  }
  return Internal("SQLite does not take a table")
      .With("table", as.table->name)
      .With("cause", sqlite3_errmsg(db));
}

}  // namespace

absl::Status RegisterTable(sqlite3* db, Session* session, const catalog::TableDef& table,
                           MatchColumns match_columns) {
  return Register(db, table.name.c_str(),
                  {session, &table, match_columns == MatchColumns::kShown, false});
}

absl::Status RegisterBatchTable(sqlite3* db, Session* session, const catalog::TableDef& table) {
  return Register(db, kBatchTable, {session, &table, false, true});
}

absl::Status RegisterTables(sqlite3* db, Session* session) {
  absl::flat_hash_set<std::string> names;
  for (const catalog::TableDef& table : session->catalog()->tables) {
    if (!names.insert(absl::AsciiStrToLower(table.name)).second) {
      return FailedPrecondition("SQL cannot tell two tables apart; rename one of them")
          .With("table", table.name);
    }
    DAFTAR_RETURN_IF_ERROR(RegisterTable(db, session, table, MatchColumns::kLeftOut));
  }
  return absl::OkStatus();
}

}  // namespace daftar::sql
