// Keeping the evidence before a damaged store is made usable again.
#pragma once

#include <filesystem>

#include "absl/status/statusor.h"

namespace daftar::storage {

// Copies the files of a RocksDB store that a recovery may change - logs, manifests, CURRENT and the
// anchor - into a new folder `damaged-N` inside `directory`, and gives its path. Durability:
// synced. Errors: ResourceExhausted, Unavailable; then nothing has been changed but the new folder.
absl::StatusOr<std::filesystem::path> SaveDamagedFiles(const std::filesystem::path& directory);

}  // namespace daftar::storage
