#include "io/verify.h"

#include <algorithm>
#include <deque>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "codec/keyspace.h"
#include "history/history_key.h"
#include "index/entries.h"
#include "io/verify_entries.h"
#include "io/verify_groups.h"
#include "io/verify_journal.h"
#include "io/verify_migrations.h"
#include "io/verify_run.h"
#include "io/verify_unknown.h"
#include "io/verify_versions.h"
#include "io/verify_walk.h"
#include "txn/write_set.h"

namespace daftar::io {
namespace {

constexpr size_t kSortBytesMax = size_t{32} << 20;

// Reads every version of a table's records once, for the journal's sake and the indexes'.
class TableCheck {
 public:
  TableCheck(VerifyRun* run, const catalog::TableDef& table, const JournalFindings& journal,
             ChangeStream* changes)
      : run_(run),
        table_(table),
        prefix_(codec::RecordPrefix(table.id)),
        versions_(run, table, journal, changes) {
    const size_t sorters = table.indexes.size() + table.aggregates.size();
    const size_t sort_bytes = kSortBytesMax / std::max<size_t>(sorters, 1);
    for (const catalog::IndexDef& index : table.indexes) {
      // Nothing is said of one that nobody reads.
      if (index.state == catalog::IndexState::kBuilding || index.outdated()) continue;
      indexes_.emplace_back(run, table, index, sort_bytes);
    }
    for (const catalog::AggregateDef& aggregate : table.aggregates) {
      aggregates_.emplace_back(run, table, aggregate, sort_bytes);
    }
  }

  absl::Status Run() {
    VersionWalk walk(run_, table_);
    while (true) {
      DAFTAR_ASSIGN_OR_RETURN(const bool found, walk.Next());
      if (!found) break;
      DAFTAR_RETURN_IF_ERROR(CheckVersion(walk.version()));
    }
    DAFTAR_RETURN_IF_ERROR(versions_.Finish());
    const bool all_known = all_decoded_ && versions_.agrees();
    for (EntryCheck& index : indexes_) DAFTAR_RETURN_IF_ERROR(index.Compare(all_known));
    // What is missing is missing in totals, too: nothing can be said of them then.
    if (!all_known) return absl::OkStatus();
    for (GroupCheck& aggregate : aggregates_) DAFTAR_RETURN_IF_ERROR(aggregate.Compare());
    return absl::OkStatus();
  }

 private:
  absl::Status CheckVersion(const StoredVersion& version) {
    VersionContent content;
    if (const auto created = history::CreatedBy(version.key, version.value); created.ok()) {
      content.created = *created;
    }
    const auto record = txn::DecodeRecord(table_, version.key, version.value);
    if (!record.ok()) {
      Damaged(version, record.status().message());
      return versions_.Compare(version, content).status();
    }
    content.digest = journal::HashOf(record->bytes());
    DAFTAR_ASSIGN_OR_RETURN(const CommitVersion created, versions_.Compare(version, content));
    const auto own_key = index::RecordKey(table_, *record);
    if (!own_key.ok() || own_key->view() != version.key) {
      all_decoded_ = false;
      Report(version, ProblemKind::kWrongKey, "the record's key fields do not give its key");
      return absl::OkStatus();
    }
    return AddEntries(version, created, *record);
  }

  absl::Status AddEntries(const StoredVersion& version, CommitVersion created,
                          const record::Message& record) {
    for (EntryCheck& index : indexes_) {
      auto entries = index::EntriesOf(index.index(), version.key.substr(prefix_.size()), record);
      if (!entries.ok()) {
        Damaged(version, entries.status().message());
        return absl::OkStatus();
      }
      DAFTAR_RETURN_IF_ERROR(index.Add(version.key, created, version.ended, *std::move(entries)));
    }
    for (GroupCheck& aggregate : aggregates_) {
      DAFTAR_RETURN_IF_ERROR(aggregate.Add(version.key, created, version.ended, record));
    }
    return absl::OkStatus();
  }

  void Damaged(const StoredVersion& version, std::string_view message) {
    all_decoded_ = false;
    Report(version,
           version.ended == kPresent ? ProblemKind::kDamagedRecord : ProblemKind::kDamagedVersion,
           message);
  }

