// Transactions: several reads and writes that happen as one, at one moment.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "daftar/aggregate.h"
#include "daftar/cursor.h"
#include "daftar/ids.h"
#include "daftar/options.h"
#include "daftar/query.h"
#include "daftar/read_view.h"
#include "daftar/record.h"
#include "daftar/search.h"

namespace daftar {

namespace internal {
class TransactionState;
}  // namespace internal

// Reads the state in which it was begun and its own writes; nobody else sees these before the
// commit. Strictly serializable: it commits only when everything that it read - records, absent
// records, and the stretches of indexes that its queries went through - is still so, as if it had
// run alone at that moment. Otherwise Commit is Aborted and nothing is written; Database::Transact
// begins again by itself. Readers and writers never wait for each other.
//
// Rolled back when it is destroyed unfinished. Lifetime: must end before its database.
// Thread safety: none; different transactions may run in different threads.
class Transaction {
 public:
  Transaction(Transaction&&) noexcept;
  Transaction& operator=(Transaction&&) noexcept;
  ~Transaction();

  // The newest commit that it sees.
  CommitVersion begun_at() const;

  // As Database::Get, Find and Run. Errors of all three: also Aborted when the transaction was idle
  // for longer than its limit, ResourceExhausted when it has read too much, and FailedPrecondition
  // when it is finished. A cursor shows the writes made before it, not those made meanwhile.
  absl::StatusOr<Record> Get(std::string_view table, const Key& key);
  absl::StatusOr<std::optional<Record>> Find(std::string_view table, const Key& key);
  absl::StatusOr<Cursor> Run(const Query& query);
  // As Database::Count, with its own writes; errors as above.
  absl::StatusOr<CountResult> Count(const Query& query);
  // As Database::Aggregate, with its own writes; errors as above. Only who reads a group is
  // disturbed by others that write records of it: writing records never is, whatever groups they
  // are in.
  absl::StatusOr<AggregateCursor> Aggregate(const AggregateQuery& query);
  // As Database::Search, with its own writes; errors as above. It depends on all candidates that
  // were read, so that writing names like these disturbs it: search the snapshot() where that need
  // not be.
  absl::StatusOr<SearchResult> Search(const SearchQuery& query);
  // The state in which it was begun, without its writes. What is read there is not checked at the
  // commit: for reports that need not hold until then.
  ReadView snapshot() const;

  // Writes a record given as a JSON object, or deletes one. An insert, update or delete looks
  // whether the key is taken, now and again at the commit; an upsert does not look. Errors: as
  // Batch::Put and Delete; AlreadyExists, NotFound by the state that the transaction sees. The
  // transaction may go on as if the call had not been made. ResourceExhausted when it writes more
  // than its limit.
  absl::Status Put(std::string_view table, std::string_view json,
                   WriteIntent intent = WriteIntent::kUpsert);
  absl::Status Delete(std::string_view table, const Key& key);

  // A place to go back to. Savepoints nest: going back to one forgets those made after it.
  class Savepoint {
    friend class Transaction;
    Savepoint(size_t writes, uint64_t last) : writes_(writes), last_(last) {}
    size_t writes_;
    uint64_t last_;
  };
  Savepoint MakeSavepoint() const;
  // Takes back all writes since the savepoint, which stays. Errors: InvalidArgument when going back
  // further has forgotten it.
  absl::Status RollbackTo(const Savepoint& savepoint);

  // Writes everything or nothing, and gives the version; a transaction that changes nothing gives
  // that of the newest commit it saw. Errors: Aborted: begin again; AlreadyExists when a unique
  // index has the values by now; those of Database::Commit.
  [[nodiscard]] absl::StatusOr<CommitVersion> Commit(const CommitOptions& options = {}) &&;

 private:
  friend class Database;
  friend struct internal::TypedAccess;
  explicit Transaction(std::unique_ptr<internal::TransactionState> state);
  std::unique_ptr<internal::TransactionState> state_;
};

}  // namespace daftar
