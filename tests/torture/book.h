// The database of lists and items (see history.h) that transactions are tortured on, over the
// engine's own interface below the public one, which lets faults be planted.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/store.h"
#include "torture/history.h"
#include "txn/core.h"
#include "txn/transaction.h"

namespace daftar::torture {

// The schema, compiled. Errors: those of the engine, which would be a defect.
absl::StatusOr<catalog::Catalog> BookCatalog();

// An empty book. Errors: those of Core::Create.
absl::StatusOr<std::unique_ptr<txn::Core>> NewBook(std::unique_ptr<storage::Store> store,
                                                   const catalog::Catalog& catalog,
                                                   const txn::PlantedFaults& faults);

// The faults for the name after --plant: "", "skip-range-check" or "skip-read-set".
txn::PlantedFaults FaultsOf(const std::string& plant);

// Reads through a view: that of a transaction, or of the database. Errors: those of the engine.
absl::StatusOr<std::vector<uint32_t>> ReadValues(const txn::ReadView& view, uint32_t list);
absl::StatusOr<std::optional<ItemState>> ReadState(const txn::ReadView& view, uint32_t item);
// Fills scan->seen. With `covered`, no record is read.
absl::Status RunScan(const txn::ReadView& view, bool covered, Scan* scan);

// Writes for a transaction or batch. Lifetime: the catalog outlives them.
absl::StatusOr<txn::RecordWrite> MakeListPut(const catalog::Catalog& catalog, uint32_t list,
                                             const std::vector<uint32_t>& values);
absl::StatusOr<txn::RecordWrite> MakeItemWrite(const catalog::Catalog& catalog,
                                               const WriteItem& write);

// Applies `status`, what the engine said to a write: AlreadyExists and NotFound become
// write->refused. Errors: any other.
absl::Status TakeOutcome(const absl::Status& status, WriteItem* write);

}  // namespace daftar::torture
