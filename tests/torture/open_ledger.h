// Opens and makes tortured databases.
#pragma once

#include <filesystem>
#include <memory>

#include "absl/status/statusor.h"
#include "storage/open.h"
#include "txn/core.h"

namespace daftar::torture {

struct OpenLedgerOptions {
  bool may_create = false;  // when there is none yet, or its making was interrupted
  txn::CoreMode mode = txn::CoreMode::kWrite;
  txn::PlantedFaults faults = {};
  std::shared_ptr<rocksdb::FileSystem> file_system = nullptr;
};

// With as little memory as there can be, so that much is written to files. Errors: those of
// OpenRocksStore, Core::Open and Core::Create.
absl::StatusOr<std::unique_ptr<txn::Core>> OpenLedger(const std::filesystem::path& directory,
                                                      const OpenLedgerOptions& options);

}  // namespace daftar::torture
