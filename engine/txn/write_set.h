// The changes of one commit, worked out before anything is written.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "catalog/catalog.h"
#include "daftar/options.h"
#include "index/entries.h"
#include "record/message.h"
#include "storage/store.h"

namespace daftar::txn {

// One record to write or delete. Lifetime: `table` belongs to the catalog of the commit.
struct RecordWrite {
  const catalog::TableDef* table = nullptr;
  codec::EncodedKey key;
  std::optional<record::Message> record;  // absent: delete
  WriteIntent intent = WriteIntent::kUpsert;
};

// Applies record writes to the state of the store plus the writes before them, and gathers the
// resulting changes of records and index entries. Thread safety: none.
class WriteSet {
 public:
  // Lifetime: `store` must outlive the set. The store must not change until the set is written.
  WriteSet(const storage::Store* store, SchemaVersion schema, CommitVersion version)
      : store_(store), schema_(schema), version_(version) {}

  // Errors: AlreadyExists when an insert finds a record; NotFound when an update or delete finds
  // none; InvalidArgument; ResourceExhausted; DataLoss. After an error the set must be dropped.
  absl::Status Apply(const RecordWrite& write);

  // Checks unique indexes over everything applied: only the final state counts, so that two records
  // may exchange their values. Errors: AlreadyExists naming index, values and the other record.
  absl::Status CheckUnique() const;

  // Appends the changes to `batch`, in key order.
  void AppendTo(storage::Batch* batch) const;

 private:
  struct UniqueCheck {
    const catalog::TableDef* table;
    const catalog::IndexDef* index;
    std::string entry_key;
    size_t tuple_bytes;
  };

  // The record at `key` as this set sees it.
  absl::StatusOr<std::optional<record::Message>> Current(const RecordWrite& write) const;
  absl::Status UpdateIndexes(const RecordWrite& write, const record::Message* before);
  absl::StatusOr<std::optional<std::string>> FindClash(const UniqueCheck& check) const;

  const storage::Store* store_;
  SchemaVersion schema_;
  CommitVersion version_;
  // Key to new value, or to nothing when deleted.
  std::map<std::string, std::optional<std::string>, std::less<>> changes_;
  std::vector<UniqueCheck> unique_checks_;
};

// Reads what a record key holds. Errors: DataLoss.
absl::StatusOr<std::optional<record::Message>> ReadRecord(const storage::Store& store,
                                                          const catalog::TableDef& table,
                                                          const codec::EncodedKey& key,
                                                          const storage::ReadOptions& options);

// The message in a stored value. Errors: DataLoss, FailedPrecondition.
absl::StatusOr<record::Message> DecodeRecord(const catalog::TableDef& table, std::string_view key,
                                             std::string_view value);

// A record's primary key as people read it: "IRZBR, 12". For messages; never fails.
std::string DescribeKey(const catalog::TableDef& table, std::string_view primary_key);

}  // namespace daftar::txn
