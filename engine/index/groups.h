// Groups of an aggregate: which ones a record is in, what it adds to their totals, and how totals
// are stored. docs/format.md section 12.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/numeric/int128.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "catalog/catalog.h"
#include "daftar/ids.h"
#include "index/entries.h"
#include "record/message.h"

namespace daftar::index {

struct GroupSum {
  int64_t values = 0;  // that are not null
  absl::int128 total = 0;
  friend bool operator==(const GroupSum&, const GroupSum&) = default;
};

// What a group holds; or what a change adds to it, where numbers can be negative.
struct GroupTotals {
  int64_t records = 0;
  std::vector<GroupSum> sums;  // one for each path that is summed up

  bool IsZero() const;
  friend bool operator==(const GroupTotals&, const GroupTotals&) = default;
};

// Adds `more` to `totals`, which is empty or has as many sums. Errors: ResourceExhausted when a
// number does not fit its bits; `totals` is then unspecified.
absl::Status AddTotals(const GroupTotals& more, GroupTotals* totals);

// By the keys of the groups.
using GroupChanges = std::map<std::string, GroupTotals>;

// What changes in the groups of `aggregate` when a record becomes another one; null: there is none.
// Groups in which nothing changes are left out. Errors: ResourceExhausted when the record is in
// more than kEntriesPerRecordMax groups; DataLoss.
absl::StatusOr<GroupChanges> ChangesOf(const catalog::AggregateDef& aggregate,
                                       const record::Message* before, const record::Message* after);

// The same for a record that comes anew into an aggregate in which every record has one group,
// HasOneEntry(aggregate.groups): the group is the entry's key, and what it adds is `totals`. Both
// are memory that is used again. Errors: DataLoss.
absl::Status TheGroupOf(const catalog::AggregateDef& aggregate, const record::Message& record,
                        Entry* group, GroupTotals* totals);

// The stored value: the commit that wrote it, then the totals. Requires: totals.records > 0.
std::string EncodeGroup(CommitVersion created, const GroupTotals& totals);

struct GroupValue {
  CommitVersion created;
  GroupTotals totals;
};
// Errors: DataLoss when the value is not what EncodeGroup makes of `sums` sums.
absl::StatusOr<GroupValue> DecodeGroup(size_t sums, std::string_view value);

// What a group holds after a change; absent: nothing. `stored` is what it held before. Errors:
// DataLoss when that cannot have been; ResourceExhausted as AddTotals.
absl::StatusOr<std::optional<std::string>> ChangeGroup(const std::optional<std::string>& stored,
                                                       const GroupTotals& change,
                                                       CommitVersion version);

}  // namespace daftar::index
