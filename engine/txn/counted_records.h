// Which records the totals of an aggregate are of, while others are still to be counted.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "catalog/catalog.h"
#include "daftar/ids.h"
#include "storage/reader.h"

namespace daftar::txn {

// While an aggregate is being counted its totals are those of the records whose keys come before
// the one that the walk has come to. A commit adds what it changes of these records, and leaves the
// others to the walk, which takes them as it finds them: each is counted once, however they take
// turns. Of a readable aggregate all records are counted. Thread safety: none.
class CountedRecords {
 public:
  // In the state that `state` shows.
  explicit CountedRecords(std::shared_ptr<const storage::Reader> state)
      : state_(std::move(state)) {}

  // Whether the totals of `aggregate` are of the record at `key`, if there is one. Errors: those of
  // ReadBuildProgress.
  absl::StatusOr<bool> Has(const catalog::AggregateDef& aggregate, std::string_view key);

 private:
  const std::shared_ptr<const storage::Reader> state_;
  std::map<AggregateId, std::string> ends_;  // the first keys that are not counted
};

}  // namespace daftar::txn
