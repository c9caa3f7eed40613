#include "torture/open_ledger.h"

#include "base/status.h"
#include "torture/ledger.h"

namespace daftar::torture {

absl::StatusOr<std::unique_ptr<txn::Core>> OpenLedger(const std::filesystem::path& directory,
                                                      const OpenLedgerOptions& options) {
  storage::RocksOptions rocks;
  rocks.create_if_missing = options.may_create;
  rocks.read_only = options.mode != txn::CoreMode::kWrite;
  rocks.memory_budget_bytes = 1;  // raised to the least there is
  rocks.file_system = options.file_system;
  txn::CoreOptions core;
  core.mode = options.mode;
  core.faults = options.faults;
  DAFTAR_ASSIGN_OR_RETURN(auto store, storage::OpenRocksStore(directory, rocks));
  auto opened = txn::Core::Open(std::move(store), core);
  if (!options.may_create || !absl::IsNotFound(opened.status())) return opened;
  DAFTAR_ASSIGN_OR_RETURN(store, storage::OpenRocksStore(directory, rocks));
  return txn::Core::Create(std::move(store), LedgerCatalog(), kLedgerId, core);
}

}  // namespace daftar::torture
