// The values that an index entry holds, for rules that read entries instead of records.
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/scalar.h"
#include "catalog/catalog.h"

namespace daftar::rules {

struct EntryValues {
  std::vector<OwnedScalar> on;
  std::vector<OwnedScalar> covered;
  std::string_view primary_key;  // points into the key

  const OwnedScalar& At(const catalog::EntrySlot& slot) const {
    return (slot.covered ? covered : on)[slot.at];
  }
  // Whether one of the first `count` values of the tuple is null.
  bool AnyNull(size_t count) const;
};

// `key` is a whole key of the index; `covered` an entry's value without its commit. Errors:
// DataLoss.
absl::StatusOr<EntryValues> DecodeEntry(const catalog::IndexDef& index, std::string_view key,
                                        std::string_view covered);
// The same without what it covers.
absl::StatusOr<EntryValues> DecodeEntryKey(const catalog::IndexDef& index, std::string_view key);
// The same of what the store holds.
absl::StatusOr<EntryValues> DecodeStoredEntry(const catalog::IndexDef& index, std::string_view key,
                                              std::string_view value);

// The beginning of `key` that holds the first `count` values of the tuple. Errors: DataLoss.
absl::StatusOr<std::string_view> GroupPrefix(const catalog::IndexDef& index, std::string_view key,
                                             size_t count);

// The first `count` values as a message has them: "zone 'A', plot '12'".
std::string DescribeGroup(const catalog::IndexDef& index, const EntryValues& values, size_t count);

}  // namespace daftar::rules
