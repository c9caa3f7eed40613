#include "io/analyze.h"

#include <string>
#include <utility>

#include "base/status.h"
#include "codec/key.h"
#include "codec/keyspace.h"
#include "index/statistics.h"

namespace daftar::io {
namespace {

absl::StatusOr<index::Statistics> Count(const txn::ReadView& view, const std::string& prefix,
                                        const std::vector<catalog::Term>& terms) {
  index::StatisticsBuilder builder(terms);
  const auto entries =
      view.reader->NewIterator({prefix, codec::PrefixEnd(prefix)}, {.fill_cache = false});
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, entries->Next());
    if (!found) return std::move(builder).Finish(view.version);
    DAFTAR_RETURN_IF_ERROR(builder.Add(entries->key().substr(prefix.size())));
  }
}

class Analysis {
 public:
  explicit Analysis(txn::Core* core) : core_(core), view_(core->View()) {}

  absl::Status Add(const catalog::TableDef& table) {
    AnalyzedTable& report = report_.tables.emplace_back();
    report.table = table.name;
    DAFTAR_ASSIGN_OR_RETURN(const index::Statistics records,
                            Count(view_, codec::RecordPrefix(table.id), table.key));
    report.records = records.entries;
    Store(index::StatisticsKey(table.id), records);
    for (const catalog::IndexDef& def : table.indexes) {
      if (def.state == catalog::IndexState::kBuilding) continue;
      DAFTAR_ASSIGN_OR_RETURN(const index::Statistics entries,
                              Count(view_, codec::IndexPrefix(def.id), def.on));
      report.indexes.push_back({def.name, entries.entries, entries.distinct});
      Store(index::StatisticsKey(def.id), entries);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<AnalyzeReport> Finish(const CommitOptions& options) {
    if (batch_.empty()) return std::move(report_);
    DAFTAR_ASSIGN_OR_RETURN(report_.commit, core_->CommitNote(options, std::move(batch_)));
    return std::move(report_);
  }

 private:
  void Store(const std::string& key, const index::Statistics& statistics) {
    batch_.Put(key, index::EncodeStatistics(key, statistics));
  }

  txn::Core* const core_;
  const txn::ReadView view_;
  storage::Batch batch_;
  AnalyzeReport report_;
};

}  // namespace

absl::StatusOr<AnalyzeReport> Analyze(txn::Core* core, const AnalyzeOptions& options) {
  Analysis analysis(core);
  const auto catalog = core->catalog();
  if (!options.table.empty()) {
    DAFTAR_ASSIGN_OR_RETURN(const catalog::TableDef* table, catalog->GetTable(options.table));
    DAFTAR_RETURN_IF_ERROR(analysis.Add(*table));
  } else {
    for (const catalog::TableDef& table : catalog->tables) {
      DAFTAR_RETURN_IF_ERROR(analysis.Add(table));
    }
  }
  CommitOptions stated = options.commit;
  stated.reason = "statistics" + (stated.reason.empty() ? "" : "; " + stated.reason);
  return analysis.Finish(stated);
}

}  // namespace daftar::io
