// What stands behind the public classes.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "audit/change_feed.h"
#include "daftar/database.h"
#include "query/aggregate_scan.h"
#include "query/executor.h"
#include "query/prepared.h"
#include "record/message.h"
#include "txn/core.h"
#include "txn/transaction.h"

namespace daftar::internal {

struct RecordState {
  std::shared_ptr<const catalog::Catalog> catalog;  // keeps the schema alive
  const catalog::TableDef* table = nullptr;
  record::Message message;
  CommitVersion created;
};

struct RecordAccess {
  static Record Make(std::shared_ptr<const RecordState> state) { return Record(std::move(state)); }
  static const RecordState& State(const Record& record) { return *record.state_; }
};

struct ViewState {
  txn::ReadView view;
};

class BatchState {
 public:
  explicit BatchState(std::shared_ptr<const catalog::Catalog> catalog)
      : catalog_(std::move(catalog)) {}

  void Add(txn::RecordWrite write) { writes_.push_back(std::move(write)); }

  const catalog::Catalog& catalog() const { return *catalog_; }
  const std::vector<txn::RecordWrite>& writes() const { return writes_; }

 private:
  std::shared_ptr<const catalog::Catalog> catalog_;
  std::vector<txn::RecordWrite> writes_;
};

class CursorState {
 public:
  CursorState(txn::ReadView view, query::Plan plan) : executor(std::move(view), std::move(plan)) {}
  query::Executor executor;
};

class AggregateState {
 public:
  explicit AggregateState(query::AggregateScan begun) : scan(std::move(begun)) {}
  query::AggregateScan scan;
  Group group;
};

class ChangeFeedState {
 public:
  ChangeFeedState(txn::ReadView view, CommitVersion after) : feed(std::move(view), after) {}
  audit::ChangeFeed feed;
  CommitInfo commit;
  RecordChange change;
};

// Transactions, views and cursors are made by the database and by each other.
struct DatabaseAccess {
  static ReadView MakeView(txn::ReadView view) {
    return ReadView(std::make_shared<const ViewState>(ViewState{std::move(view)}));
  }
  static const txn::ReadView& View(const ReadView& view) { return view.state_->view; }
  static ChangeFeed MakeFeed(txn::ReadView view, CommitVersion after) {
    return ChangeFeed(std::make_unique<ChangeFeedState>(std::move(view), after));
  }
  static Cursor MakeCursor(txn::ReadView view, query::Plan plan) {
    return Cursor(std::make_unique<CursorState>(std::move(view), std::move(plan)));
  }
  static AggregateCursor MakeAggregateCursor(query::AggregateScan scan) {
    return AggregateCursor(std::make_unique<AggregateState>(std::move(scan)));
  }
};

class PreparedState {
 public:
  PreparedState(txn::Core* of, std::unique_ptr<query::Prepared> made)
      : core(of), prepared(std::move(made)) {}
  txn::Core* const core;
  const std::unique_ptr<query::Prepared> prepared;
};

class TransactionState {
 public:
  TransactionState(txn::Core* core, const TransactionLimits& limits) : transaction(core, limits) {}
  txn::Transaction transaction;
};

class DatabaseState {
 public:
  DatabaseState(std::unique_ptr<txn::Core> opened, bool only_reads)
      : core(std::move(opened)), read_only(only_reads) {}
  const std::unique_ptr<txn::Core> core;
  const bool read_only;
  std::filesystem::path directory;  // empty: in memory
  absl::Mutex prune_mutex;          // held by who removes history
  absl::Mutex schema_mutex;         // held by who changes the schema
  absl::Mutex migration_mutex;      // held by who migrates records; taken before the others
};

// The state at a moment. Errors: those of Database::View(AsOf).
absl::StatusOr<txn::ReadView> ViewAt(const txn::Core& core, const AsOf& moment);

// Reads through a view. Errors: those of the public calls of these names.
absl::StatusOr<std::optional<Record>> FindRecord(const txn::ReadView& view, std::string_view table,
                                                 const Key& key);
absl::StatusOr<Record> GetRecord(const txn::ReadView& view, std::string_view table, const Key& key);
absl::StatusOr<Cursor> RunQuery(txn::ReadView view, const Query& query);
// The newest state, or the one that the continuation of a query holds on to. Errors: those of
// OpenContinuation and ViewAsOf.
absl::StatusOr<txn::ReadView> ViewFor(const txn::Core& core, const Query& query);
// The same for a transaction, which depends on all that it reads: no more than the rows need.
absl::StatusOr<Cursor> RunTransactionQuery(txn::ReadView view, const Query& query);
absl::StatusOr<Cursor> RunPrepared(txn::ReadView view, query::Prepared* prepared,
                                   const std::vector<Value>& values);
absl::StatusOr<CountResult> RunCount(txn::ReadView view, const Query& query);
absl::StatusOr<AggregateCursor> RunAggregate(txn::ReadView view, const AggregateQuery& query);

// The store key for a user's key. Errors: InvalidArgument naming the field.
absl::StatusOr<codec::EncodedKey> EncodeKey(const catalog::TableDef& table, const Key& key);

// The schema in a file, or the registry schema. Errors: InvalidArgument, NotFound.
absl::StatusOr<std::shared_ptr<const record::SchemaSet>> ParseSchema(const SchemaFile& schema);

// The write that puts `message`, or the record that a JSON object gives, or that deletes a record.
// Lifetime: `table` and `catalog` outlive the write. Errors: those of Batch::Put and Delete.
absl::StatusOr<txn::RecordWrite> MakePut(const catalog::TableDef& table, record::Message message,
                                         WriteIntent intent);
absl::StatusOr<txn::RecordWrite> MakePut(const catalog::Catalog& catalog, std::string_view table,
                                         std::string_view json, WriteIntent intent);
absl::StatusOr<txn::RecordWrite> MakeDelete(const catalog::Catalog& catalog, std::string_view table,
                                            const Key& key);

// Where sorts may spill: beside the data when it is ours to write, else the system's folder.
std::filesystem::path SpillFolder(const DatabaseState& state);

// Errors: FailedPrecondition when the database was opened for reading only.
absl::Status CheckWritable(const DatabaseState& state);

}  // namespace daftar::internal
