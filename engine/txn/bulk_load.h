// Writes any number of records as one commit in bounded memory: records, index entries, groups,
// what they replace and the journal entry are sorted on disk and enter the store in one step.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "catalog/catalog.h"
#include "daftar/options.h"
#include "index/entries.h"
#include "index/groups.h"
#include "journal/entry_writer.h"
#include "journal/hash.h"
#include "record/message.h"
#include "storage/external_sorter.h"
#include "txn/bulk_rules.h"
#include "txn/core.h"
#include "txn/counted_records.h"
#include "txn/group_sorter.h"

namespace daftar::txn {

struct BulkLoadOptions {
  WriteIntent intent = WriteIntent::kInsert;  // kInsert or kUpsert
  std::filesystem::path spill_folder;         // must exist
  size_t sort_bytes_max = size_t{48} << 20;   // for each of the sorts
  // Bytes of keys remembered in order to name both lines of a duplicate at once. Beyond it a
  // duplicate is still found, at Finish.
  size_t remembered_bytes_max = size_t{64} << 20;
  bool dry_run = false;
  CommitOptions commit = {};  // always synced
};

// One record of a load. Lifetime: the message's.
struct BulkRecord {
  const record::Message* message = nullptr;
  journal::Hash hash = {};  // of the message
  // What CheckAhead() said of it; nothing: it was not asked.
  std::optional<absl::Status> ahead = std::nullopt;
};

// One load into one table, by one thread but for CheckAhead(). Other commits wait from
// construction to destruction. Destroyed unfinished, it leaves the database as it was.
//
// An insert meets nothing that was there before, so that the index entries of a record are known as
// soon as it is added: they are worked out once, and at Finish() they are sorted and written by a
// thread of their own, beside the records. What an upsert replaces is only known when the records
// are sorted, and the entries come after them.
class BulkLoad {
 public:
  // When `table` does not belong to the schema in force any more, all calls are Aborted. Lifetime:
  // `core` and `table` outlive the load.
  BulkLoad(Core* core, const catalog::TableDef* table, BulkLoadOptions options);
  ~BulkLoad();
  BulkLoad(const BulkLoad&) = delete;
  BulkLoad& operator=(const BulkLoad&) = delete;

  // Adds the records that one line of input gave, all or none; `line` names them in messages.
  // Errors: InvalidArgument when a key field is not set; AlreadyExists when an insert meets its key
  // or unique values in the database or in an earlier record: the line is then left out and the
  // load may go on. After any other error it may not.
  absl::Status Add(std::span<const BulkRecord> records, uint64_t line);

  // Those rules of which only the record itself and other tables must be known. It may be called
  // beside Add(), by one other thread, for records that come later; Add() asks itself where it was
  // not asked, and then no other thread may. Errors: those of BulkRules; InvalidArgument as Add().
  absl::Status CheckAhead(const record::Message& record);

  struct Result {
    CommitVersion version;         // the new commit, or the last one when nothing changed
    uint64_t records_changed = 0;  // new or different from what was there
  };
  // Writes everything as one commit. When one key was upserted twice the later line wins. Errors:
  // AlreadyExists naming lines or records that share a key or unique values; those of
  // CheckStatement and storage::BulkWriter. Durability: synced.
  absl::StatusOr<Result> Finish();

 private:
  // An index of the table, and its entries or the changes to them, whose keys lack the prefix.
  struct IndexPart {
    const catalog::IndexDef* index;
    std::string prefix;
    bool has_one_entry;  // for each record
    storage::ExternalSorter changes;
  };
  // A record of the line that is being added. It stays for later lines, so that its memory is used
  // again.
  struct Pending {
    codec::EncodedKey key;
    std::vector<std::vector<index::Entry>> entries;  // parallel to indexes_, of inserts
  };

  bool inserts() const { return options_.intent == WriteIntent::kInsert; }
  absl::Status CheckSchema() const;
  absl::Status Prepare(const record::Message& record, Pending* pending) const;
  absl::Status CheckLine(std::span<const BulkRecord> records, uint64_t line);
  absl::Status CheckNewKey(std::string_view key, uint64_t line);
  absl::Status CheckNewUnique(const Pending& pending, uint64_t line);
  absl::Status CheckRules(const BulkRecord& record, const Pending& pending, uint64_t line);
  // "… has the same <what><index>" when the key was met before. It is remembered.
  absl::Status CheckUnseen(std::string_view key, std::string_view what, std::string_view index,
                           uint64_t line);
  // Forgets what the line that is being added had remembered.
  void ForgetLine();
  // Takes what a checked record adds.
  absl::Status Take(const BulkRecord& record, const Pending& pending, uint64_t line);
  absl::Status TakeGroups(std::string_view key, const record::Message& record);
  // Writes records and entries, at the same time if they are inserts.
  absl::Status WriteAll(storage::BulkWriter* writer, journal::EntryWriter* entry, Result* result);
  absl::Status WriteRecords(storage::BulkWriter* writer, journal::EntryWriter* entry,
                            Result* result);
  absl::Status WriteRecord(std::string_view key, std::string_view value,
                           storage::BulkWriter* writer, journal::EntryWriter* entry,
                           Result* result);
  // What an upsert replaces; false when it changes nothing.
  absl::StatusOr<bool> TakeChange(std::string_view key, std::string_view message);
  absl::Status AddEntryChanges(std::string_view primary_key, const record::Message* before,
                               const record::Message& after);
  absl::Status AddEntryChange(bool added, bool replaces, const index::Entry& entry,
                              IndexPart* part);
  absl::Status AddGroupChanges(std::string_view key, const record::Message* before,
                               const record::Message& after);
  absl::Status WriteEntries(storage::BulkWriter* writer);
  absl::Status WriteIndex(IndexPart* part, storage::BulkWriter* writer);
  absl::Status WriteGroups(storage::BulkWriter* writer);
  // Whether what the group at `key` was goes to the history.
  bool HasPast(std::string_view key) const;
  // What the entry at `key` was goes to the history.
  absl::Status KeepEntry(std::string_view key);
  absl::Status WriteTail(storage::BulkWriter* writer);
  void Publish(const journal::EntryHead& head) ABSL_NO_THREAD_SAFETY_ANALYSIS;

  Core* const core_;
  const WriteLock lock_;
  const catalog::TableDef* const table_;
  const BulkLoadOptions options_;
  const std::string prefix_;
  bool is_current_ = false;  // the table belongs to the schema in force
  bool table_is_empty_ = false;
  DatabaseEnd end_;  // before the load
  Header next_;      // after it
  int64_t time_ = 0;
  // Keys met so far and the lines they came from: record keys and tuples of unique indexes, whose
  // prefixes keep the two kinds apart.
  storage::SortArena seen_keys_;
  absl::flat_hash_map<std::string_view, uint64_t> seen_;  // into seen_keys_
  size_t seen_bytes_ = 0;
  std::vector<std::string_view> fresh_;  // of the line that is being added, into pending_
  std::vector<Pending> pending_;
  // Memory that is used again.
  std::string value_;
  std::string change_;
  journal::Change journal_change_;
  index::Entry group_;
  index::GroupTotals totals_;

  storage::ExternalSorter records_;
  std::vector<IndexPart> indexes_;  // parallel to the table's
  std::atomic<bool> records_failed_ = false;
  CountedRecords counted_;  // before the load
  GroupSorter groups_;
  std::optional<BulkRules> rules_;  // nothing: the table has none
  storage::ExternalSorter tail_;    // history and journal, whose keys come after all others
};

}  // namespace daftar::txn
