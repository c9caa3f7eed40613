// Takes stored records and index entries apart.
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/scalar.h"
#include "columns/entry_set.h"
#include "record/field_path.h"

namespace daftar::columns {

// Gives the values of one stored row after the other: of a record those of chosen fields, of an
// entry those of all its terms, which are the index's, the primary key's and the covered ones, in
// this order. Thread safety: none.
class StoredRow {
 public:
  // `fields`: of records; none fans out. Lifetime: both must outlive this.
  StoredRow(const EntrySet& set, const std::vector<record::FieldPath>& fields);

  // How many values a row has.
  size_t size() const { return values_.size(); }
  // `key` and `stored` as the store has them. Errors: DataLoss. Lifetime: until the next call, and
  // of text no longer than `stored`.
  absl::StatusOr<const std::vector<Scalar>*> Read(std::string_view key, std::string_view stored);

 private:
  absl::Status ReadRecord(std::string_view key, std::string_view stored);
  absl::Status ReadEntry(std::string_view key, std::string_view stored);

  const EntrySet& set_;
  const std::vector<record::FieldPath>& fields_;
  const size_t prefix_bytes_;
  std::vector<Scalar> values_;
  std::vector<OwnedScalar> terms_;  // of an entry
};

}  // namespace daftar::columns
