// Some fields of all records of a table, or all entries of an index, as they are in one state.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "columns/chunk.h"
#include "columns/entry_set.h"
#include "daftar/ids.h"
#include "storage/reader.h"
#include "storage/scan_threads.h"

namespace daftar::columns {

// Immutable; thread-safe to read.
class Projection {
 public:
  struct Source {
    EntrySet set;
    std::vector<record::FieldPath> fields;  // of records; none of them fans out
  };
  // What one may cost.
  struct Limits {
    size_t bytes_max = SIZE_MAX;
    uint64_t rows_max = UINT64_MAX;
  };
  // A place between two rows.
  struct Place {
    size_t chunk = 0;
    size_t row = 0;  // within it
    friend auto operator<=>(const Place&, const Place&) = default;
  };

  // Reads all that the state has, when it is much with the help of `threads`, if there are any.
  // Null: more than the limits allow would be needed. Errors: DataLoss; those of the reader; of
  // several the first in the order of keys.
  static absl::StatusOr<std::shared_ptr<const Projection>> Make(
      Source source, const storage::Reader& state, CommitVersion version, const Limits& limits,
      storage::ScanThreads* threads = nullptr);
  // The same of a later state, in which what is at `keys` alone may differ; they are whole keys in
  // order, none twice. Shares what stays as it is. Errors: as Make.
  absl::StatusOr<std::shared_ptr<const Projection>> After(const std::vector<std::string>& keys,
                                                          const storage::Reader& state,
                                                          CommitVersion version) const;

  CommitVersion version() const { return version_; }
  const Source& source() const { return source_; }
  // What all keys begin with in the store; chunks have them without it.
  const std::string& prefix() const { return prefix_; }
  // The number of a field; nothing when it is not projected.
  std::optional<size_t> FindField(const record::FieldPath& path) const;
  // In the order of keys.
  const std::vector<std::shared_ptr<const Chunk>>& chunks() const { return chunks_; }
  // Before the first row whose key is not before `key`, a whole one as the store has it; end().
  Place LowerBound(std::string_view key) const;
  Place end() const { return {chunks_.size(), 0}; }
  size_t rows() const { return rows_; }
  size_t bytes() const { return bytes_; }

 private:
  class Writer;
  class Reading;

  // Adds the rows of `other`, which follow.
  void Append(const Projection& other);

  Source source_;
  std::string prefix_;
  CommitVersion version_;
  std::vector<std::shared_ptr<const Chunk>> chunks_;
  size_t rows_ = 0;
  size_t bytes_ = 0;
};

}  // namespace daftar::columns
