// Schemas and helpers shared by the tests of the public interface.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "daftar/database.h"
#include "support/status_matchers.h"
#include "support/temp_dir.h"

namespace daftar::testing {

// A schema file around `body`, which may use $Daftar annotations.
inline std::string SchemaText(std::string_view body) {
  return "@0xbf5147cbbecf40c1;\nusing Daftar = import \"/daftar/daftar.capnp\";\n" +
         std::string(body);
}

// Writes a schema file and makes a database with it in `directory`/db.
inline absl::StatusOr<std::unique_ptr<Database>> MakeDatabase(const TempDir& directory,
                                                              std::string_view body,
                                                              OpenOptions options = {}) {
  WriteFile(directory / "schema.capnp", SchemaText(body));
  return Database::Create(directory / "db", {directory / "schema.capnp", {}}, options);
}

inline OpenOptions InMemory() {
  OpenOptions options;
  options.in_memory = true;
  return options;
}

// All rows as JSON, one a line.
inline std::string RowsOf(absl::StatusOr<Cursor> cursor) {
  REQUIRE_OK(cursor);
  std::string rows;
  while (true) {
    REQUIRE_OK_AND_ASSIGN(const bool more, cursor->Next());
    if (!more) return rows;
    REQUIRE_OK_AND_ASSIGN(const std::string json, cursor->ToJson());
    rows += json + "\n";
  }
}
inline std::string Rows(const Database& database, const Query& query) {
  return RowsOf(database.Run(query));
}

}  // namespace daftar::testing
