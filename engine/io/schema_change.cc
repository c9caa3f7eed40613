#include "io/schema_change.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "catalog/evolution.h"
#include "catalog/evolution_rules.h"
#include "catalog/resolve.h"
#include "catalog/succession.h"
#include "codec/key.h"
#include "codec/keyspace.h"
#include "history/history_key.h"
#include "index/statistics.h"
#include "io/aggregate_build.h"
#include "io/index_build.h"
#include "io/text_check.h"
#include "txn/schema_work.h"

namespace daftar::io {
namespace {

using catalog::IndexState;

// Of what the schema no longer has, removed at a time.
constexpr size_t kRemoveBytesMax = size_t{256} << 10;
// Of findings in an error.
constexpr size_t kFindingsNamedMax = 5;

// Whether records need only be looked at, and not be written anew.
bool AsksForChecksOnly(const SchemaCheck& check) {
  return std::all_of(check.findings.begin(), check.findings.end(), [](const auto& finding) {
    return finding.verdict < Verdict::kMigrate ||
           finding.rule == static_cast<int>(catalog::Rule::kJsonAdded);
  });
}

absl::Status Refuse(const SchemaCheck& check) {
  std::string findings;
  size_t grave = 0;
  for (const SchemaFinding& finding : check.findings) {
    if (finding.verdict < Verdict::kMigrate) continue;
    if (++grave > kFindingsNamedMax) continue;
    absl::StrAppend(&findings, findings.empty() ? "" : "; ", finding.place, ": ", finding.message);
  }
  if (grave > kFindingsNamedMax) {
    absl::StrAppend(&findings, "; and ", grave - kFindingsNamedMax, " more");
  }
  return FailedPrecondition(
             check.verdict == Verdict::kForbidden
                 ? "the schema would lose or misread what is stored"
                 : "the schema wants records written anew; keep fields under other "
                   "names, add new ones and fill them by `daftar migrate`; or export "
                   "the tables, make a database with it and import them")
      .With("findings", findings);
}

class SchemaChange {
 public:
  SchemaChange(txn::Core* core, const SchemaChangeOptions& options)
      : core_(core), options_(options) {}

  absl::StatusOr<SchemaChangeReport> Run(std::shared_ptr<const record::SchemaSet> schemas) {
    DAFTAR_ASSIGN_OR_RETURN(const bool adopted, Adopt(std::move(schemas)));
    if (adopted && !options_.dry_run) {
      DAFTAR_RETURN_IF_ERROR(RemoveDropped());
      DAFTAR_RETURN_IF_ERROR(BuildAll());
    }
    report_.schema = core_->catalog()->version;
    return std::move(report_);
  }

 private:
  // Puts the schema in force when it is another one; false when it was stopped before.
  absl::StatusOr<bool> Adopt(std::shared_ptr<const record::SchemaSet> schemas) {
    const auto current = core_->catalog();
    DAFTAR_ASSIGN_OR_RETURN(const std::vector<catalog::TableDef> tables,
                            catalog::ResolveTables(schemas));
    DAFTAR_ASSIGN_OR_RETURN(
        report_.check,
        catalog::CheckEvolution({*current->schemas, current->tables}, {*schemas, tables}));
    if (!AsksForChecksOnly(report_.check)) {
      if (!options_.dry_run) return Refuse(report_.check);
      report_.refused = true;
      report_.complete = false;
      return true;
    }
    if (report_.check.findings.empty()) {
      NoteUnfinished(*current);
      return true;
    }
    DAFTAR_ASSIGN_OR_RETURN(catalog::Succession next,
                            catalog::Succeed(*current, std::move(schemas)));
    std::vector<TextCheck> checks;
    DAFTAR_ASSIGN_OR_RETURN(const bool fits, CheckTexts(*current, next.catalog, &checks));
    if (!fits) return false;
    for (const catalog::Succession::Dropped& dropped : next.dropped) {
      report_.removed.push_back({dropped.table, dropped.name, 0});
    }
    if (options_.dry_run) {
      NoteUnfinished(next.catalog);
      return true;
    }
    DAFTAR_RETURN_IF_ERROR(PutInForce(next, &checks));
    return true;
  }

  // Looks at the records of tables that have new $json, and leaves of each what is to be looked at
  // when the schema is put in force. False when it was stopped.
  absl::StatusOr<bool> CheckTexts(const catalog::Catalog& current, const catalog::Catalog& next,
                                  std::vector<TextCheck>* checks) {
    const journal::Hash target = HashOfTypes(*next.schemas);
    for (const catalog::TableDef& table : next.tables) {
      const catalog::TableDef* const before = current.FindTable(table.id);
      if (before == nullptr || !HasNewJson(*before, table)) continue;
      if (!options_.dry_run) {
        DAFTAR_ASSIGN_OR_RETURN(TextCheck check, TextCheck::Begin(core_, &table, target));
        DAFTAR_ASSIGN_OR_RETURN(const bool whole, Walk(&check));
        if (!whole) {
          report_.complete = false;
          return false;
        }
        checks->push_back(std::move(check));
      }
      report_.checked.push_back({table.name, checks->empty() ? 0 : checks->back().records()});
    }
    return true;
  }

