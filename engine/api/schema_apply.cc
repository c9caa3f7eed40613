// Database::ApplySchema.

#include "api/state.h"
#include "base/status.h"
#include "io/schema_change.h"

namespace daftar {

absl::StatusOr<SchemaChangeReport> Database::ApplySchema(const SchemaFile& schema,
                                                         const SchemaChangeOptions& options) {
  if (!options.dry_run) DAFTAR_RETURN_IF_ERROR(internal::CheckWritable(*state_));
  DAFTAR_ASSIGN_OR_RETURN(auto types, internal::ParseSchema(schema));
  absl::MutexLock lock(&state_->schema_mutex);
  return io::ChangeSchema(state_->core.get(), std::move(types), options);
}

}  // namespace daftar
