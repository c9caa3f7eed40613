// The one path by which anything is read from or written to an open database.
#pragma once

#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "catalog/catalog.h"
#include "daftar/options.h"
#include "storage/store.h"
#include "txn/header.h"
#include "txn/write_set.h"

namespace daftar::txn {

// A consistent state to read from. Lifetime: must end before its Core. Thread safety: may be
// shared.
struct ReadView {
  const storage::Store* store = nullptr;
  std::shared_ptr<const storage::Snapshot> snapshot;  // shared by the cursors that read from it
  std::shared_ptr<const catalog::Catalog> catalog;
  CommitVersion version;

  storage::ReadOptions read_options() const { return {snapshot.get(), true}; }
  storage::IterateOptions iterate_options(bool reverse = false) const {
    return {snapshot.get(), reverse, true};
  }
};

// Thread safety: all methods may be called from many threads; commits take turns.
class Core {
 public:
  // Opens a store that holds a database. Errors: NotFound when the store is empty; DataLoss;
  // FailedPrecondition when the format is newer.
  static absl::StatusOr<std::unique_ptr<Core>> Open(std::unique_ptr<storage::Store> store);
  // Makes a database in an empty store. Errors: AlreadyExists when the store holds anything.
  static absl::StatusOr<std::unique_ptr<Core>> Create(std::unique_ptr<storage::Store> store,
                                                      catalog::Catalog catalog);

  absl::StatusOr<ReadView> View() const;

  // Applies all of `writes` or none, and gives the new commit's version, or the last one when
  // nothing changed. `catalog` is the one the writes were made with.
  // Errors: those of WriteSet; Aborted when the schema has changed since; those of Store::Write.
  // Durability: as asked; the commit is visible to others only once it is written.
  absl::StatusOr<CommitVersion> Commit(const catalog::Catalog& catalog,
                                       const std::vector<RecordWrite>& writes,
                                       Durability durability);

  std::shared_ptr<const catalog::Catalog> catalog() const;
  storage::Store& store() { return *store_; }
  const storage::Store& store() const { return *store_; }

  // Held by whoever writes to the store outside Commit (bulk load, repair).
  absl::Mutex& write_mutex() ABSL_LOCK_RETURNED(write_mutex_) { return write_mutex_; }
  // The header as the next commit will find it. Requires the write mutex.
  Header header() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(write_mutex_) { return header_; }
  // Takes note of a header that was written outside Commit. Requires the write mutex.
  void set_header(const Header& header) ABSL_EXCLUSIVE_LOCKS_REQUIRED(write_mutex_) {
    header_ = header;
  }

 private:
  Core(std::unique_ptr<storage::Store> store, Header header,
       std::shared_ptr<const catalog::Catalog> catalog);

  const std::unique_ptr<storage::Store> store_;
  absl::Mutex write_mutex_;
  Header header_ ABSL_GUARDED_BY(write_mutex_);
  const std::shared_ptr<const catalog::Catalog> catalog_;
};

}  // namespace daftar::txn
