// Whether what the records of a load refer to is there.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "catalog/catalog.h"
#include "record/message.h"
#include "storage/reader.h"

namespace daftar::txn {

// Looks only at other tables, which a load does not change: it can be asked ahead of the load, on
// another thread. Thread safety: one thread at a time.
class BulkReferences {
 public:
  // Lifetime: `catalog` and `table` outlive it. `state` is the one before the load.
  BulkReferences(std::shared_ptr<const storage::Reader> state, const catalog::Catalog& catalog,
                 const catalog::TableDef& table)
      : state_(std::move(state)), catalog_(catalog), table_(table) {}

  // Errors: FailedPrecondition naming rule, record and remedy when a record is not there; DataLoss,
  // Unavailable.
  absl::Status Check(const record::Message& record);

 private:
  const std::shared_ptr<const storage::Reader> state_;
  const catalog::Catalog& catalog_;
  const catalog::TableDef& table_;
  // Whether a record is there.
  absl::StatusOr<bool> Find(const catalog::TableDef& target, const std::string& key);
  // Takes note of the records of a table, as many as there is room for.
  absl::Status NoteAll(const catalog::TableDef& target);

  // Records that are known to be there.
  absl::flat_hash_set<std::string> known_;
  // How many of a table were looked up one by one.
  std::map<TableId, size_t> lookups_;
};

}  // namespace daftar::txn
