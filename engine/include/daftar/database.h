// The database: open it, write batches, read records, ask queries.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "daftar/aggregate.h"
#include "daftar/as_of.h"
#include "daftar/audit.h"
#include "daftar/cursor.h"
#include "daftar/ids.h"
#include "daftar/import.h"
#include "daftar/maintenance.h"
#include "daftar/migration.h"
#include "daftar/near.h"
#include "daftar/options.h"
#include "daftar/prepared_query.h"
#include "daftar/query.h"
#include "daftar/read_view.h"
#include "daftar/record.h"
#include "daftar/rules.h"
#include "daftar/schema.h"
#include "daftar/schema_change.h"
#include "daftar/search.h"
#include "daftar/transaction.h"
#include "daftar/value.h"

namespace daftar {

namespace internal {
class DatabaseState;
class BatchState;
struct TypedAccess;
}  // namespace internal

class SqlConnection;

// Changes that are written together or not at all. Made by Database::NewBatch.
// Every record is checked against the schema when it is added; what the database holds is looked at
// only when the batch is committed. Thread safety: none.
class Batch {
 public:
  Batch(Batch&&) noexcept;
  Batch& operator=(Batch&&) noexcept;
  ~Batch();

  // Adds a record given as a JSON object. Errors: NotFound for the table; InvalidArgument naming
  // field, value and remedy; the batch is then unchanged.
  absl::Status Put(std::string_view table, std::string_view json,
                   WriteIntent intent = WriteIntent::kUpsert);
  // Deletes a record, which must exist at commit. Errors: NotFound for the table; InvalidArgument
  // when the key does not fit.
  absl::Status Delete(std::string_view table, const Key& key);
  // How many changes the batch holds.
  size_t size() const;

 private:
  friend class Database;
  friend struct internal::TypedAccess;
  explicit Batch(std::unique_ptr<internal::BatchState> state);
  std::unique_ptr<internal::BatchState> state_;
};

// An open database. One process may have it open for writing.
// Thread safety: all methods may be called from many threads; commits take turns.
class Database {
 public:
  // Makes a database in `directory`, which must not hold one. Errors: AlreadyExists;
  // InvalidArgument or NotFound for the schema; those of Open.
  static absl::StatusOr<std::unique_ptr<Database>> Create(const std::filesystem::path& directory,
                                                          const SchemaFile& schema,
                                                          const OpenOptions& options = {});
  // Opens the database in `directory`; with create_if_missing an absent one is made with the
  // registry schema. Errors: NotFound when absent; FailedPrecondition when another process holds
  // it or its format is newer than this library; DataLoss when its files are damaged.
  static absl::StatusOr<std::unique_ptr<Database>> Open(const std::filesystem::path& directory,
                                                        const OpenOptions& options = {});
  // Brings the database in `directory`, which nobody may have open, to the format of this library;
  // gives the format that it had. See docs/format.md. It happens in whole or not at all. Errors:
  // those of Open.
  static absl::StatusOr<uint32_t> Upgrade(const std::filesystem::path& directory,
                                          const CommitOptions& commit = {});
  // Looks whether the database in `directory` is whole and, unless it is a dry run, makes it so
  // again with what is left. See daftar/maintenance.h. Errors: NotFound; FailedPrecondition when
  // another process has it open; DataLoss when nothing consistent is left; Unavailable,
  // ResourceExhausted.
  static absl::StatusOr<RecoveryReport> Recover(const std::filesystem::path& directory,
                                                const RecoveryOptions& options = {});
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // The newest state. Cheap; waits for nobody.
  ReadView View() const;
  // The state at an earlier moment. Everything that reads takes such a view: records, queries,
  // counts. Errors: InvalidArgument for a commit that is yet to come; DataLoss, Unavailable. A
  // table whose history does not reach back that far is refused with FailedPrecondition when it is
  // read.
  absl::StatusOr<ReadView> View(const AsOf& moment) const;

  // The record under a key. Errors: NotFound when there is none, or no such table;
  // InvalidArgument when the key does not fit; DataLoss when the record does not verify.
  absl::StatusOr<Record> Get(std::string_view table, const Key& key) const;
  absl::StatusOr<Record> Get(const ReadView& view, std::string_view table, const Key& key) const;
  // The same, where an absent record is an answer and not an error.
  absl::StatusOr<std::optional<Record>> Find(std::string_view table, const Key& key) const;
  absl::StatusOr<std::optional<Record>> Find(const ReadView& view, std::string_view table,
                                             const Key& key) const;

