// The changes of one commit, worked out before anything is written.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "catalog/catalog.h"
#include "daftar/options.h"
#include "index/entries.h"
#include "index/groups.h"
#include "index/stored_record.h"
#include "journal/entry.h"
#include "record/message.h"
#include "rules/context.h"
#include "storage/arena_map.h"
#include "storage/overlay.h"
#include "txn/counted_records.h"
#include "txn/read_ahead.h"
#include "txn/read_set.h"

namespace daftar::txn {

// One record to write or delete. Lifetime: `table` belongs to the catalog of the commit.
struct RecordWrite {
  const catalog::TableDef* table = nullptr;
  codec::EncodedKey key;
  std::optional<record::Message> record;  // absent: delete
  WriteIntent intent = WriteIntent::kUpsert;
};

// Applies record writes to a state plus the writes before them, and gathers the resulting changes
// of records and index entries. Thread safety: none, but that ReadBase() may be called while
// another thread calls ApplyTo(), and MakeBatch() while one calls CheckRules().
//
// What the writes add to groups of aggregates is kept beside: whatever other commits add meanwhile,
// it stays right, so that commits never disturb each other there. Only when the commit's turn comes
// is it added to what the groups then hold.
//
// Values are encoded as if commit `version` wrote them. Which commit it will be is known only when
// its turn comes: Stamp() then writes the right one into them, which is far cheaper than working
// the changes out anew.
class WriteSet {
 public:
  WriteSet(std::shared_ptr<const storage::Reader> base, SchemaVersion schema, CommitVersion version)
      : base_(std::move(base)),
        schema_(schema),
        version_(version),
        counted_(base_),
        records_read_(base_) {}

  // Errors: AlreadyExists when an insert finds a record; NotFound when an update or delete finds
  // none; InvalidArgument; ResourceExhausted; DataLoss. After an error the set is as before.
  absl::Status Apply(const RecordWrite& write);

  // What the set sees at the key of a record. It is kept for Apply(): who changes a record has read
  // it just before. `next`: as ReadAhead::Read. Errors: DataLoss, Unavailable.
  absl::StatusOr<std::optional<std::string>> Read(std::string_view key,
                                                  std::span<const std::string> next = {});

  // The same of a key that nothing was written to. Errors: as Read().
  absl::StatusOr<std::optional<std::string>> ReadBase(std::string_view key,
                                                      std::span<const std::string> next = {}) {
    return records_read_.Read(key, next);
  }
  // Apply() to what Read() gives at the key.
  absl::Status ApplyTo(const std::optional<std::string>& stored, const RecordWrite& write);

  // Drops changes that end where they began, and checks unique indexes: only the final state
  // counts, so that two records may exchange their values. Call it after the last write. Errors:
  // AlreadyExists naming index, values and the other record; DataLoss, Unavailable.
  absl::Status Finish();

  // Whether the rules of the schema allow what the commit makes of its records. `time` is that of
  // the commit. What they read of the base counts among the guards. Requires: Finish(). Errors:
  // FailedPrecondition naming rule, record and remedy; DataLoss, Unavailable.
  absl::Status CheckRules(const catalog::Catalog& catalog, const CommitOptions& options,
                          int64_t time);

  // Adds everything of the base that the changes follow from: when a later commit writes none of
  // it, they are right for the state after that commit, too.
  void AddGuards(ReadSet* guards) const;

  // Whether nothing changes. Requires: Finish().
  bool empty() const { return changes_->empty(); }
  // The changes so far. They do not change any more: a later Apply works on a copy.
  std::shared_ptr<const storage::PendingChanges> changes() const { return changes_; }
  // Bytes of keys and values held.
  size_t bytes() const { return bytes_; }
  // The tables of the records that change. Requires: Finish().
  std::vector<const catalog::TableDef*> tables() const;

  // Adds to changes() what the groups hold in the base with the writes so far, for the
  // transaction's own reads. Errors: those of ChangeGroup; Unavailable.
  absl::Status ShowGroups();

