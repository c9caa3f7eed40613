// Brings a database of an older format to this library's.
#pragma once

#include <filesystem>

#include "absl/status/statusor.h"
#include "txn/core.h"

namespace daftar::txn {

struct UpgradeOptions {
  DatabaseId id{};                     // for a database that has none yet
  std::filesystem::path spill_folder;  // must exist
  std::function<int64_t()> clock;      // as CoreOptions::clock
  CommitOptions commit = {};           // what the upgrade's own commit states
};

// Format 1 had neither journal nor history. The upgrade is one commit, whose entry names every
// record with its digest; the history of all tables begins there. Gives the format that was found,
// also when there was nothing to do. It happens in whole or not at all; after a failure, repeat it.
// Errors: NotFound when the store holds no database; DataLoss; FailedPrecondition when the format
// is newer; those of storage::BulkWriter.
absl::StatusOr<uint32_t> UpgradeStore(storage::Store* store, const UpgradeOptions& options);

}  // namespace daftar::txn
