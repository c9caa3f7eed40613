#include "io/import.h"
#include "api/state.h"
#include "base/byte_source.h"
#include "base/status.h"
#include "daftar/database.h"
#include "io/table_sink.h"
#include "txn/statement.h"

namespace daftar {

absl::StatusOr<ImportReport> Database::Import(std::string_view table,
                                              const std::filesystem::path& file,
                                              const ImportOptions& options) {
  DAFTAR_RETURN_IF_ERROR(internal::CheckWritable(*state_));
  const auto catalog = state_->core->catalog();
  DAFTAR_ASSIGN_OR_RETURN(const catalog::TableDef* def, catalog->GetTable(table));
  // Told before the whole file is read.
  DAFTAR_RETURN_IF_ERROR(txn::CheckStatement(options.commit, {def}));
  DAFTAR_ASSIGN_OR_RETURN(auto bytes, OpenFileSource(file));
  txn::BulkLoadOptions load;
  load.intent = options.mode == ImportMode::kInsert ? WriteIntent::kInsert : WriteIntent::kUpsert;
  load.spill_folder = internal::SpillFolder(*state_);
  load.dry_run = options.dry_run;
  load.commit = options.commit;
  io::TableSink sink(state_->core.get(), def, std::move(load));
  return io::RunImport({std::move(bytes), file.string()}, table, options, sink);
}

}  // namespace daftar