  // Makes ahead what AppendTo() will append, groups left out, if the changes are so many that
  // another thread should. It is of use when the version does not change. Requires: Finish().
  bool IsLarge() const;
  void MakeBatch();

  // Makes `version` the commit that writes the changes. Requires: Finish().
  void Stamp(CommitVersion version);
  // Works out what the groups hold after the commit; `newest` is the state that it follows.
  // Requires: Stamp(). Errors: as ShowGroups.
  absl::Status SettleGroups(const storage::Reader& newest);
  // Appends the changes to `batch`, and to the history what they replace; gives the bytes of that.
  // Call it once. Requires: SettleGroups().
  size_t AppendTo(storage::Batch* batch);
  // Appends the commit's journal entry. Requires: Stamp(). Errors: those of EntryWriter.
  absl::StatusOr<journal::EntryHead> AppendEntry(const journal::Statement& statement, int64_t time,
                                                 const journal::Hash& previous,
                                                 storage::Batch* batch) const;

 private:
  struct UniqueCheck {
    const catalog::TableDef* table;
    const catalog::IndexDef* index;
    std::string entry_key;
    size_t tuple_bytes;
  };
  struct ChangedRecord {
    const catalog::TableDef* table = nullptr;
    journal::Hash digest = {};  // of what was written last
  };
  struct GroupChange {
    const catalog::AggregateDef* aggregate = nullptr;
    index::GroupTotals totals;
  };
  struct KeyChange {
    std::string key;
    std::optional<std::string> value;
    std::optional<std::string> before;
    bool is_before_known = true;
  };

  absl::Status AddEntryChanges(const RecordWrite& write, const record::Message* before,
                               std::vector<KeyChange>* changes, std::vector<UniqueCheck>* checks);
  absl::Status AddGroupChanges(const RecordWrite& write, const record::Message* before,
                               std::map<std::string, GroupChange>* changes);
  // Reads what the base holds of entries that go or change, all at once and in order, and drops
  // changes that end where they began.
  absl::Status DropUnchanged();
  // Works out what these groups hold; `newest` is the state before the changes.
  absl::Status Settle(const std::vector<std::string_view>& keys, const storage::Reader& newest);
  absl::StatusOr<std::optional<std::string>> FindClash(const UniqueCheck& check) const;
  // Another record that had the values of a unique index earlier, as the primary key.
  absl::StatusOr<std::optional<std::string>> FindFormerHolder(const UniqueCheck& check) const;
  absl::Status CheckForever() const;
  absl::Status CheckRecordRules(const rules::Context& context) const;
  absl::Status CheckUnique() const;
  storage::PendingChanges& Mutable();
  // Lists all changes but those of groups.
  void List();
  size_t AppendList(const storage::ChangeList& list, storage::Batch* batch) const;

  const std::shared_ptr<const storage::Reader> base_;
  const SchemaVersion schema_;
  CommitVersion version_;
  CountedRecords counted_;  // in the base
  std::shared_ptr<storage::PendingChanges> changes_ = std::make_shared<storage::PendingChanges>();
  // Those of records and entries that Finish() has left.
  storage::ChangeList list_;
  // Those of list_, made ahead, and what they replace.
  std::optional<storage::Batch> ahead_;
  size_t ahead_replaced_ = 0;
  size_t bytes_ = 0;
  ReadAhead records_read_;  // of the base
  // Every record key that was written, also in vain.
  storage::ArenaMap<ChangedRecord> records_;
  std::vector<UniqueCheck> unique_checks_;
  std::map<std::string, GroupChange> groups_;
  std::set<std::string> groups_to_show_;  // keys of those that changes_ does not have yet
  // What rules read of the base; null: nothing.
  std::shared_ptr<ReadSet> rule_reads_;
};

using index::DecodeRecord;
using index::DescribeKey;
using index::ReadRecord;

}  // namespace daftar::txn
