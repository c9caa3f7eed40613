#include "txn/prune.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "codec/key.h"
#include "codec/keyspace.h"
#include "history/history_key.h"
#include "txn/journal_reader.h"
#include "txn/migration.h"
#include "txn/statement.h"

namespace daftar::txn {
namespace {

constexpr int64_t kMicrosPerDay = 86'400'000'000;
// Of tables in the reason that the commit states, which has a limit.
constexpr size_t kTablesNamedMax = 50;

// The moment so many days ago; the first of all when that is further away than times reach.
int64_t DaysBefore(int64_t now, uint32_t days) {
  const int64_t reach = (now - std::numeric_limits<int64_t>::min() / 2) / kMicrosPerDay;
  if (int64_t{days} > reach) return std::numeric_limits<int64_t>::min();
  return now - int64_t{days} * kMicrosPerDay;
}

class Pruner {
 public:
  Pruner(Core* core, const PruneOptions& options, size_t batch_bytes_max)
      : core_(core), options_(options), batch_bytes_max_(batch_bytes_max), view_(core->View()) {}

  absl::StatusOr<PruneReport> Run() {
    DAFTAR_ASSIGN_OR_RETURN(migrations_, ReadMigrations(*view_.reader));
    DAFTAR_RETURN_IF_ERROR(Choose());
    DAFTAR_RETURN_IF_ERROR(CheckStatement(options_.commit, LaterTables()));
    if (!options_.dry_run) DAFTAR_RETURN_IF_ERROR(Declare());
    for (Chosen& each : chosen_) DAFTAR_RETURN_IF_ERROR(Remove(&each));
    DAFTAR_RETURN_IF_ERROR(Flush(storage::Durability::kSynced));
    if (!options_.dry_run) {
      // Readers let go of what was removed.
      const WriteLock lock(core_);
      core_->ShowStore();
    }
    for (Chosen& each : chosen_) report_.tables.push_back(std::move(each.report));
    return std::move(report_);
  }

 private:
  struct Chosen {
    const catalog::TableDef* table;
    bool later;  // history is to begin later than it does
    PrunedTable report;
  };

  // Finds out where histories are to begin, of those that do not begin with their table.
  absl::Status Choose() {
    if (options_.table.has_value()) {
      DAFTAR_ASSIGN_OR_RETURN(const catalog::TableDef* table,
                              view_.catalog->GetTable(options_.table->name));
      DAFTAR_ASSIGN_OR_RETURN(const CommitVersion start, CommitOf(view_, options_.table->before));
      DAFTAR_RETURN_IF_ERROR(CheckMigrations(*table, start));
      Choose(*table, start);
      return absl::OkStatus();
    }
    for (const catalog::TableDef& table : view_.catalog->tables) {
      CommitVersion start;
      if (table.history_days > 0) {
        DAFTAR_ASSIGN_OR_RETURN(start, CommitAt(*view_.reader, view_.version,
                                                DaysBefore(core_->Now(), table.history_days)));
      }
      for (const Migration& migration : migrations_) {
        if (GoesBy(migration, table)) start = std::min(start, migration.info.begun);
      }
      Choose(table, start);
    }
    return absl::OkStatus();
  }

  // Which records were there when a migration began, only their history tells.
  static bool GoesBy(const Migration& migration, const catalog::TableDef& table) {
    return !migration.info.finished && !migration.info.is_abandoned() &&
           migration.table == table.id;
  }

  absl::Status CheckMigrations(const catalog::TableDef& table, CommitVersion start) const {
    for (const Migration& migration : migrations_) {
      if (!GoesBy(migration, table) || start <= migration.info.begun) continue;
      return FailedPrecondition(
                 "a migration goes by the history since it began; finish it first, "
                 "or abandon it")
          .With("migration", migration.info.definition.name)
          .With("table", table.name)
          .With("began after commit", migration.info.begun.value());
    }
    return absl::OkStatus();
  }

