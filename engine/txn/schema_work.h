// What a change of schema has left to do, kept in the store so that it survives the process:
// docs/format.md section 17.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "daftar/ids.h"
#include "journal/hash.h"
#include "storage/reader.h"

namespace daftar::txn {

// How far the indexes of a table have been built, or an aggregate has been counted. Without one,
// nothing was done yet.
struct BuildProgress {
  std::string next_key;  // the first record key that was not looked at
  uint64_t records = 0;  // that were
};

// Of the indexes of a table.
std::string BuildProgressKey(TableId table);
// Of an aggregate: its totals are those of the records before `next_key`, which commits keep up to
// date; what they write from there on is counted when the walk comes to it.
std::string BuildProgressKey(AggregateId aggregate);
std::string EncodeBuildProgress(std::string_view key, const BuildProgress& progress);
// Errors: DataLoss.
absl::StatusOr<BuildProgress> ReadBuildProgress(const storage::Reader& reader, TableId table);
absl::StatusOr<BuildProgress> ReadBuildProgress(const storage::Reader& reader,
                                                AggregateId aggregate);

// How far it was checked that a table's records fit a schema that is to come.
struct CheckProgress {
  journal::Hash target{};  // of its types
  CommitVersion as_of;     // what later commits wrote was not looked at
  std::string next_key;    // nor was what stands at this record key and behind it
  uint64_t records = 0;    // that were
};

std::string CheckProgressKey(TableId table);
std::string EncodeCheckProgress(std::string_view key, const CheckProgress& progress);
// Nothing: nothing was done yet. Errors: DataLoss.
absl::StatusOr<std::optional<CheckProgress>> ReadCheckProgress(const storage::Reader& reader,
                                                               TableId table);

// Stands for what the schema no longer has while its entries are being removed.
std::string TombstoneKey(IndexId index);
std::string TombstoneKey(AggregateId aggregate);
struct Tombstones {
  std::vector<IndexId> indexes;
  std::vector<AggregateId> aggregates;
};
// Errors: DataLoss.
absl::StatusOr<Tombstones> ReadTombstones(const storage::Reader& reader);

// What all these keys begin with.
std::vector<std::string> SchemaWorkPrefixes();

}  // namespace daftar::txn
