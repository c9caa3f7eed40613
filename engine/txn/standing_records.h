// Which records have been there since a commit.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "catalog/catalog.h"
#include "daftar/ids.h"
#include "txn/read_view.h"

namespace daftar::txn {

// A record stands since a commit when there was one under its key after that commit and at every
// moment from then on, however often it was changed. One that was deleted and came back by a later
// commit is another. Found out from the record's own value and, when that is younger, from its old
// versions. Thread safety: none.
class StandingRecords {
 public:
  // Lifetime: `table` belongs to the view's catalog.
  StandingRecords(ReadView view, const catalog::TableDef& table, CommitVersion since);

  // Whether the record at `key`, which the view shows with `value`, stands. Errors:
  // FailedPrecondition naming the record when the versions that would tell were removed; DataLoss,
  // Unavailable.
  absl::StatusOr<bool> Has(std::string_view key, std::string_view value) const;

 private:
  absl::Status Unknown(std::string_view key) const;

  const ReadView view_;
  const catalog::TableDef& table_;
  const CommitVersion since_;
  CommitVersion history_start_;  // versions that ended by it may be gone
};

}  // namespace daftar::txn