  void Choose(const catalog::TableDef& table, CommitVersion start) {
    const auto now = view_.history_starts->find(table.id);
    const CommitVersion begins = now == view_.history_starts->end() ? CommitVersion() : now->second;
    Chosen chosen{&table, start > begins, {}};
    chosen.report.table = table.name;
    chosen.report.start = std::max(start, begins);
    // Where it begins as it did, something may be left of a call that failed.
    if (chosen.report.start > CommitVersion()) chosen_.push_back(std::move(chosen));
  }

  std::vector<const catalog::TableDef*> LaterTables() const {
    std::vector<const catalog::TableDef*> tables;
    for (const Chosen& each : chosen_) {
      if (each.later) tables.push_back(each.table);
    }
    return tables;
  }

  // Commits where histories begin from now on.
  absl::Status Declare() {
    storage::Batch starts;
    std::string said;
    size_t named = 0;
    for (const Chosen& each : chosen_) {
      if (!each.later) continue;
      starts.Put(HistoryStartKey(each.table->id), EncodeHistoryStart(each.report.start));
      if (++named > kTablesNamedMax) continue;
      absl::StrAppend(&said, said.empty() ? "" : ", ", each.table->name, " before commit ",
                      each.report.start.value());
    }
    if (starts.empty()) return absl::OkStatus();
    if (named > kTablesNamedMax) {
      absl::StrAppend(&said, " and of ", named - kTablesNamedMax, " more tables");
    }
    CommitOptions stated = options_.commit;
    stated.reason =
        absl::StrCat("history removed of ", said, stated.reason.empty() ? "" : "; ", stated.reason);
    DAFTAR_ASSIGN_OR_RETURN(report_.commit, core_->CommitNote(stated, std::move(starts)));
    return absl::OkStatus();
  }

  absl::Status Remove(Chosen* chosen) {
    PrunedTable* const report = &chosen->report;
    DAFTAR_RETURN_IF_ERROR(
        RemoveEnded(codec::RecordPrefix(chosen->table->id), report->start, &report->versions));
    for (const catalog::IndexDef& index : chosen->table->indexes) {
      DAFTAR_RETURN_IF_ERROR(
          RemoveEnded(codec::IndexPrefix(index.id), report->start, &report->entries));
    }
    for (const catalog::AggregateDef& aggregate : chosen->table->aggregates) {
      DAFTAR_RETURN_IF_ERROR(
          RemoveEnded(codec::AggregatePrefix(aggregate.id), report->start, &report->groups));
    }
    return absl::OkStatus();
  }

  // Removes, or counts, the old values of the keys with a prefix that ended by `start`.
  absl::Status RemoveEnded(std::string_view prefix, CommitVersion start, uint64_t* count) {
    const std::string past = history::HistoryPrefix(prefix);
    const auto values =
        view_.reader->NewIterator({past, codec::PrefixEnd(past)}, {.fill_cache = false});
    while (true) {
      DAFTAR_ASSIGN_OR_RETURN(const bool found, values->Next());
      if (!found) return absl::OkStatus();
      const auto id = history::ParseHistoryKey(values->key());
      // One that is malformed is for `daftar verify` to find.
      if (!id.ok() || id->ended > start) continue;
      ++*count;
      if (options_.dry_run) continue;
      batch_.Delete(values->key());
      if (batch_.bytes() >= batch_bytes_max_) {
        DAFTAR_RETURN_IF_ERROR(Flush(storage::Durability::kBuffered));
      }
    }
  }

  absl::Status Flush(storage::Durability durability) {
    if (batch_.empty()) return absl::OkStatus();
    return core_->store().Write(std::exchange(batch_, {}), durability);
  }

  Core* const core_;
  const PruneOptions& options_;
  const size_t batch_bytes_max_;
  const ReadView view_;
  std::vector<Migration> migrations_;
  std::vector<Chosen> chosen_;
  storage::Batch batch_;
  PruneReport report_;
};

}  // namespace

absl::StatusOr<PruneReport> PruneHistory(Core* core, const PruneOptions& options,
                                         size_t batch_bytes_max) {
  return Pruner(core, options, batch_bytes_max).Run();
}

}  // namespace daftar::txn
