// Some fields of all records of a table, as they are in one state.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "catalog/catalog.h"
#include "columns/chunk.h"
#include "daftar/ids.h"
#include "storage/reader.h"

namespace daftar::columns {

// Immutable; thread-safe to read.
class Projection {
 public:
  // What is projected. Lifetime: `table` belongs to `catalog`.
  struct Source {
    std::shared_ptr<const catalog::Catalog> catalog;
    const catalog::TableDef* table = nullptr;
    std::vector<record::FieldPath> fields;  // none of them fans out
  };

  // Reads every record of the state. Null: more than `bytes_max` would be needed. Errors: DataLoss;
  // those of the reader.
  static absl::StatusOr<std::shared_ptr<const Projection>> Make(Source source,
                                                                const storage::Reader& state,
                                                                CommitVersion version,
                                                                size_t bytes_max);
  // The same of a later state, in which the records at `keys` alone may differ; they are whole keys
  // in order, none twice. Shares what stays as it is. Errors: as Make.
  absl::StatusOr<std::shared_ptr<const Projection>> After(const std::vector<std::string>& keys,
                                                          const storage::Reader& state,
                                                          CommitVersion version) const;

  CommitVersion version() const { return version_; }
  const Source& source() const { return source_; }
  // The number of a field; nothing when it is not projected.
  std::optional<size_t> FindField(const record::FieldPath& path) const;
  // In the order of keys.
  const std::vector<std::shared_ptr<const Chunk>>& chunks() const { return chunks_; }
  size_t rows() const { return rows_; }
  size_t bytes() const { return bytes_; }

 private:
  class Writer;

  Source source_;
  CommitVersion version_;
  std::vector<std::shared_ptr<const Chunk>> chunks_;
  size_t rows_ = 0;
  size_t bytes_ = 0;
};

}  // namespace daftar::columns
