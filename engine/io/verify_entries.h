// Whether the entries of an index, old and present, are those that its records had.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "catalog/catalog.h"
#include "index/entries.h"
#include "io/entry_spans.h"
#include "io/verify_run.h"
#include "storage/external_sorter.h"

namespace daftar::io {

// Works out the entries of one index from the versions of the records, sorts them on disk, and
// walks them and those that are there side by side. Lifetime: everything given outlives it.
class EntryCheck {
 public:
  // `sort_bytes_max`: memory for sorting.
  EntryCheck(VerifyRun* run, const catalog::TableDef& table, const catalog::IndexDef& index,
             size_t sort_bytes_max);

  const catalog::IndexDef& index() const { return index_; }

  // Takes the entries of the version of a record that held from `created` until `ended`.
  // Requires: versions come by record, then in time; `entries` are in key order.
  absl::Status Add(std::string_view record_key, CommitVersion created, CommitVersion ended,
                   std::vector<index::Entry> entries);

  // Compares, once all were taken, and puts right when the run repairs. `all_known`: every version
  // is there and verifies; old entries that seem to be too many are else not removed.
  absl::Status Compare(bool all_known);

 private:
  absl::Status Emit(const EntrySpans::Span& span);

  // One side by side walk, of present or of old entries.
  absl::Status ComparePresent();
  absl::Status ComparePast(bool all_known);
  absl::Status CheckDuplicate(std::string_view wanted_key);
  // `key` is the entry's own, also of an old one.
  void Report(ProblemKind kind, std::string_view key, CommitVersion ended, bool repaired,
              std::string_view message);

  VerifyRun* const run_;
  const catalog::TableDef& table_;
  const catalog::IndexDef& index_;
  const std::string prefix_;
  const CommitVersion start_;
  EntrySpans spans_;
  storage::ExternalSorter present_;
  storage::ExternalSorter past_;
  std::string unique_tuple_;
};

}  // namespace daftar::io