  Batch NewBatch() const;
  // Writes all of `batch` or nothing, and gives the commit's version; a batch that changes nothing
  // gives the last commit's. Commits that wait at the same time share one sync of the disk.
  // Errors: AlreadyExists when an insert finds a record or a unique index another one; NotFound
  // when an update or delete finds none; InvalidArgument when the statement is malformed or a table
  // requires more of it; Aborted when the schema changed since NewBatch; FailedPrecondition when
  // the database is read-only or an earlier write failed; ResourceExhausted when the disk is full.
  absl::StatusOr<CommitVersion> Commit(Batch batch, const CommitOptions& options = {});
  // Batches of one.
  absl::Status Put(std::string_view table, std::string_view json,
                   WriteIntent intent = WriteIntent::kUpsert, const CommitOptions& options = {});
  absl::Status Delete(std::string_view table, const Key& key, const CommitOptions& options = {});

  // Begins a transaction on the newest state. Errors: FailedPrecondition when the database is open
  // for reading only.
  absl::StatusOr<Transaction> Begin(const TransactionLimits& limits = {});
  // Runs `body` in a transaction and commits it; when that is Aborted, does so again, with a fresh
  // transaction, attempts_max times in all. Gives the version. The body must have no effects of its
  // own that do harm when repeated. Errors: those of `body`, as they are: nothing is committed
  // then; those of Transaction::Commit.
  absl::StatusOr<CommitVersion> Transact(absl::FunctionRef<absl::Status(Transaction&)> body,
                                         const TransactOptions& options = {});

  // Plans and starts a query. Errors: NotFound for the table or index; InvalidArgument for a path,
  // operator or value.
  absl::StatusOr<Cursor> Run(const Query& query) const;
  absl::StatusOr<Cursor> Run(const ReadView& view, const Query& query) const;
  // Checks a query that may have parameters, to be run many times. See daftar/prepared_query.h.
  // Errors: as Run; InvalidArgument when the parameters are not numbered 0, 1, 2 and so on.
  absl::StatusOr<PreparedQuery> Prepare(const Query& query) const;

  // How many records meet the conditions of `query`, which must have nothing else. Where the
  // conditions are on what an aggregate's groups are by, its totals are added up, and no record is
  // read; UseIndex() leaves that out. Errors: as Run; ResourceExhausted when a limit is reached.
  absl::StatusOr<CountResult> Count(const Query& query) const;
  absl::StatusOr<CountResult> Count(const ReadView& view, const Query& query) const;

  // Where the record with this key stands among those that meet the conditions of `query`, in its
  // order; nothing when it does not meet them, or there is no such record. The query has conditions
  // and an order and nothing else; what ties is in the order of the primary key. What Count() and
  // Query::Offset() say of what is read holds here, too. Errors: as Count.
  absl::StatusOr<std::optional<RankResult>> Rank(const Query& query, const Key& key) const;
  absl::StatusOr<std::optional<RankResult>> Rank(const ReadView& view, const Query& query,
                                                 const Key& key) const;

  // The records of a table that are near a place, nearest first, by one of its indexes of points
  // ($point). Those without coordinates, or with ones that are no place on the Earth, are in none.
  // Errors: NotFound for the table or index; InvalidArgument for a place or distance that is none,
  // or with neither a distance nor a limit; FailedPrecondition when the index is not whole, or the
  // history of the table does not reach back to the view; DataLoss, Unavailable.
  absl::StatusOr<std::vector<NearRow>> Near(const ReadView& view, std::string_view table,
                                            const Point& centre, const NearOptions& options) const;
  // Where a record is by an index of points, which may be left out as in NearOptions. Errors: as
  // Near; NotFound for the record; FailedPrecondition when it has no place.
  absl::StatusOr<Point> PointOf(const ReadView& view, std::string_view table, const Key& key,
                                std::string_view index = {}) const;

  // Starts to read the groups of an aggregate. Errors: NotFound for the table or aggregate;
  // InvalidArgument when the values of `group` do not fit; FailedPrecondition when the history of
  // the table does not reach back to the view.
  absl::StatusOr<AggregateCursor> Aggregate(const AggregateQuery& query) const;
  absl::StatusOr<AggregateCursor> Aggregate(const ReadView& view,
                                            const AggregateQuery& query) const;

  // Finds records by a name or number: names that the schema declares with $search, in any script
  // and spelling, and numbers that are a key or an indexed text. The time that it takes is bounded
  // whatever the text is; what was not looked at then shows in the result. Errors: NotFound for the
  // table; InvalidArgument when the text has no letter or digit or is too long, or for the limit;
  // FailedPrecondition when nothing is declared to be searched, a search index is not whole yet, or
  // the history of a table does not reach back to the view.
  absl::StatusOr<SearchResult> Search(const SearchQuery& query) const;
  absl::StatusOr<SearchResult> Search(const ReadView& view, const SearchQuery& query) const;

