// Which records differ between two moments.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "audit/record_key.h"
#include "record/message.h"
#include "storage/external_sorter.h"
#include "txn/read_view.h"

namespace daftar::audit {

struct DifferenceOptions {
  const catalog::TableDef* table = nullptr;  // null: all
  std::filesystem::path spill_folder;        // must exist
};

// A record that is not the same, or is there at one of the moments only.
struct RecordDifference {
  RecordKey key;
  std::optional<record::Message> before;
  std::optional<record::Message> after;
};

// The differences, table by table in the order of their keys. Reads the journal between the two
// moments and no record that did not change. Thread safety: none.
class Difference {
 public:
  // `newest` shows the newest state, `from` and `to` the two moments, in either order. Errors:
  // FailedPrecondition when a table's history does not reach back that far; DataLoss, Unavailable.
  static absl::StatusOr<std::unique_ptr<Difference>> Make(const txn::ReadView& newest,
                                                          const txn::ReadView& from,
                                                          const txn::ReadView& to,
                                                          const DifferenceOptions& options);

  // Moves to the next one; false after the last. Errors: DataLoss, Unavailable.
  [[nodiscard]] absl::StatusOr<bool> Next();
  // Requires: Next() gave true. Lifetime: until the next call.
  const RecordDifference& difference() const { return difference_; }

 private:
  Difference(txn::ReadView from, txn::ReadView to) : from_(std::move(from)), to_(std::move(to)) {}

  const txn::ReadView from_;
  const txn::ReadView to_;
  std::unique_ptr<storage::SortedReader> keys_;  // of all records that changed between, repeatedly
  std::string last_key_;
  RecordDifference difference_;
};

}  // namespace daftar::audit
