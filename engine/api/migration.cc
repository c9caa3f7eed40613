// Database::Migrate, AbandonMigration and Migrations.

#include <utility>

#include "api/sql_session.h"
#include "api/state.h"
#include "base/status.h"
#include "daftar/sql.h"
#include "sql/migration.h"
#include "txn/abandon.h"
#include "txn/journal_reader.h"

namespace daftar {
namespace {

absl::StatusOr<std::optional<Instant>> TimeOf(const txn::ReadView& view, CommitVersion commit) {
  if (commit == CommitVersion()) return std::optional<Instant>();
  DAFTAR_ASSIGN_OR_RETURN(const auto entry, txn::FindEntry(*view.reader, commit));
  if (!entry.has_value()) return std::optional<Instant>();
  return std::optional(Instant{entry->time});
}

absl::Status AddTimes(const txn::ReadView& view, MigrationInfo* info) {
  DAFTAR_ASSIGN_OR_RETURN(info->begun_time, TimeOf(view, info->begun));
  DAFTAR_ASSIGN_OR_RETURN(info->last_time, TimeOf(view, info->last_commit));
  DAFTAR_ASSIGN_OR_RETURN(info->abandoned_time, TimeOf(view, info->abandoned_by));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<MigrationReport> Database::Migrate(const MigrationDefinition& definition,
                                                  const MigrationOptions& options) {
  DAFTAR_RETURN_IF_ERROR(internal::CheckWritable(*state_));
  absl::MutexLock lock(&state_->migration_mutex);
  txn::Core* const core = state_->core.get();
  sql::SessionOptions session = internal::NewSession(core);
  session.rates = SqlOptions().rates;
  const auto find = [&] {
    // From its beginning on it needs the history.
    absl::MutexLock prune_lock(&state_->prune_mutex);
    return sql::FindOrBeginMigration(core, session, definition, options.commit);
  };
  DAFTAR_ASSIGN_OR_RETURN(txn::Migration migration, find());
  DAFTAR_ASSIGN_OR_RETURN(MigrationReport report,
                          sql::GoOnWithMigration(core, session, std::move(migration), options));
  DAFTAR_RETURN_IF_ERROR(AddTimes(core->View(), &report.migration));
  return report;
}

absl::StatusOr<AbandonReport> Database::AbandonMigration(std::string_view name,
                                                         const CommitOptions& options) {
  DAFTAR_RETURN_IF_ERROR(internal::CheckWritable(*state_));
  txn::Core* const core = state_->core.get();
  DAFTAR_ASSIGN_OR_RETURN(AbandonReport report, txn::AbandonMigration(core, name, options));
  DAFTAR_RETURN_IF_ERROR(AddTimes(core->View(), &report.migration));
  return report;
}

absl::StatusOr<std::vector<MigrationInfo>> Database::Migrations() const {
  const txn::ReadView view = state_->core->View();
  DAFTAR_ASSIGN_OR_RETURN(std::vector<txn::Migration> migrations,
                          txn::ReadMigrations(*view.reader));
  std::vector<MigrationInfo> infos;
  for (txn::Migration& migration : migrations) {
    DAFTAR_RETURN_IF_ERROR(AddTimes(view, &migration.info));
    infos.push_back(std::move(migration.info));
  }
  return infos;
}

}  // namespace daftar
