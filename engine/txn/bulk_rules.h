// The rules of a table over what a bulk load writes, which is never in memory as a whole: what a
// record breaks by itself is found when its line comes, what several break together when their
// index entries go by in order.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "catalog/catalog.h"
#include "daftar/options.h"
#include "index/entries.h"
#include "record/message.h"
#include "rules/context.h"
#include "storage/external_sorter.h"
#include "storage/store.h"
#include "txn/bulk_references.h"

namespace daftar::txn {

// Errors of all methods: FailedPrecondition naming rule, record and remedy when the load breaks a
// rule; DataLoss, Unavailable. Thread safety: none but where it is said, and that keys may be told
// on one thread and entries on another.
class BulkRules {
 public:
  struct Options {
    const CommitOptions* commit = nullptr;
    int32_t day = 0;       // of the commit
    bool inserts = false;  // no record replaces another
    storage::SorterOptions sorter;
  };

  // Lifetime: `store`, `catalog`, `table` and the commit outlive it, and nobody else writes.
  BulkRules(const storage::Store& store, const catalog::Catalog& catalog,
            const catalog::TableDef& table, Options options);

  // Whether the statement of the load is allowed.
  absl::Status CheckCommit() const;
  // What can be said of a record without the others of the load and, if it is no insert, without
  // what it replaces. One thread may be told of records beside another that calls CheckRecord.
  absl::Status CheckAhead(const record::Message& after);
  // One record of a line, which replaces `before` when there is one; `ahead` is what CheckAhead
  // said of it.
  absl::Status CheckRecord(std::string_view key, const record::Message* before,
                           const record::Message& after, const absl::Status& ahead, uint64_t line);
  // To be called before the first NoteKey.
  absl::Status EndRecords();
  // The keys of the load's records, in order, and the end of them.
  absl::Status NoteKey(std::string_view key);
  absl::Status EndKeys();

  // One entry that the load adds, changes or removes, in order. Nothing else of an index is told.
  // `tuple_bytes` is the part of the key before the primary key.
  absl::Status NoteEntry(const catalog::IndexDef& index, std::string_view key, bool added,
                         std::string_view covered, size_t tuple_bytes);
  absl::Status EndEntries();

 private:
  struct EntryChange {
    std::string key;
    bool added = false;
    std::string covered;
  };
  // A rule over several records, and the group of it whose changes go by.
  struct GroupRule {
    const catalog::ExclusiveDef* exclusive = nullptr;
    const catalog::SumDef* sum = nullptr;
    size_t index = 0;
    size_t by_count = 0;
    std::string group = {};
    std::vector<EntryChange> changes = {};
  };

  absl::Status CheckAlone(std::string_view key, const record::Message* before,
                          const record::Message& after) const;
  // Keeps references to the table itself, whose records may come with later lines.
  absl::Status NoteOwnReferences(std::string_view key, const record::Message& after, uint64_t line);
  // Whether the keys that records of the load refer to and that are less than `key` are in the
  // database; null: all that are left.
  absl::Status CheckTargetsBefore(const std::string_view* key);
  absl::Status CheckGroup(GroupRule* rule);
  absl::Status CheckForever(const catalog::IndexDef& index, std::string_view key,
                            size_t tuple_bytes) const;

  const catalog::TableDef& table_;
  const Options options_;
  const std::shared_ptr<const storage::Reader> state_;  // before the load
  const rules::Context context_;
  std::vector<GroupRule> group_rules_;
  BulkReferences references_;
  // Keys of this table that its records refer to, with line and rule.
  storage::ExternalSorter own_targets_;
  std::unique_ptr<storage::SortedReader> sorted_targets_;
  bool has_target_ = false;  // sorted_targets_ stands on one
};

}  // namespace daftar::txn
