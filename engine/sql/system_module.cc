// System tables as modules of SQLite.

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/status.h"
#include "sql/condition.h"
#include "sql/system_table.h"

namespace daftar::sql {
namespace {

// What a comparison leaves of a table, when less is read for it and when not.
constexpr double kPart = 0.01;
constexpr double kFilteredPart = 0.5;

struct Handle {
  Session* session = nullptr;
  std::unique_ptr<SystemTable> table;
};

struct Table {
  sqlite3_vtab base = {};  // first: SQLite sees only this
  const Handle* handle = nullptr;
};

struct Cursor {
  sqlite3_vtab_cursor base = {};  // first, as above
  std::unique_ptr<SystemRows> rows;
  bool at_end = true;
};

Table* TableOf(sqlite3_vtab* base) { return reinterpret_cast<Table*>(base); }
Cursor* CursorOf(sqlite3_vtab_cursor* base) { return reinterpret_cast<Cursor*>(base); }
const Handle& HandleOf(sqlite3_vtab_cursor* base) { return *TableOf(base->pVtab)->handle; }

// SQLite is told that something failed; what, the session keeps.
int Report(const Handle& handle, absl::Status status) {
  if (status.ok()) return SQLITE_OK;
  handle.session->Fail(std::move(status));
  return SQLITE_ERROR;
}

int Connect(sqlite3* db, void* handle_pointer, int, const char* const*, sqlite3_vtab** made,
            char**) {
  const auto* handle = static_cast<const Handle*>(handle_pointer);
  const std::string declaration =
      absl::StrCat("CREATE TABLE x(", absl::StrJoin(handle->table->columns(), ", "), ")");
  if (const int rc = sqlite3_declare_vtab(db, declaration.c_str()); rc != SQLITE_OK) return rc;
  auto table = std::make_unique<Table>();
  table->handle = handle;
  *made = &table.release()->base;
  return SQLITE_OK;
}

int Disconnect(sqlite3_vtab* base) {
  delete TableOf(base);
  return SQLITE_OK;
}

std::string_view SymbolOfOp(int op) {
  const auto comparison = ComparisonOfOp(op);
  return comparison.has_value() ? SymbolOf(*comparison) : "?";
}

// "zone" of "\"zone\" TEXT".
std::string_view NameOf(std::string_view declared) {
  const char end = declared.front() == '"' ? '"' : ' ';
  if (end == '"') declared.remove_prefix(1);
  return declared.substr(0, declared.find(end));
}

// What a table is told of a statement: the comparisons that it uses, and how people read them.
struct Chosen {
  std::vector<SystemTable::Given> given;
  std::vector<std::string> shown;

