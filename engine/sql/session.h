// What the tables of one connection share: the state they read, the error they met, row numbers.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "daftar/query.h"
#include "sql/guarded_reader.h"
#include "txn/core.h"

namespace daftar::sql {

struct SessionOptions {
  // The state at a moment that people write; docs/cli.md. Errors: those of AsOf::Parse.
  std::function<absl::StatusOr<txn::ReadView>(std::string_view moment)> view_at;
  // All reads are as of this moment when it is not empty.
  std::string as_of;
  // How long a statement may run.
  std::optional<std::chrono::milliseconds> time_max;
};

// Thread safety: none, but for stop_sign().Interrupt(). Lifetime: must end before its Core.
class Session {
 public:
  Session(txn::Core* core, SessionOptions options);

  // The schema of the connection; statements see this one for as long as it lives.
  const std::shared_ptr<const catalog::Catalog>& catalog() const { return catalog_; }

  // Statements say when they begin and end. All that run at one time read one state, taken when the
  // first of them reads.
  void StatementBegins();
  void StatementEnds();

  // The state that statements read now. Errors: those of `view_at`.
  absl::StatusOr<txn::ReadView> View();
  // An earlier state. Errors: those of `view_at`.
  absl::StatusOr<txn::ReadView> ViewAsOf(std::string_view moment);

  // About how many records a table has: exact when few, else a guess. Errors: DataLoss, Unavailable.
  absl::StatusOr<uint64_t> EstimateRows(const catalog::TableDef& table);

  // Keeps the status of a call from SQLite that failed, for which SQLite knows but a number.
  void Fail(absl::Status status) { failure_ = std::move(status); }
  // Takes it. OK: nothing of ours has failed since the last call.
  absl::Status TakeFailure() { return std::exchange(failure_, absl::OkStatus()); }

  // The number that stands for a record until no statement runs: SQLite wants one.
  int64_t RowId(TableId table, std::string_view key);

  // What the tables of the statements that run, or ran last, have read.
  QueryCounts& counts() { return counts_; }
  StopSign& stop_sign() { return stop_sign_; }

 private:
  struct Estimate {
    CommitVersion at;
    uint64_t rows = 0;
  };
  struct Rows {
    absl::flat_hash_map<std::string, int64_t> numbers;
    std::vector<std::string> keys;  // of the numbers, from 1
  };

  txn::ReadView Guarded(txn::ReadView view) const;

  txn::Core* const core_;
  const SessionOptions options_;
  const std::shared_ptr<const catalog::Catalog> catalog_;
  StopSign stop_sign_;
  int running_ = 0;
  std::optional<txn::ReadView> view_;    // of the statements that run
  std::optional<txn::ReadView> pinned_;  // of options_.as_of
  std::map<std::string, txn::ReadView, std::less<>> earlier_;
  std::map<TableId, Estimate> estimates_;
  std::map<TableId, Rows> rows_;
  absl::Status failure_;
  QueryCounts counts_;
};

}  // namespace daftar::sql