  void Report(const StoredVersion& version, ProblemKind kind, std::string_view message) {
    run_->Report({.kind = kind,
                  .table = table_.name,
                  .key = txn::DescribeKey(table_, version.key.substr(prefix_.size())),
                  .message = std::string(message),
                  .commit = version.ended == kPresent ? CommitVersion() : version.ended});
  }

  VerifyRun* const run_;
  const catalog::TableDef& table_;
  const std::string prefix_;
  VersionCheck versions_;
  std::deque<EntryCheck> indexes_;
  std::deque<GroupCheck> aggregates_;
  bool all_decoded_ = true;
};

// Takes the changes before `key` off the stream: they are of no table.
absl::Status SkipUnknownChanges(VerifyRun* run, std::string_view key, ChangeStream* changes) {
  while (changes->has_change() && (key.empty() || changes->key() < key)) {
    run->Report({.kind = ProblemKind::kUnknownKey,
                 .key = absl::StrCat("0x", absl::BytesToHexString(changes->key())),
                 .message = "the journal names a record of no table",
                 .commit = changes->commit()});
    DAFTAR_RETURN_IF_ERROR(changes->Next().status());
  }
  return absl::OkStatus();
}

absl::Status CheckAll(VerifyRun* run, const txn::Anchor& anchor) {
  run->LoadHistoryStarts();
  DAFTAR_ASSIGN_OR_RETURN(const JournalFindings journal, CheckJournal(run, anchor));
  ChangeStream changes(journal.changes.get());
  DAFTAR_RETURN_IF_ERROR(changes.Next().status());
  // Changes come in the order of the ids.
  std::vector<const catalog::TableDef*> tables;
  for (const catalog::TableDef& table : run->view().catalog->tables) tables.push_back(&table);
  std::sort(tables.begin(), tables.end(),
            [](const auto* a, const auto* b) { return a->id < b->id; });
  for (const catalog::TableDef* table : tables) {
    DAFTAR_RETURN_IF_ERROR(SkipUnknownChanges(run, codec::RecordPrefix(table->id), &changes));
    DAFTAR_RETURN_IF_ERROR(TableCheck(run, *table, journal, &changes).Run());
  }
  DAFTAR_RETURN_IF_ERROR(SkipUnknownChanges(run, "", &changes));
  DAFTAR_RETURN_IF_ERROR(CheckUnknownKeys(run));
  DAFTAR_RETURN_IF_ERROR(CheckStatistics(run));
  DAFTAR_RETURN_IF_ERROR(CheckMigrations(run));
  return run->WriteRepairs();
}

struct Outcome {
  VerifyReport report;
  bool has_left_some = false;
};

absl::StatusOr<Outcome> CheckNewest(txn::Core* core, VerifyRun::Writers writers,
                                    const std::filesystem::path& spill_folder,
                                    const VerifyOptions& options) {
  VerifyRun run(core, writers, spill_folder, options);
  const auto anchor = core->ReadAnchor();
  if (!anchor.ok()) {
    run.Report(
        {.kind = ProblemKind::kDamagedJournal, .message = std::string(anchor.status().message())});
  }
  DAFTAR_RETURN_IF_ERROR(CheckAll(&run, anchor.ok() ? *anchor : txn::Anchor()));
  return Outcome{std::move(run.report()), run.has_left_some()};
}

// Shows what is in the store now, also what damage has done to it since the last commit.
void ShowStore(txn::Core* core) {
  const txn::WriteLock lock(core);
  core->ShowStore();
}

}  // namespace

absl::StatusOr<VerifyReport> Verify(txn::Core* core, const std::filesystem::path& spill_folder,
                                    const VerifyOptions& options) {
  ShowStore(core);
  DAFTAR_ASSIGN_OR_RETURN(Outcome outcome,
                          CheckNewest(core, VerifyRun::Writers::kGoOn, spill_folder, options));
  if (!options.repair) return std::move(outcome.report);
  if (outcome.has_left_some) {
    // What writers came before in is put right while they wait.
    const txn::WriteLock lock(core);
    core->ShowStore();
    DAFTAR_RETURN_IF_ERROR(
        CheckNewest(core, VerifyRun::Writers::kNone, spill_folder, options).status());
  }
  DAFTAR_RETURN_IF_ERROR(core->store().Sync());
  ShowStore(core);
  return std::move(outcome.report);
}

}  // namespace daftar::io
