// Old values: where they are kept, and when they held.
//
// The present has the newest value of each key only. When a commit replaces or deletes a value, the
// old one moves to the history space, unchanged, under its key and the commit that ended it. It
// held from the commit inside the value, which made it, until before that one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "daftar/ids.h"
#include "storage/store.h"

namespace daftar::history {

// Where the value at `live_key` goes that commit `ended` replaces. Keys of one live key sort by the
// commit. docs/format.md section 9.
std::string HistoryKey(std::string_view live_key, CommitVersion ended);

// What all history keys of `live_key` begin with.
std::string HistoryPrefix(std::string_view live_key);

// The range that holds the history of all live keys in `range`, and perhaps a few more: look at the
// live key of what it gives.
storage::KeyRange HistoryRange(const storage::KeyRange& range);

struct HistoryId {
  std::string_view live_key;
  CommitVersion ended;
};
// Errors: DataLoss when `key` is not what HistoryKey makes. Lifetime: as `key`.
absl::StatusOr<HistoryId> ParseHistoryKey(std::string_view key);

// The commit that wrote `value` at the key of a record, an index entry or a group. Looks at no
// checksum. Errors: DataLoss when the value is too short to have one.
absl::StatusOr<CommitVersion> CreatedBy(std::string_view live_key, std::string_view value);

}  // namespace daftar::history
