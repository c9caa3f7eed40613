// A record's key in the store as table and values.
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "catalog/catalog.h"
#include "daftar/record.h"

namespace daftar::audit {

struct RecordKey {
  const catalog::TableDef* table = nullptr;  // null: the catalog has it no more
  TableId id;
  Key values;  // none when the table is unknown
};

// Lifetime: `table` belongs to the catalog. Errors: DataLoss when `key` is no record's key.
absl::StatusOr<RecordKey> DecodeRecordKey(const catalog::Catalog& catalog, std::string_view key);

}  // namespace daftar::audit
