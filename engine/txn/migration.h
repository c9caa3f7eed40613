// Migrations of records, kept in the store for good: docs/format.md section 20.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "daftar/ids.h"
#include "daftar/migration.h"
#include "storage/reader.h"

namespace daftar::txn {

// What a migration is and how far it has come. A batch of its records is written together with
// this, by one write of the store: however a process ends, the next one finds the first record
// that was not changed.
struct Migration {
  MigrationInfo info;    // without times
  TableId table;         // also when it is renamed
  std::string next_key;  // the first record key that was not looked at; empty: the table's first
};

// Where the migration of a name is kept.
std::string MigrationKey(std::string_view name);
std::string EncodeMigration(std::string_view key, const Migration& migration);
// Nothing: there is none of this name. Errors: DataLoss.
absl::StatusOr<std::optional<Migration>> ReadMigration(const storage::Reader& reader,
                                                       std::string_view name);
// All of them, by their names. Errors: DataLoss.
absl::StatusOr<std::vector<Migration>> ReadMigrations(const storage::Reader& reader);

// What all these keys begin with.
std::string MigrationPrefix();

}  // namespace daftar::txn
