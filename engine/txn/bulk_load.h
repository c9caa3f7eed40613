// Writes any number of records as one commit in bounded memory: records, index entries, groups,
// what they replace and the journal entry are sorted on disk and enter the store in one step.
#pragma once

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
#include "journal/entry_writer.h"
#include "record/message.h"
#include "storage/external_sorter.h"
#include "txn/bulk_rules.h"
#include "txn/core.h"
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

// One load into one table, by one thread. Other commits wait from construction to destruction.
// Destroyed unfinished, it leaves the database as it was.
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
  absl::Status Add(std::span<const record::Message> records, uint64_t line);

  struct Result {
    CommitVersion version;         // the new commit, or the last one when nothing changed
    uint64_t records_changed = 0;  // new or different from what was there
  };
  // Writes everything as one commit. When one key was upserted twice the later line wins. Errors:
  // AlreadyExists naming lines or records that share a key or unique values; those of
  // CheckStatement and storage::BulkWriter. Durability: synced.
  absl::StatusOr<Result> Finish();

 private:
  // What one line would add to `seen_`: record keys and tuples of unique indexes. Their prefixes
  // keep the two kinds apart.
  using NewKeys = std::vector<std::string>;

  absl::Status CheckSchema() const;
  absl::Status CheckNewKey(std::string_view key, NewKeys* fresh) const;
  absl::Status CheckNewUnique(const record::Message& record, std::string_view primary_key,
                              NewKeys* fresh) const;
  absl::Status CheckRules(std::string_view key, const record::Message& record, uint64_t line);
  absl::Status CheckUnseen(std::string_view key, std::string_view what, NewKeys* fresh) const;
  void Remember(NewKeys fresh, uint64_t line);
  absl::Status WriteRecords(storage::BulkWriter* writer, journal::EntryWriter* entry,
                            Result* result);
  absl::Status WriteRecord(std::string_view key, std::string_view message,
                           storage::BulkWriter* writer, journal::EntryWriter* entry,
                           Result* result);
  absl::Status AddEntryChanges(std::string_view primary_key, const record::Message* before,
                               const record::Message& after);
  absl::Status AddGroupChanges(const record::Message* before, const record::Message& after);
  absl::Status WriteEntries(storage::BulkWriter* writer);
  absl::Status WriteGroups(storage::BulkWriter* writer);
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
  // Keys met so far and the lines they came from.
  absl::flat_hash_map<std::string, uint64_t> seen_;
  size_t seen_bytes_ = 0;
  storage::ExternalSorter records_;
  storage::ExternalSorter entries_;
  GroupSorter groups_;
  std::optional<BulkRules> rules_;  // nothing: the table has none
  storage::ExternalSorter tail_;    // history and journal, whose keys come after all others
};

}  // namespace daftar::txn
