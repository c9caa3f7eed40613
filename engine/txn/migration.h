// Migrations of records, kept in the store for good: docs/format.md section 20.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
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

// At most 200 bytes of UTF-8 without control characters, and one at least.
inline constexpr size_t kMigrationNameBytesMax = 200;
bool IsMigrationName(std::string_view name);

// Where the migration of a name is kept.
std::string MigrationKey(std::string_view name);
std::string EncodeMigration(std::string_view key, const Migration& migration);
// Errors: DataLoss; FailedPrecondition when it is of a newer format.
absl::StatusOr<Migration> DecodeMigration(std::string_view key, std::string_view value);
// Nothing: there is none of this name. Errors: those of DecodeMigration.
absl::StatusOr<std::optional<Migration>> ReadMigration(const storage::Reader& reader,
                                                       std::string_view name);
// All of them, by their names. Errors: those of DecodeMigration.
absl::StatusOr<std::vector<Migration>> ReadMigrations(const storage::Reader& reader);

// Whether a migration can be gone on with. Errors: FailedPrecondition when it was abandoned.
absl::Status CheckNotAbandoned(const MigrationInfo& info);
// The same of the one that the state has under this name. Errors: also those of ReadMigration.
absl::Status CheckNotAbandoned(const storage::Reader& reader, std::string_view name);

// What all these keys begin with.
std::string MigrationPrefix();

}  // namespace daftar::txn
