#include "torture/open_book.h"

#include "base/status.h"
#include "torture/book.h"

namespace daftar::torture {

absl::StatusOr<std::unique_ptr<txn::Core>> OpenBook(const std::filesystem::path& directory,
                                                    const OpenBookOptions& options) {
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
  return txn::Core::Create(std::move(store), BookCatalog(), kBookId, core);
}

}  // namespace daftar::torture
