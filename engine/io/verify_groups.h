// Whether the totals of an aggregate, old and present, are those of its records.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "catalog/catalog.h"
#include "index/groups.h"
#include "io/verify_run.h"
#include "record/message.h"
#include "txn/counted_records.h"
#include "txn/group_sorter.h"

namespace daftar::io {

// Works out from the versions of the records what each commit has changed in each group, sorts that
// on disk, and walks it beside the totals that are there.
//
// A total is written by the commits that change it and by no other. Where older versions may have
// been removed, those that are left begin together, and their totals may be older than that. So it
// is with an aggregate that came later than its table. While it is being counted there are present
// totals only, of the records that are counted.
// Lifetime: everything given outlives it.
class GroupCheck {
 public:
  // `sort_bytes_max`: memory for sorting.
  GroupCheck(VerifyRun* run, const catalog::TableDef& table, const catalog::AggregateDef& aggregate,
             size_t sort_bytes_max);

  // Takes the version of the record at `key` that held from `created` until `ended`. Errors: those
  // of ChangesOf, GroupSorter and CountedRecords.
  absl::Status Add(std::string_view key, CommitVersion created, CommitVersion ended,
                   const record::Message& record);

  // Compares, once all were taken, and puts right when the run repairs. Requires: every version is
  // there and verifies.
  absl::Status Compare();

 private:
  // Stored totals, present or old ones, one after the other.
  class Stored;

  // The next one must stand under `key` and be what the group held from `created_` on.
  absl::Status Expect(Stored* stored, std::string_view key);
  // Reports those before `key`, or all that are left when it is empty.
  absl::Status ExpectNoneBefore(Stored* stored, std::string_view key);
  bool Fits(std::string_view value) const;
  void Report(std::string_view key, std::string_view message);

  VerifyRun* const run_;
  const catalog::TableDef& table_;
  const catalog::AggregateDef& aggregate_;
  const std::string prefix_;
  const CommitVersion history_start_;  // of the table
  const CommitVersion start_;          // of what is known of the totals
  txn::CountedRecords counted_;
  txn::GroupSorter changes_;
  CommitVersion created_;
  index::GroupTotals totals_;
};

}  // namespace daftar::io