  // All versions of a record that are kept, the oldest first, each with its commit and what changed
  // by it, dates in `calendar`; up to a moment when one is given. Empty when there never was one.
  // Errors: NotFound for
  // the table; InvalidArgument when the key does not fit; DataLoss.
  absl::StatusOr<std::vector<RecordVersion>> History(
      std::string_view table, const Key& key, const std::optional<AsOf>& until = std::nullopt,
      Calendar calendar = Calendar::kGregorian) const;
  // The commits after `after`, which may be zero for all of them.
  ChangeFeed Changes(CommitVersion after) const;
  // Gives every record that is not the same at the two moments to `visit`, table by table in the
  // order of their keys; only those of `table` when it is not empty. `to` may be the earlier one.
  // Dates in what changed are in `calendar`.
  // Errors: NotFound for the table; those of View(AsOf); what `visit` returns.
  absl::Status Diff(const AsOf& from, const AsOf& to, std::string_view table,
                    absl::FunctionRef<absl::Status(const RecordDifference&)> visit,
                    Calendar calendar = Calendar::kGregorian) const;

  // Of a database that follows the process which writes: takes in what that has committed since.
  // Views made before stay as they are. Errors: FailedPrecondition when it was not opened with
  // `follow`; Unavailable: call it again; DataLoss.
  absl::Status CatchUp();
  // How far what is seen here is behind what was made durable by now: nothing, in the process that
  // writes. Errors: DataLoss, Unavailable.
  absl::StatusOr<ReaderLag> Lag() const;

  // Brings in a file of rows, in whole or not at all; see daftar/import.h.
  absl::StatusOr<ImportReport> Import(std::string_view table, const std::filesystem::path& file,
                                      const ImportOptions& options);

  // The names of all tables, in the order of the schema.
  std::vector<std::string> TableNames() const;
  // All tables with their keys, fields and indexes. Errors: DataLoss.
  absl::StatusOr<std::vector<TableInfo>> DescribeSchema() const;
  // One of them. Errors: NotFound.
  absl::StatusOr<TableInfo> DescribeTable(std::string_view table) const;
  // Counts by reading everything. Errors: DataLoss, Unavailable.
  absl::StatusOr<DatabaseStats> Stats() const;
  // The same of an earlier state; sizes of files and memory are today's.
  absl::StatusOr<DatabaseStats> Stats(const ReadView& view) const;
  // Shows that records, indexes, history and journal say the same. A repair needs a database open
  // for writing and holds up other writers. Errors: Unavailable; FailedPrecondition; damage that
  // was found is in the report and not an error.
  absl::StatusOr<VerifyReport> Verify(const VerifyOptions& options = {});
  // Counts entries and distinct values of indexes, with histograms, and stores that with a commit:
  // from then on queries are planned by estimated costs. No answer depends on it. Reads everything
  // once and holds up nobody. Errors: NotFound for the table; InvalidArgument for the statement;
  // FailedPrecondition when the database is open for reading only; DataLoss, Unavailable,
  // ResourceExhausted.
  absl::StatusOr<AnalyzeReport> Analyze(const AnalyzeOptions& options = {});
  // Runs the rules of the schema over every record there is and lists what breaks them: rules bind
  // commits, but records may be older than a rule. Others write meanwhile. Errors: InvalidArgument
  // for a table or rule that is not there; FailedPrecondition when a history does not reach back to
  // the view; DataLoss, Unavailable, ResourceExhausted.
  absl::StatusOr<AuditReport> Audit(const AuditOptions& options = {}) const;
  absl::StatusOr<AuditReport> Audit(const ReadView& view, const AuditOptions& options = {}) const;
  // The same with the rules of another schema, as ApplySchema would take it, which changes nothing.
  // Errors: also FailedPrecondition when the records do not fit it; those of CheckSchemaChange.
  absl::StatusOr<AuditReport> AuditAgainst(const SchemaFile& schema,
                                           const AuditOptions& options = {}) const;
  // Whether an act of a lifecycle is possible on a record, and if not, why: as if the commit that
  // `options` state did nothing but put the record into the state that the act leads to. `on` is
  // the day of the act; nothing: today (UTC). What the act must fill in is named as an obstacle.
  // Errors: NotFound for table, record or act; InvalidArgument when the key does not fit;
  // AlreadyExists when a unique index stands against it; DataLoss.
  absl::StatusOr<MayAnswer> May(std::string_view table, const Key& key, std::string_view act,
                                const CommitOptions& options = {},
                                std::optional<Date> on = std::nullopt) const;

