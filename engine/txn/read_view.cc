#include "txn/read_view.h"

#include "base/status.h"
#include "codec/key.h"
#include "codec/keyspace.h"
#include "txn/journal_reader.h"

namespace daftar::txn {
namespace {

// The first kind of helper keys; the byte after the space.
constexpr char kHistoryStartKind = '\x01';

std::string HistoryStartPrefix() {
  return codec::SpacePrefix(codec::Space::kHelper) + kHistoryStartKind;
}

}  // namespace

absl::Status CheckReadable(const ReadView& view, const catalog::TableDef& table) {
  const auto start = view.history_starts->find(table.id);
  if (start == view.history_starts->end() || start->second <= view.version) {
    return absl::OkStatus();
  }
  return FailedPrecondition("the history of the table does not reach back that far")
      .With("table", table.name)
      .With("as of commit", view.version.value())
      .With("first commit kept", start->second.value());
}

absl::StatusOr<CommitVersion> CommitOf(const ReadView& view, const AsOf& moment) {
  if (moment.time() != nullptr) {
    return CommitAt(*view.reader, view.version, moment.time()->micros);
  }
  if (*moment.commit() <= view.version) return *moment.commit();
  return InvalidArgument("there is no such commit yet")
      .With("commit", moment.commit()->value())
      .With("newest", view.version.value());
}

std::string HistoryStartKey(TableId table) {
  std::string key = HistoryStartPrefix();
  codec::AppendOrderedVarint(table.value(), &key);
  return key;
}

std::string EncodeHistoryStart(CommitVersion version) {
  std::string value;
  codec::AppendOrderedVarint(version.value(), &value);
  return value;
}

absl::StatusOr<HistoryStarts> ReadHistoryStarts(const storage::Reader& reader) {
  HistoryStarts starts;
  const std::string prefix = HistoryStartPrefix();
  const auto entries = reader.NewIterator({prefix, codec::PrefixEnd(prefix)}, {});
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, entries->Next());
    if (!found) return starts;
    std::string_view key = entries->key().substr(prefix.size());
    std::string_view value = entries->value();
    DAFTAR_ASSIGN_OR_RETURN(const uint64_t table, codec::TakeOrderedVarint(&key));
    DAFTAR_ASSIGN_OR_RETURN(const uint64_t version, codec::TakeOrderedVarint(&value));
    if (!key.empty() || !value.empty() || table > UINT32_MAX) {
      return DataLoss("the start of a table's history is damaged").WithBytes("key", entries->key());
    }
    starts[TableId(static_cast<uint32_t>(table))] = CommitVersion(version);
  }
}

absl::StatusOr<index::AllStatistics> ReadStatistics(const storage::Reader& reader) {
  index::AllStatistics all;
  for (const std::string& prefix : index::StatisticsPrefixes()) {
    const auto entries = reader.NewIterator({prefix, codec::PrefixEnd(prefix)}, {});
    while (true) {
      DAFTAR_ASSIGN_OR_RETURN(const bool found, entries->Next());
      if (!found) break;
      const auto owner = index::ParseStatisticsKey(entries->key());
      auto statistics = index::DecodeStatistics(entries->key(), entries->value());
      if (!owner.ok() || !statistics.ok()) continue;
      if (owner->table != TableId()) {
        all.tables[owner->table] = *std::move(statistics);
      } else {
        all.indexes[owner->index] = *std::move(statistics);
      }
    }
  }
  return all;
}

}  // namespace daftar::txn
