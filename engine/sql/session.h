// What the tables of one connection share: the state they read, the error they met, row numbers.
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "daftar/options.h"
#include "daftar/query.h"
#include "sql/guarded_reader.h"
#include "txn/core.h"
#include "txn/transaction.h"

namespace daftar::sql {

struct SessionOptions {
  // The state at a moment that people write; docs/cli.md. Errors: those of AsOf::Parse.
  std::function<absl::StatusOr<txn::ReadView>(std::string_view moment)> view_at;
  // All reads are as of this moment when it is not empty.
  std::string as_of;
  // How long a statement may run.
  std::optional<std::chrono::milliseconds> time_max;
  // Whether statements may write; then what their commits say of themselves.
  bool writable = false;
  CommitOptions commit;
  TransactionLimits limits;
  // The table of exchange rates.
  std::string rates;
};

// Records that RegisterBatchTable() shows as a table of their own.
struct RecordBatch {
  std::vector<std::string> keys;
  // The one that was read or written last; empty: none was.
  std::string at;
};

// Thread safety: none, but for stop_sign().Interrupt(). Lifetime: must end before its Core.
class Session {
 public:
  Session(txn::Core* core, SessionOptions options);

  // The schema of the connection, which plans and names rest on for as long as it lives: once the
  // database has another one, nothing is read or written any more.
  const std::shared_ptr<const catalog::Catalog>& catalog() const { return catalog_; }

  // The SQLite that tells whether a transaction is open. Lifetime: as the session's.
  void set_db(sqlite3* db) { db_ = db; }

  // The table that money is converted by; it may not be there.
  const std::string& rates() const { return options_.rates; }

  // Statements say when they begin and end. All that run at one time read one state, taken when the
  // first of them reads.
  void StatementBegins(bool writes);
  void StatementEnds();

  // The state that statements read now: within BEGIN and COMMIT that of the transaction, with what
  // it has written. Errors: those of `view_at` and of txn::Transaction::View; Aborted when the
  // database has another schema by now.
  absl::StatusOr<txn::ReadView> View();
  // An earlier state. Errors: those of `view_at`.
  absl::StatusOr<txn::ReadView> ViewAsOf(std::string_view moment);

  // That state without what a transaction has written: the journal has no more. Errors: as View().
  absl::StatusOr<txn::ReadView> CommittedView();
  // The newest commit that there is.
  CommitVersion LastCommit() const { return core_->View().version; }

  // What `daftar analyze` has found. Null: nothing.
  std::shared_ptr<const index::AllStatistics> statistics() const {
    return core_->View().statistics;
  }
  // Whether scans of a table may find it projected.
  bool IsProjected(const catalog::TableDef& table) const {
    const txn::ReadView view = core_->View();
    return view.columns != nullptr && view.columns->Has(table.id);
  }
  // About how many records a table has: as analyzed; else exact when few, or a guess. Errors:
  // DataLoss, Unavailable.
  absl::StatusOr<uint64_t> EstimateRows(const catalog::TableDef& table);

  // Keeps the status of a call from SQLite that failed, for which SQLite knows but a number.
  void Fail(absl::Status status) { failure_ = std::move(status); }
  // Takes it. OK: nothing of ours has failed since the last call.
  absl::Status TakeFailure() { return std::exchange(failure_, absl::OkStatus()); }

  // The number that stands for the record at `key`, since SQLite wants one: an integer that is the
  // primary key, else one that holds until no statement runs. Errors: DataLoss.
  absl::StatusOr<int64_t> RowId(const catalog::TableDef& table, std::string_view key);
  // The same for a row of a system table, which `identity` tells from its others.
  int64_t SystemRowId(std::string_view table, std::string_view identity);
  // The key behind a number. Errors: Internal when it stands for none.
  absl::StatusOr<codec::EncodedKey> KeyOf(const catalog::TableDef& table, int64_t number) const;
  // The keys that were given the numbers after it. Lifetime: until the next RowId().
  std::span<const std::string> KeysAfter(const catalog::TableDef& table, int64_t number) const;

  // The transaction that statements write to, begun when there is none. Errors: FailedPrecondition
  // when the connection only reads.
  absl::StatusOr<txn::Transaction*> Writing();
  // Has the commit of the transaction that is open note how far a migration has come, if it changes
  // anything.
  void NoteMigration(txn::Migration migration) { migration_ = std::move(migration); }
  // Commits it, once: SQLite asks every table that was written to. Errors: those of
  // txn::Transaction::Commit; nothing is written then.
  absl::Status Commit();
  // The transaction is over: what was not committed is given up.
  void EndTransaction();
  // The last commit that the connection made.
  const std::optional<CommitVersion>& last_commit() const { return last_commit_; }

  // SQLite's savepoints by their depth: 0 within BEGIN, -1 for one that began the transaction. It
  // tells every table of each; the first counts.
  void SetSavepoint(int depth);
  void ReleaseSavepoint(int depth) {
    savepoints_.erase(savepoints_.lower_bound(depth), savepoints_.end());
  }
  // Errors: those of txn::Transaction::RollbackTo.
  absl::Status RollbackTo(int depth);

  RecordBatch& batch() { return batch_; }

  // Whether the statement that was prepared last writes rows of some table.
  void NoteWrites() { noted_writes_ = true; }
  bool TakeNotedWrites() { return std::exchange(noted_writes_, false); }

  // What the tables of the statements that run, or ran last, have read.
  QueryCounts& counts() { return counts_; }
  // Adds what one walk has read.
  void AddCounts(const QueryCounts& walk) {
    counts_.entries_read += walk.entries_read;
    counts_.records_fetched += walk.records_fetched;
    counts_.rows += walk.rows;
  }
  // Whether a MATCH of those statements may have left names out: there were more than are looked
  // at.
  bool names_left_out() const { return names_left_out_; }
  void LeaveNamesOut() { names_left_out_ = true; }
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

  // The view, watched by the stop sign. Errors: Aborted when its schema is another one.
  absl::StatusOr<txn::ReadView> Guarded(absl::StatusOr<txn::ReadView> view) const;
  absl::Status CheckSchema(const catalog::Catalog& catalog) const;
  // Whether statements read the state of a transaction.
  bool reads_transaction() const {
    return options_.as_of.empty() && options_.writable && (in_transaction() || writes_);
  }
  bool in_transaction() const { return db_ != nullptr && sqlite3_get_autocommit(db_) == 0; }

  txn::Core* const core_;
  const SessionOptions options_;
  const std::shared_ptr<const catalog::Catalog> catalog_;
  StopSign stop_sign_;
  sqlite3* db_ = nullptr;
  int running_ = 0;
  bool writes_ = false;  // a statement that runs may write
  std::unique_ptr<txn::Transaction> transaction_;
  std::optional<txn::Migration> migration_;  // of the transaction
  RecordBatch batch_;
  std::optional<CommitVersion> last_commit_;
  bool committed_ = false;  // the transaction is finished; SQLite has yet to say so
  std::map<int, txn::Transaction::Savepoint> savepoints_;
  std::optional<txn::ReadView> view_;    // of the statements that run
  std::optional<txn::ReadView> pinned_;  // of options_.as_of
  std::map<std::string, txn::ReadView, std::less<>> earlier_;
  std::map<TableId, Estimate> estimates_;
  std::map<TableId, Rows> rows_;
  std::map<std::string, absl::flat_hash_map<std::string, int64_t>, std::less<>> system_rows_;
  absl::Status failure_;
  bool noted_writes_ = false;
  QueryCounts counts_;
  bool names_left_out_ = false;
};

}  // namespace daftar::sql
