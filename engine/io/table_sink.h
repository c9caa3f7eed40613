// Where an import ends: a bulk load into one table.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "io/import.h"
#include "txn/bulk_load.h"

namespace daftar::io {

class TableSink final : public RecordSink {
 public:
  // Requires and lifetime: as BulkLoad.
  TableSink(txn::Core* core, const catalog::TableDef* table, txn::BulkLoadOptions options)
      : table_(table), load_(core, table, std::move(options)) {}

  std::unique_ptr<SinkRows> NewRows(std::span<const std::string> paths) override;
  absl::Status Add(const SinkRows& rows, size_t row, uint64_t line) override;
  absl::Status Finish() override { return load_.Finish().status(); }

 private:
  class Rows;

  const catalog::TableDef* const table_;
  txn::BulkLoad load_;
  std::vector<txn::BulkRecord> records_;  // of the row that is being added
};

}  // namespace daftar::io