  absl::Status PutInForce(const catalog::Succession& next, std::vector<TextCheck>* checks) {
    storage::Batch batch;
    for (const catalog::Succession::Dropped& dropped : next.dropped) {
      if (dropped.index != IndexId()) {
        batch.Put(txn::TombstoneKey(dropped.index), "");
      } else {
        batch.Put(txn::TombstoneKey(dropped.aggregate), "");
        batch.Delete(txn::BuildProgressKey(dropped.aggregate));
      }
    }
    // What was built of others is built once more with the new ones.
    for (const TableId table : next.to_build) batch.Delete(txn::BuildProgressKey(table));
    // Also of schemas that did not come to it.
    for (const catalog::TableDef& table : next.catalog.tables) {
      batch.Delete(txn::CheckProgressKey(table.id));
    }
    return Commit(next.catalog, absl::StrCat("schema ", next.catalog.version.value()),
                  std::move(batch), [checks](const txn::ReadView& view) -> absl::Status {
                    for (TextCheck& check : *checks) {
                      DAFTAR_RETURN_IF_ERROR(check.Finish(view));
                    }
                    return absl::OkStatus();
                  });
  }

  // What a dry run says of indexes and aggregates that are not whole.
  void NoteUnfinished(const catalog::Catalog& catalog) {
    if (!options_.dry_run) return;
    for (const catalog::TableDef& table : catalog.tables) {
      for (const catalog::IndexDef& index : table.indexes) {
        if (!index.readable()) report_.built.push_back({table.name, index.name, 0});
      }
      for (const catalog::AggregateDef& aggregate : table.aggregates) {
        if (!aggregate.readable()) report_.counted.push_back({table.name, aggregate.name(), 0});
      }
    }
    report_.complete =
        report_.check.findings.empty() && report_.built.empty() && report_.counted.empty();
  }

  absl::Status Commit(const catalog::Catalog& catalog, const std::string& what,
                      storage::Batch batch, const txn::Core::StateCheck& check = nullptr) {
    CommitOptions stated = options_.commit;
    stated.durability = Durability::kSynced;
    stated.reason = absl::StrCat(what, stated.reason.empty() ? "" : "; ", stated.reason);
    return core_->CommitSchema(catalog, stated, std::move(batch), check).status();
  }

  absl::Status RemoveDropped() {
    const txn::ReadView view = core_->View();
    DAFTAR_ASSIGN_OR_RETURN(const txn::Tombstones dropped, txn::ReadTombstones(*view.reader));
    for (const IndexId index : dropped.indexes) {
      const std::string prefix = codec::IndexPrefix(index);
      DAFTAR_RETURN_IF_ERROR(Remove(view, prefix));
      DAFTAR_RETURN_IF_ERROR(Remove(view, history::HistoryPrefix(prefix)));
      batch_.Delete(index::StatisticsKey(index));
      batch_.Delete(txn::TombstoneKey(index));
    }
    for (const AggregateId aggregate : dropped.aggregates) {
      const std::string prefix = codec::AggregatePrefix(aggregate);
      DAFTAR_RETURN_IF_ERROR(Remove(view, prefix));
      DAFTAR_RETURN_IF_ERROR(Remove(view, history::HistoryPrefix(prefix)));
      batch_.Delete(txn::TombstoneKey(aggregate));
    }
    return WriteRemovals();
  }

  // Nobody writes these keys any more, and who still reads them does so in an older state.
  absl::Status Remove(const txn::ReadView& view, const std::string& prefix) {
    const auto entries =
        view.reader->NewIterator({prefix, codec::PrefixEnd(prefix)}, {.fill_cache = false});
    while (true) {
      DAFTAR_ASSIGN_OR_RETURN(const bool found, entries->Next());
      if (!found) return absl::OkStatus();
      batch_.Delete(entries->key());
      if (batch_.bytes() >= kRemoveBytesMax) DAFTAR_RETURN_IF_ERROR(WriteRemovals());
    }
  }

  absl::Status WriteRemovals() {
    if (batch_.empty()) return absl::OkStatus();
    return core_->store().Write(std::exchange(batch_, {}), storage::Durability::kBuffered);
  }

  absl::Status BuildAll() {
    const auto catalog = core_->catalog();
    for (const catalog::TableDef& table : catalog->tables) {
      DAFTAR_ASSIGN_OR_RETURN(const bool whole, BuildTable(table));
      if (!whole) {
        report_.complete = false;
        return absl::OkStatus();
      }
      const auto is_readable = [](const auto& each) { return each.readable(); };
      if (!std::all_of(table.indexes.begin(), table.indexes.end(), is_readable) ||
          !std::all_of(table.aggregates.begin(), table.aggregates.end(), is_readable)) {
        DAFTAR_RETURN_IF_ERROR(Settle(table.id));
      }
    }
    return absl::OkStatus();
  }

