#include "storage/write_latch.h"

#include "base/status.h"

namespace daftar::storage {

absl::Status WriteLatch::Check() const {
  absl::ReaderMutexLock lock(&mutex_);
  if (first_failure_.ok()) return absl::OkStatus();
  return FailedPrecondition("writes are refused after a failed write; open the database again")
      .With("cause", first_failure_.message());
}

absl::Status WriteLatch::Record(absl::Status result) {
  if (result.ok() || absl::IsInvalidArgument(result) || absl::IsFailedPrecondition(result)) {
    return result;
  }
  absl::MutexLock lock(&mutex_);
  first_failure_.Update(result);  // Keeps the first failure: later ones follow from it.
  return result;
}

}  // namespace daftar::storage
