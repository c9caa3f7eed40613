// Where an import ends: a bulk load into one table.
#pragma once

#include "io/import.h"
#include "txn/bulk_load.h"

namespace daftar::io {

class TableSink final : public RecordSink {
 public:
  // Requires and lifetime: as BulkLoad.
  TableSink(txn::Core* core, const catalog::TableDef* table, txn::BulkLoadOptions options)
      : table_(table), load_(core, table, std::move(options)) {}

  absl::Status Add(std::span<const record::JsonValue> records, uint64_t line) override;
  absl::Status Finish() override { return load_.Finish().status(); }

 private:
  const catalog::TableDef* const table_;
  txn::BulkLoad load_;
};

}  // namespace daftar::io
