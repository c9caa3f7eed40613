// Migrations: Database::Migrate.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "daftar/migration.h"
#include "sql/session.h"
#include "txn/core.h"
#include "txn/migration.h"

namespace daftar::sql {

// The migration that `definition` names: as far as it has come, or begun now with a commit that
// says so. `session` is what its statements are run with. Errors: FailedPrecondition when the name
// stands for another definition or was abandoned; InvalidArgument for a definition that is none;
// those of RecordUpdate::Make and of CheckStatement for the table.
absl::StatusOr<txn::Migration> FindOrBeginMigration(txn::Core* core, const SessionOptions& session,
                                                    const MigrationDefinition& definition,
                                                    const CommitOptions& commit);

// Goes on with it until it is finished or `options.progress` stops it. Requires: one call at a time
// for one database. Errors: those of RecordUpdate, where the migration stands after the last batch
// that was committed; those of StandingRecords and of txn::CheckNotAbandoned.
absl::StatusOr<MigrationReport> GoOnWithMigration(txn::Core* core, const SessionOptions& session,
                                                  txn::Migration migration,
                                                  const MigrationOptions& options);

}  // namespace daftar::sql
