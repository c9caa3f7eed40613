// Adds up changes of groups that come in any order, in bounded memory.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "index/groups.h"
#include "storage/external_sorter.h"

namespace daftar::txn {

// The changes by key, each key once; those that come to nothing are left out. Thread safety: none.
class SortedGroups {
 public:
  explicit SortedGroups(std::unique_ptr<storage::SortedReader> changes)
      : changes_(std::move(changes)) {}

  // Moves to the next key; false after the last. Errors: those of SortedReader and AddTotals.
  [[nodiscard]] absl::StatusOr<bool> Next();
  // Requires: the last Next() returned true.
  const std::string& key() const { return key_; }
  const index::GroupTotals& totals() const { return totals_; }

 private:
  std::unique_ptr<storage::SortedReader> changes_;
  bool loaded_ = false;  // changes_ stands at the first change of the next key
  std::string key_;
  index::GroupTotals totals_;
};

// Where records come together in few groups, as is usual, next to nothing is sorted. Thread safety:
// none.
class GroupSorter {
 public:
  // Holds `options.memory_bytes_max` of groups, and as much again while it sorts.
  explicit GroupSorter(const storage::SorterOptions& options);

  // Requires: the changes of one key have the same number of sums. Errors: those of ExternalSorter
  // and AddTotals.
  absl::Status Add(std::string_view key, const index::GroupTotals& change);
  // Adds all of them.
  absl::Status Add(const index::GroupChanges& changes);
  // Requires: called once. Errors: as Add.
  absl::StatusOr<SortedGroups> Finish();

 private:
  absl::Status Spill();

  const size_t held_bytes_max_;
  size_t held_bytes_ = 0;
  absl::flat_hash_map<std::string, index::GroupTotals> held_;
  storage::ExternalSorter sorter_;
};

}  // namespace daftar::txn
