#include "sql/authorizer.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "absl/strings/match.h"
#include "base/status.h"

namespace daftar::sql {
namespace {

// Those that only tell, and one that is the statement's own affair.
constexpr std::array<std::string_view, 13> kPragmas = {
    "case_sensitive_like", "collation_list", "compile_options", "database_list", "encoding",
    "function_list",       "index_info",     "index_list",      "index_xinfo",   "module_list",
    "pragma_list",         "table_info",     "table_xinfo",
};

bool IsTemp(const char* database) {
  return database != nullptr && std::string_view(database) == "temp";
}

bool ChangesSchema(int action) {
  switch (action) {
    case SQLITE_CREATE_INDEX:
    case SQLITE_CREATE_TABLE:
    case SQLITE_CREATE_TRIGGER:
    case SQLITE_CREATE_VIEW:
    case SQLITE_CREATE_VTABLE:
    case SQLITE_DROP_INDEX:
    case SQLITE_DROP_TABLE:
    case SQLITE_DROP_TRIGGER:
    case SQLITE_DROP_VIEW:
    case SQLITE_DROP_VTABLE:
      return true;
    default:
      return false;
  }
}

int Refuse(void* session, absl::Status status) {
  static_cast<Session*>(session)->Fail(std::move(status));
  return SQLITE_DENY;
}

int RefuseStatistics(void* session) {
  return Refuse(session, FailedPrecondition("the engine keeps its indexes by itself")
                             .With("remedy", "leave out ANALYZE and REINDEX"));
}

int RefuseSchema(void* session, const char* name) {
  // ANALYZE begins by making tables.
  if (name != nullptr && absl::StartsWith(name, "sqlite_stat")) return RefuseStatistics(session);
  return Refuse(
      session, FailedPrecondition("tables and indexes are declared by the schema, not by SQL")
                   .With("name", name == nullptr ? "" : name)
                   .With("remedy",
                         "declare them in the schema file; `daftar schema apply` makes the change; "
                         "CREATE TEMP TABLE, VIEW or TRIGGER makes one for the connection"));
}

// The meaning of the four texts depends on `action`; see sqlite3_set_authorizer.
int Authorize(void* session, int action, const char* first, const char* second,
              const char* database, const char*) {
  if (ChangesSchema(action)) return RefuseSchema(session, first);
  switch (action) {
    case SQLITE_DELETE:
    case SQLITE_INSERT:
    case SQLITE_UPDATE:
      // CREATE TEMP TABLE writes to SQLite's own.
      if (!absl::StartsWith(first, "sqlite_")) static_cast<Session*>(session)->NoteWrites();
      return SQLITE_OK;
    case SQLITE_ALTER_TABLE:  // here the database comes first
      return IsTemp(first) ? SQLITE_OK : RefuseSchema(session, second);
    case SQLITE_ANALYZE:
    case SQLITE_REINDEX:
      return IsTemp(database) ? SQLITE_OK : RefuseStatistics(session);
    case SQLITE_ATTACH:
    case SQLITE_DETACH:
      return Refuse(session,
                    FailedPrecondition("statements do not open, read or write other files")
                        .With("remedy", "export or import with the commands of those names"));
    case SQLITE_PRAGMA: {
      const bool known = std::any_of(kPragmas.begin(), kPragmas.end(), [&](std::string_view name) {
        return absl::EqualsIgnoreCase(name, first);
      });
      if (known) return SQLITE_OK;
      return Refuse(session,
                    FailedPrecondition("this pragma has no meaning here").With("pragma", first));
    }
    case SQLITE_FUNCTION:
      if (!absl::EqualsIgnoreCase(second == nullptr ? "" : second, "load_extension")) {
        return SQLITE_OK;
      }
      return Refuse(session, FailedPrecondition("statements do not load code"));
    default:
      return SQLITE_OK;
  }
}

}  // namespace

void SetAuthorizer(sqlite3* db, Session* session) {
  sqlite3_set_authorizer(db, Authorize, session);
}

}  // namespace daftar::sql
