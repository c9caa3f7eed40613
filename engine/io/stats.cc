#include "io/stats.h"

#include "base/status.h"
#include "codec/key.h"
#include "codec/keyspace.h"

namespace daftar::io {
namespace {

struct Count {
  uint64_t entries = 0;
  uint64_t bytes = 0;
};

absl::StatusOr<Count> CountRange(const txn::ReadView& view, const std::string& prefix) {
  Count count;
  auto entries =
      view.reader->NewIterator({prefix, codec::PrefixEnd(prefix)}, {.fill_cache = false});
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, entries->Next());
    if (!found) return count;
    ++count.entries;
    count.bytes += entries->key().size() + entries->value().size();
  }
}

}  // namespace

absl::StatusOr<DatabaseStats> CollectStats(const txn::Core& core, const txn::ReadView& view) {
  DatabaseStats stats;
  stats.last_commit = view.version;
  stats.schema = view.catalog->version;
  for (const catalog::TableDef& table : view.catalog->tables) {
    DAFTAR_RETURN_IF_ERROR(txn::CheckReadable(view, table));
    TableStats& entry = stats.tables.emplace_back();
    entry.name = table.name;
    DAFTAR_ASSIGN_OR_RETURN(const Count records, CountRange(view, codec::RecordPrefix(table.id)));
    entry.records = records.entries;
    entry.record_bytes = records.bytes;
    for (const catalog::IndexDef& index : table.indexes) {
      DAFTAR_ASSIGN_OR_RETURN(const Count found, CountRange(view, codec::IndexPrefix(index.id)));
      entry.indexes.push_back({index.name, found.entries});
    }
    for (const catalog::AggregateDef& aggregate : table.aggregates) {
      DAFTAR_ASSIGN_OR_RETURN(const Count found,
                              CountRange(view, codec::AggregatePrefix(aggregate.id)));
      entry.aggregates.push_back({aggregate.name(), found.entries});
    }
  }
  DAFTAR_ASSIGN_OR_RETURN(const storage::StoreStats store, core.store().Stats());
  stats.disk_bytes = store.disk_bytes;
  stats.memory_bytes = store.memory_bytes;
  return stats;
}

}  // namespace daftar::io