  // False when it was stopped.
  absl::StatusOr<bool> BuildTable(const catalog::TableDef& table) {
    if (std::any_of(table.indexes.begin(), table.indexes.end(),
                    [](const auto& index) { return index.state == IndexState::kBuilding; })) {
      DAFTAR_ASSIGN_OR_RETURN(IndexBuild build, IndexBuild::Begin(core_, table.id));
      DAFTAR_ASSIGN_OR_RETURN(const bool whole, Walk(&build));
      if (!whole) return false;
    }
    while (true) {
      DAFTAR_ASSIGN_OR_RETURN(std::optional<AggregateBuild> build,
                              AggregateBuild::Begin(core_, table.id));
      if (!build.has_value()) return true;
      DAFTAR_ASSIGN_OR_RETURN(const bool whole, Walk(&*build));
      if (!whole) return false;
    }
  }

  // False when it was stopped.
  template <typename Build>
  absl::StatusOr<bool> Walk(Build* build) {
    double fraction = 0;
    while (true) {
      if (options_.progress) {
        IndexProgress progress = build->Progress();
        // What is estimated can go back; what is shown does not.
        fraction = std::max(fraction, progress.fraction);
        progress.fraction = fraction;
        if (!options_.progress(progress)) return false;
      }
      DAFTAR_ASSIGN_OR_RETURN(const bool more, build->Step());
      if (!more) return true;
    }
  }

  // All entries and totals of the table are there: whatever is not in doubt becomes readable.
  absl::Status Settle(TableId id) {
    const txn::ReadView view = core_->View();
    catalog::Catalog next = *view.catalog;
    next.version = SchemaVersion(next.version.value() + 1);
    std::vector<std::string> built;
    bool changed = false;
    storage::Batch batch;
    batch.Delete(txn::BuildProgressKey(id));
    for (catalog::TableDef& table : next.tables) {
      if (table.id != id) continue;
      DAFTAR_RETURN_IF_ERROR(SettleIndexes(view, &table, &built, &changed));
      DAFTAR_RETURN_IF_ERROR(SettleAggregates(view, &table, &built, &batch));
    }
    if (!changed && built.empty()) return absl::OkStatus();
    return Commit(next,
                  absl::StrCat("schema ", next.version.value(), ": ",
                               built.empty() ? "unique values are shared"
                                             : absl::StrCat("built ", absl::StrJoin(built, ", "))),
                  std::move(batch));
  }

  absl::Status SettleIndexes(const txn::ReadView& view, catalog::TableDef* table,
                             std::vector<std::string>* built, bool* changed) {
    for (catalog::IndexDef& index : table->indexes) {
      if (index.readable()) continue;
      const uint64_t before = report_.violation_count;
      DAFTAR_ASSIGN_OR_RETURN(
          const uint64_t entries,
          FindViolations(view, *table, index, options_.violations_max, &report_));
      const bool clean = report_.violation_count == before;
      const IndexState state = clean ? IndexState::kReadable : IndexState::kUniquePending;
      *changed = *changed || state != index.state;
      index.state = state;
      if (!clean) {
        report_.complete = false;
        continue;
      }
      report_.built.push_back({table->name, index.name, entries});
      built->push_back(index.name);
    }
    return absl::OkStatus();
  }

  // They are known from the commit on that says so; until then commits go by what was counted.
  absl::Status SettleAggregates(const txn::ReadView& view, catalog::TableDef* table,
                                std::vector<std::string>* built, storage::Batch* batch) {
    for (catalog::AggregateDef& aggregate : table->aggregates) {
      if (aggregate.readable()) continue;
      DAFTAR_ASSIGN_OR_RETURN(const bool counted, IsCounted(view, *table, aggregate));
      if (!counted) {
        return Internal("an aggregate was not counted to its end")
            .With("aggregate", aggregate.name());
      }
      DAFTAR_ASSIGN_OR_RETURN(const uint64_t groups, CountGroups(view, aggregate.id));
      aggregate.state = catalog::AggregateState::kReadable;
      aggregate.since = catalog::kThisCommit;
      batch->Delete(txn::BuildProgressKey(aggregate.id));
      report_.counted.push_back({table->name, aggregate.name(), groups});
      built->push_back(aggregate.name());
    }
    return absl::OkStatus();
  }

  static absl::StatusOr<uint64_t> CountGroups(const txn::ReadView& view, AggregateId aggregate) {
    const std::string prefix = codec::AggregatePrefix(aggregate);
    const auto groups =
        view.reader->NewIterator({prefix, codec::PrefixEnd(prefix)}, {.fill_cache = false});
    uint64_t count = 0;
    while (true) {
      DAFTAR_ASSIGN_OR_RETURN(const bool found, groups->Next());
      if (!found) return count;
      ++count;
    }
  }

  txn::Core* const core_;
  const SchemaChangeOptions& options_;
  storage::Batch batch_;
  SchemaChangeReport report_;
};

}  // namespace

absl::StatusOr<SchemaChangeReport> ChangeSchema(txn::Core* core,
                                                std::shared_ptr<const record::SchemaSet> schemas,
                                                const SchemaChangeOptions& options) {
  return SchemaChange(core, options).Run(std::move(schemas));
}

}  // namespace daftar::io
