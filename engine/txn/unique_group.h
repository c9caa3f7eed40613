// Checks a unique index while its changes go by in key order.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "catalog/catalog.h"
#include "storage/reader.h"

namespace daftar::txn {

// The values of an entry's tuple, for a message: "scheme 'lei', value '…'".
std::string DescribeTuple(const catalog::IndexDef& index, std::string_view entry_key);

// The refusal of values that the unique index `index` holds forever for another record, whose
// primary key is `holder`.
absl::Status FormerHolder(const catalog::TableDef& table, const catalog::IndexDef& index,
                          std::string_view entry_key, size_t tuple_bytes, std::string_view holder);

// The key of an entry that another record had with these values, `tuple`, and no longer has;
// nothing when none had. Errors: DataLoss, Unavailable.
absl::StatusOr<std::optional<std::string>> FormerEntry(const storage::Reader& state,
                                                       const std::string& tuple,
                                                       std::string_view entry_key);

// The changes to the entries that share one tuple of a unique index.
class UniqueGroup {
 public:
  // Null `store`: it has no entries of the table. Lifetime: all arguments outlive the group.
  UniqueGroup(const storage::Store* store, const catalog::TableDef* table)
      : store_(store), table_(table) {}

  // Takes note of an added or removed entry; entries come in key order. A new tuple first closes
  // the one before. Errors: as Close.
  absl::Status Note(const catalog::IndexDef& index, std::string_view key, size_t tuple_bytes,
                    bool added);
  // Checks the tuple noted last. Errors: AlreadyExists naming index, values and both records.
  absl::Status Close();

 private:
  const storage::Store* const store_;
  const catalog::TableDef* const table_;
  const catalog::IndexDef* index_ = nullptr;
  std::string tuple_;  // with the index's prefix
  std::vector<std::string> added_;
  std::vector<std::string> removed_;
};

// "another record has these values", with index, values and keys.
absl::Status UniqueClash(const catalog::TableDef& table, const catalog::IndexDef& index,
                         std::string_view entry_key, std::string_view other_entry_key,
                         size_t tuple_bytes);

}  // namespace daftar::txn