  // Gives the database another schema: judges the change by docs/evolution.md, makes the schema the
  // one in force with one commit, and then builds the indexes and counts the aggregates that are
  // new or changed, one table after the other. Others read and write meanwhile; what they commit
  // has entries in the new indexes from the start, but no query uses an index before it is whole,
  // history included. A unique index is enforced from the start on what is written, as far as it is
  // built; records that already share values are listed, and until they no longer do and
  // ApplySchema is called again it is not used. An aggregate can be asked as of the commit that
  // makes it readable, and later. What a call that was stopped, or a process that ended, has left
  // to do, the next call with the same schema does; nobody has to wait for it. Open transactions
  // and batches of the schema before are Aborted when they commit. Memory: bounded, whatever the
  // size of the table. Where stored texts become $json (rule 33), all versions of their records are
  // looked at before the schema is put in force.
  // Errors: FailedPrecondition naming the findings when the verdict is forbidden or asks for
  // another migration, naming record, field and value when a text is not JSON, and when the
  // database is open for reading only; InvalidArgument or NotFound for the schema or the statement;
  // DataLoss, Unavailable, ResourceExhausted. One call at a time; further ones wait.
  // Durability: the change of schema is synced; entries are buffered until an index is whole.
  absl::StatusOr<SchemaChangeReport> ApplySchema(const SchemaFile& schema,
                                                 const SchemaChangeOptions& options = {});
  // Changes every record of a table by SQL, a batch to a commit, in the order of their keys, while
  // others read and write: an UPDATE of the table for any number of records and with bounded
  // memory. Fills a new field from old ones, where a type or meaning has to change:
  // docs/evolution.md.
  //
  // A name stands for one migration for good. The first call begins it. Every record that was there
  // then, and has been there ever since, is changed exactly once, also when others change it
  // meanwhile; one that came later is not, nor one that came back after it was deleted, nor one
  // that got another key. What a call that was stopped, or a process that ended at any moment, has
  // left to do, the next call with the same definition does; once all is done, it does nothing.
  //
  // Each batch is a transaction like any other: rules, what the table requires of a statement, and
  // the history hold for it, and it is begun anew when what it read has changed. A record that an
  // expression fails on, or whose new value does not fit or is refused by a rule, ends the call; of
  // its batch nothing is written, and the next call begins with it. Records are looked at anew
  // when a batch is begun anew, so that expressions must have no effects of their own.
  // Errors: NotFound for the table or a field; InvalidArgument for a definition that is none, a key
  // that is to be set, the statement, and for a record, naming key, field, value and cause, as also
  // AlreadyExists and FailedPrecondition do where a unique index or a rule refuses; it also when
  // the name stands for another definition or for a migration that was abandoned, also meanwhile,
  // when the history that tells what was there was removed, and when the database is open for
  // reading only; DataLoss, Unavailable, ResourceExhausted.
  // One call at a time; further ones wait. Durability: as the options say, of each commit; what a
  // power loss takes back is done once more by the next call.
  absl::StatusOr<MigrationReport> Migrate(const MigrationDefinition& definition,
                                          const MigrationOptions& options = {});
  // Gives up a migration that was begun and is not finished, for good, with one commit. Records
  // that it has changed stay changed, the others as they are, and history does not wait for it any
  // more. Its name stands for it and its definition as before: Migrate refuses it, and another
  // migration needs another name. A call of Migrate that is under way ends with an error; none of
  // its batches is committed after the abandoning. Done once more, it does nothing and says so.
  // Errors: NotFound when none of this name was begun; FailedPrecondition when it is finished, and
  // when the database is open for reading only; InvalidArgument for the statement, which is as the
  // table requires it; DataLoss, Unavailable, ResourceExhausted. Waits for no other call.
  // Durability: as the options say.
  absl::StatusOr<AbandonReport> AbandonMigration(std::string_view name,
                                                 const CommitOptions& options = {});
  // All migrations that were begun, by their names. Errors: DataLoss, Unavailable.
  absl::StatusOr<std::vector<MigrationInfo>> Migrations() const;
  // Removes old versions that need not be kept any longer: those older than the historyDays of
  // their table, or than a given moment. Earlier states of these tables are refused from then on;
  // what can still be asked for is answered as before. A commit says so first. What a call that
  // failed has left behind, the next one removes. What a migration that is under way goes by
  // stays, whatever historyDays says. Errors: NotFound for the table; InvalidArgument for a commit
  // that is yet to come, and for the statement; FailedPrecondition when the database is open for
  // reading only, and when such a migration needs what is to go; DataLoss, Unavailable,
  // ResourceExhausted.
  absl::StatusOr<PruneReport> PruneHistory(const PruneOptions& options = {});

 private:
  friend class SqlConnection;
  friend struct internal::TypedAccess;
  explicit Database(std::unique_ptr<internal::DatabaseState> state);
  std::unique_ptr<internal::DatabaseState> state_;
};

}  // namespace daftar
