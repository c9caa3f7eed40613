// Reports about a whole database: counts, sizes, and whether it is consistent.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "daftar/as_of.h"
#include "daftar/ids.h"
#include "daftar/options.h"
#include "daftar/value.h"

namespace daftar {

struct IndexStats {
  std::string name;
  uint64_t entries = 0;
};

struct AggregateStats {
  std::string name;
  uint64_t groups = 0;
};

struct TableStats {
  std::string name;
  uint64_t records = 0;
  uint64_t record_bytes = 0;  // keys and values, uncompressed
  std::vector<IndexStats> indexes;
  std::vector<AggregateStats> aggregates;
};

struct DatabaseStats {
  std::vector<TableStats> tables;
  CommitVersion last_commit;  // the newest that is shown
  SchemaVersion schema;
  uint64_t disk_bytes = 0;
  uint64_t memory_bytes = 0;
};

enum class ProblemKind {
  kDamagedRecord,      // a record does not verify; only a backup can bring it back
  kWrongKey,           // a record stands under a key that is not its own
  kMissingEntry,       // a record lacks an index entry
  kExtraEntry,         // an index entry has no record, or not with these values
  kWrongEntry,         // an entry's covered fields are not the record's, or its commit is not
  kUnknownKey,         // a key that belongs to no table or index of the schema
  kDuplicate,          // two records share the values of a unique index
  kDamagedJournal,     // the journal is not whole from this entry on
  kDamagedVersion,     // an old version of a record does not verify
  kMissingVersion,     // a version that the journal knows, old or present, is not there
  kExtraVersion,       // a version is there that the journal does not know
  kWrongVersion,       // a version is another than the journal knows
  kMissingOldEntry,    // an index entry that a record had is not in the history
  kExtraOldEntry,      // an old index entry is one that no record had
  kWrongOldEntry,      // an old entry's covered fields or its commit are not those of its record
  kWrongGroup,         // totals of a group are missing, not those of its records, or too many
  kWrongOldGroup,      // the same of the history
  kDamagedStart,       // where the history of a table begins is damaged, missing or too late
  kDamagedStatistics,  // statistics do not verify; plans do without them, `daftar analyze` again
  kDamagedMigration,   // what is kept of a migration does not verify, or cannot be
};

struct Problem {
  ProblemKind kind = ProblemKind::kDamagedRecord;
  std::string table = {};
  std::string index = {};  // or the aggregate
  std::string key = {};    // the record's primary key, the group, or the raw key in hexadecimal
  std::string message = {};
  bool repaired = false;
  // Of an old version or entry, the commit that ended it; of a journal entry, its own. Else 0.
  CommitVersion commit = {};
};

struct VerifyOptions {
  // Writes what follows from the records: missing, extra and wrong index entries and groups, old
  // ones included.
  bool repair = false;
  // Problems beyond this many are counted but not listed.
  size_t problems_listed_max = 1000;
  // Called now and then with the number of records, versions and entries checked so far.
  std::function<void(uint64_t checked)> progress = nullptr;
};

struct VerifyReport {
  uint64_t records = 0;
  uint64_t entries = 0;       // of indexes, present ones
  uint64_t groups = 0;        // of aggregates, present ones
  uint64_t old_versions = 0;  // of records, from where the history of each table begins
  uint64_t journal_entries = 0;
  uint64_t problems_found = 0;
  uint64_t problems_repaired = 0;
  std::vector<Problem> problems;
  bool clean() const { return problems_found == problems_repaired; }
};

// How far a reader is behind the process that writes.
struct ReaderLag {
  // Commits that are durable and not seen yet. Commits without a sync count once one has followed.
  uint64_t commits = 0;
  // The time between the newest commit that is seen and the newest that is durable.
  std::chrono::microseconds time{0};
};

struct RecoveryOptions {
  // Says what would be kept and lost, and changes nothing.
  bool dry_run = true;
  // What the recovery's own commit states.
  CommitOptions commit = {};
};

// What a recovery found and did. Damaged files are kept in a folder `damaged-N` inside the
// database.
struct RecoveryReport {
  // Why the database does not open as it is; empty when it does, and there is nothing to recover.
  std::string cause;
  // The newest commit that is there with everything before it.
  CommitVersion kept;
  std::optional<Instant> kept_time;
  // The newest commit that was acknowledged as synced, as far as the anchor knows.
  std::optional<CommitVersion> acknowledged;
  // Acknowledged commits that are gone. Their numbers are not given out again.
  uint64_t commits_lost = 0;
  bool recovered = false;  // false: a dry run, or nothing to do
  std::string saved_in;    // the folder with the damaged files, when there are any
};

struct AnalyzeOptions {
  std::string table;  // one table only; empty: all
  // What the commit states that stores the statistics; its reason goes behind that.
  CommitOptions commit = {};
};

struct AnalyzedTable {
  struct Index {
    std::string name;
    uint64_t entries = 0;
    // How many different values the first term has, the first two together, and so on.
    std::vector<uint64_t> distinct;
  };
  std::string table;
  uint64_t records = 0;
  std::vector<Index> indexes;
};

struct AnalyzeReport {
  std::vector<AnalyzedTable> tables;
  CommitVersion commit;  // that stored them
};

struct PruneOptions {
  // Says what would be removed, and changes nothing.
  bool dry_run = false;
  // One table, and the moment from which on its history is kept. Absent: all tables, by the
  // historyDays of each, those without it for good.
  struct TableUntil {
    std::string name;
    AsOf before;
  };
  std::optional<TableUntil> table = std::nullopt;
  // What the commit states that says what was removed; its reason goes behind that.
  CommitOptions commit = {};
};

struct PrunedTable {
  std::string table;
  // The first commit as of which the table can be read.
  CommitVersion start;
  // Old values that were removed, or would be: of records, of index entries and of groups.
  uint64_t versions = 0;
  uint64_t entries = 0;
  uint64_t groups = 0;
};

struct PruneReport {
  std::vector<PrunedTable> tables;  // those that cannot be read as of all commits
  CommitVersion commit;             // that says so; 0 when no history begins later than it did
};

}  // namespace daftar
