#include "io/verify_unknown.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "codec/key.h"
#include "codec/keyspace.h"
#include "history/history_key.h"
#include "index/statistics.h"
#include "txn/migration.h"
#include "txn/schema_work.h"

namespace daftar::io {
namespace {

absl::Status CheckGap(VerifyRun* run, const storage::KeyRange& gap) {
  const auto entries = run->Iterate(gap);
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, entries->Next());
    if (!found) return absl::OkStatus();
    run->Report({.kind = ProblemKind::kUnknownKey,
                 .key = absl::StrCat("0x", absl::BytesToHexString(entries->key())),
                 .message = "the key belongs to no table or index of the schema"});
  }
}

}  // namespace

absl::Status CheckStatistics(VerifyRun* run) {
  for (const std::string& prefix : index::StatisticsPrefixes()) {
    const auto entries = run->IteratePrefix(prefix);
    while (true) {
      DAFTAR_ASSIGN_OR_RETURN(const bool found, entries->Next());
      if (!found) break;
      const auto statistics = index::DecodeStatistics(entries->key(), entries->value());
      if (statistics.ok()) continue;
      run->Report({.kind = ProblemKind::kDamagedStatistics,
                   .key = absl::StrCat("0x", absl::BytesToHexString(entries->key())),
                   .message = std::string(statistics.status().message())});
    }
  }
  return absl::OkStatus();
}

absl::Status CheckUnknownKeys(VerifyRun* run) {
  std::vector<std::string> known = {codec::SpacePrefix(codec::Space::kHeader),
                                    codec::SpacePrefix(codec::Space::kCatalog),
                                    codec::SpacePrefix(codec::Space::kJournal)};
  for (const catalog::TableDef& table : run->view().catalog->tables) {
    known.push_back(codec::RecordPrefix(table.id));
    known.push_back(history::HistoryPrefix(codec::RecordPrefix(table.id)));
    known.push_back(txn::HistoryStartKey(table.id));
    for (const catalog::IndexDef& index : table.indexes) {
      known.push_back(codec::IndexPrefix(index.id));
      known.push_back(history::HistoryPrefix(codec::IndexPrefix(index.id)));
    }
    for (const catalog::AggregateDef& aggregate : table.aggregates) {
      known.push_back(codec::AggregatePrefix(aggregate.id));
      known.push_back(history::HistoryPrefix(codec::AggregatePrefix(aggregate.id)));
    }
  }
  // What the schema no longer has and is being removed is known, and so are the marks of it.
  for (std::string& prefix : txn::SchemaWorkPrefixes()) known.push_back(std::move(prefix));
  known.push_back(txn::MigrationPrefix());
  DAFTAR_ASSIGN_OR_RETURN(const txn::Tombstones dropped, txn::ReadTombstones(*run->view().reader));
  for (const IndexId index : dropped.indexes) {
    known.push_back(codec::IndexPrefix(index));
    known.push_back(history::HistoryPrefix(codec::IndexPrefix(index)));
  }
  for (const AggregateId aggregate : dropped.aggregates) {
    known.push_back(codec::AggregatePrefix(aggregate));
    known.push_back(history::HistoryPrefix(codec::AggregatePrefix(aggregate)));
  }
  // Also those of an index that is no longer there: they do no harm.
  for (std::string& prefix : index::StatisticsPrefixes()) known.push_back(std::move(prefix));
  std::sort(known.begin(), known.end());
  std::string from;
  for (size_t i = 0; i <= known.size(); ++i) {
    const std::string until = i < known.size() ? known[i] : "";
    if (i == known.size() || from < until) {
      DAFTAR_RETURN_IF_ERROR(CheckGap(run, {from, until}));
    }
    if (i < known.size()) from = codec::PrefixEnd(known[i]);
  }
  return absl::OkStatus();
}

}  // namespace daftar::io
