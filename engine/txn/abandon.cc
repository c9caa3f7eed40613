#include "txn/abandon.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "txn/migration.h"
#include "txn/statement.h"

namespace daftar::txn {

absl::StatusOr<AbandonReport> AbandonMigration(Core* core, std::string_view name,
                                               const CommitOptions& options) {
  AbandonReport report;
  const auto body = [&](const ReadView& newest) -> absl::StatusOr<std::optional<storage::Batch>> {
    DAFTAR_ASSIGN_OR_RETURN(std::optional<Migration> migration,
                            ReadMigration(*newest.reader, name));
    if (!migration.has_value()) {
      return NotFound("no migration of this name was begun").With("migration", name);
    }
    MigrationInfo& info = migration->info;
    report = {info, info.is_abandoned()};
    if (report.was_abandoned) return std::optional<storage::Batch>();
    if (info.finished) {
      return FailedPrecondition("the migration is finished; it cannot be abandoned any more")
          .With("migration", name)
          .With("records", info.records)
          .With("changed", info.changed);
    }
    const catalog::TableDef* const table = newest.catalog->FindTable(migration->table);
    if (table != nullptr) DAFTAR_RETURN_IF_ERROR(CheckStatement(options, {table}));
    info.abandoned_by = CommitVersion(newest.version.value() + 1);
    report.migration = info;
    const std::string key = MigrationKey(name);
    storage::Batch batch;
    batch.Put(key, EncodeMigration(key, *migration));
    return std::optional(std::move(batch));
  };
  CommitOptions stated = options;
  stated.reason = absl::StrCat("migration ", name, " is abandoned",
                               options.reason.empty() ? "" : "; ", options.reason);
  DAFTAR_RETURN_IF_ERROR(core->CommitNoteWith(stated, body).status());
  return report;
}

}  // namespace daftar::txn