  bool HoldsToValue(int column) const {
    return std::any_of(given.begin(), given.end(), [&](const SystemTable::Given& each) {
      return each.op == SQLITE_INDEX_CONSTRAINT_EQ && each.column == static_cast<size_t>(column);
    });
  }
};

// Nothing when a comparison that the table needs is of a value that is not known yet.
std::optional<Chosen> ChooseGiven(const SystemTable& table, sqlite3_index_info* info) {
  const std::vector<std::string> columns = table.columns();
  Chosen chosen;
  for (int i = 0; i < info->nConstraint; ++i) {
    const auto& constraint = info->aConstraint[i];
    if (constraint.iColumn < 0) continue;
    const auto column = static_cast<size_t>(constraint.iColumn);
    if (!table.Uses(column, constraint.op)) continue;
    // Other texts would be equal, too.
    const std::string_view collation = sqlite3_vtab_collation(info, i);
    if (collation != "BINARY" && !table.Needs(column)) continue;
    if (constraint.usable == 0) {
      if (table.Needs(column)) return std::nullopt;
      continue;
    }
    sqlite3_value* value = nullptr;
    if (sqlite3_vtab_rhs_value(info, i, &value) != SQLITE_OK) value = nullptr;
    chosen.given.push_back({column, constraint.op, value});
    chosen.shown.push_back(
        absl::StrCat(NameOf(columns[column]), " ", SymbolOfOp(constraint.op), " ?"));
    info->aConstraintUsage[i].argvIndex = static_cast<int>(chosen.given.size());
  }
  return chosen;
}

// Whether rows come in the order that SQLite wants, or all against it, which `descending` says.
bool ComesInOrder(const SystemTable::Access& access, const Chosen& chosen,
                  const sqlite3_index_info& info, bool* descending) {
  std::optional<bool> direction;
  for (int i = 0; i < info.nOrderBy; ++i) {
    const auto& order = info.aOrderBy[i];
    if (order.iColumn >= 0 && chosen.HoldsToValue(order.iColumn)) continue;
    const auto column = static_cast<size_t>(order.iColumn);
    if (order.iColumn < 0 ||
        std::find(access.ordered.begin(), access.ordered.end(), column) == access.ordered.end()) {
      return false;
    }
    const bool down = order.desc != 0;
    if (direction.value_or(down) != down) return false;
    direction = down;
    if (column == access.distinct) break;
  }
  *descending = direction.value_or(false);
  return true;
}

// What is chosen is told to Filter() as the number 1 for descending and as "column:op" for each
// value, and to people behind that.
int BestIndex(sqlite3_vtab* base, sqlite3_index_info* info) {
  const Handle& handle = *TableOf(base)->handle;
  const std::optional<Chosen> chosen = ChooseGiven(*handle.table, info);
  if (!chosen.has_value()) return SQLITE_CONSTRAINT;
  const auto access = handle.table->Estimate(handle.session, chosen->given);
  if (!access.ok()) return Report(handle, access.status());
  bool descending = false;
  const bool ordered = ComesInOrder(*access, *chosen, *info, &descending);
  std::vector<std::string> words;
  for (const SystemTable::Given& each : chosen->given) {
    words.push_back(absl::StrCat(each.column, ":", each.op));
  }
  if (!access->way.empty()) words.push_back(access->way);
  if (!chosen->shown.empty()) {
    words.push_back(absl::StrCat("where ", absl::StrJoin(chosen->shown, " and ")));
  }
  const std::string text = absl::StrJoin(words, " ");
  info->idxNum = ordered && descending ? 1 : 0;
  info->idxStr = sqlite3_mprintf("%s%s", text.c_str(), info->idxNum == 1 ? "; descending" : "");
  info->needToFreeIdxStr = 1;
  info->orderByConsumed = ordered && info->nOrderBy > 0 ? 1 : 0;
  info->estimatedRows = static_cast<sqlite3_int64>(access->rows) + 1;
  info->estimatedCost = access->cost + 1;
  if (access->at_most_one_row) {
    info->idxFlags = SQLITE_INDEX_SCAN_UNIQUE;
    info->estimatedRows = 1;
  }
  return SQLITE_OK;
}

int Open(sqlite3_vtab*, sqlite3_vtab_cursor** made) {
  auto cursor = std::make_unique<Cursor>();
  *made = &cursor.release()->base;
  return SQLITE_OK;
}

int Close(sqlite3_vtab_cursor* base) {
  delete CursorOf(base);
  return SQLITE_OK;
}

int Next(sqlite3_vtab_cursor* base) {
  Cursor* const cursor = CursorOf(base);
  const auto found = cursor->rows->Next();
  if (!found.ok()) return Report(HandleOf(base), found.status());
  cursor->at_end = !*found;
  return SQLITE_OK;
}

int Filter(sqlite3_vtab_cursor* base, int number, const char* choice, int count,
           sqlite3_value** values) {
  const Handle& handle = HandleOf(base);
  SystemTable::Request request;
  request.descending = number == 1;
  for (const std::string_view part : absl::StrSplit(choice, ' ', absl::SkipEmpty())) {
    const std::pair<std::string_view, std::string_view> pair = absl::StrSplit(part, ':');
    // From there on it is for people.
    if (pair.second.empty()) break;
    SystemTable::Given& each = request.given.emplace_back();
    if (!absl::SimpleAtoi(pair.first, &each.column) || !absl::SimpleAtoi(pair.second, &each.op) ||
        request.given.size() > static_cast<size_t>(count)) {
      return Report(handle, Internal("SQLite gives other values than were chosen"));
    }
    each.value = values[request.given.size() - 1];
  }
  auto rows = handle.table->Start(handle.session, request);
  if (!rows.ok()) return Report(handle, rows.status());
  CursorOf(base)->rows = *std::move(rows);
  return Next(base);
}

int Eof(sqlite3_vtab_cursor* base) { return CursorOf(base)->at_end ? 1 : 0; }

int ColumnValue(sqlite3_vtab_cursor* base, sqlite3_context* context, int column) {
  return Report(HandleOf(base), CursorOf(base)->rows->Result(context, static_cast<size_t>(column)));
}

int RowId(sqlite3_vtab_cursor* base, sqlite3_int64* number) {
  const Handle& handle = HandleOf(base);
  const auto identity = CursorOf(base)->rows->Identity();
  if (!identity.ok()) return Report(handle, identity.status());
  *number = handle.session->SystemRowId(handle.table->name(), *identity);
  return SQLITE_OK;
}

// No xUpdate: SQLite says that the table may not be modified.
sqlite3_module MakeModule() {
  sqlite3_module module = {};
  module.iVersion = 1;
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

void DeleteHandle(void* handle) { delete static_cast<Handle*>(handle); }

}  // namespace

void SetResult(sqlite3_context* context, const SystemValue& value) {
  if (const auto* number = std::get_if<int64_t>(&value)) {
    sqlite3_result_int64(context, *number);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    sqlite3_result_text64(context, text->data(), text->size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  } else {
    sqlite3_result_null(context);
  }
}

void AddPart(std::string_view part, std::string* identity) {
  absl::StrAppend(identity, part.size(), ":", part);
}

std::string_view TextOf(sqlite3_value* value) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
  return text == nullptr ? std::string_view()
                         : std::string_view(text, static_cast<size_t>(sqlite3_value_bytes(value)));
}

absl::StatusOr<SystemTable::Access> SystemTable::Estimate(Session* session,
                                                          const std::vector<Given>& given) const {
  DAFTAR_ASSIGN_OR_RETURN(const uint64_t rows, EstimateRows(session));
  Access access;
  access.rows = static_cast<double>(rows);
  for (const Given& each : given) access.rows *= Narrows(each.column) ? kPart : kFilteredPart;
  access.cost = access.rows;
  return access;
}

absl::Status RegisterSystemTables(sqlite3* db, Session* session) {
  static const sqlite3_module kModule = MakeModule();
  absl::flat_hash_set<std::string> taken;
  for (const catalog::TableDef& table : session->catalog()->tables) {
    taken.insert(absl::AsciiStrToLower(table.name));
  }
  std::vector<std::unique_ptr<SystemTable>> tables = SchemaTables();
  const auto add = [&](std::vector<std::unique_ptr<SystemTable>> more) {
    for (auto& table : more) tables.push_back(std::move(table));
  };
  add(JournalTables());
  add(FindTables());
  add(GroupTables(*session->catalog()));
  add(ElementTables(*session->catalog()));
  for (std::unique_ptr<SystemTable>& table : tables) {
    const std::string name = table->name();
    if (!taken.insert(absl::AsciiStrToLower(name)).second) continue;
    auto handle = std::make_unique<Handle>(Handle{session, std::move(table)});
    // SQLite destroys the handle, also when it fails.
    if (sqlite3_create_module_v2(db, name.c_str(), &kModule, handle.release(), DeleteHandle) !=
        SQLITE_OK) {
      return Internal("SQLite does not take a table")
          .With("table", name)
          .With("cause", sqlite3_errmsg(db));
    }
  }
  return absl::OkStatus();
}

}  // namespace daftar::sql
