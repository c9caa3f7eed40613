#include "catalog/succession.h"

#include <utility>

#include "base/status.h"
#include "catalog/evolution.h"
#include "catalog/resolve.h"

namespace daftar::catalog {
namespace {

class Successor {
 public:
  Successor(const Catalog& from, std::shared_ptr<const record::SchemaSet> schemas) : from_(from) {
    Catalog& next = result_.catalog;
    next.version = SchemaVersion(from.version.value() + 1);
    next.next_table = from.next_table;
    next.next_index = from.next_index;
    next.next_aggregate = from.next_aggregate;
    next.schemas = std::move(schemas);
  }

  absl::StatusOr<Succession> Run() {
    Catalog& next = result_.catalog;
    DAFTAR_ASSIGN_OR_RETURN(next.tables, ResolveTables(next.schemas));
    for (TableDef& table : next.tables) {
      const TableDef* const before = from_.FindType(table.schema.getProto().getId());
      if (before == nullptr) {
        Begin(&table);
        continue;
      }
      table.id = before->id;
      TakeIndexes(*before, &table);
      TakeAggregates(*before, &table);
    }
    return std::move(result_);
  }

 private:
  // A new table has no records: its indexes are whole.
  void Begin(TableDef* table) {
    Catalog& next = result_.catalog;
    table->id = Take(&next.next_table);
    for (IndexDef& index : table->indexes) index.id = Take(&next.next_index);
    for (AggregateDef& aggregate : table->aggregates) aggregate.id = Take(&next.next_aggregate);
  }

  void TakeIndexes(const TableDef& before, TableDef* table) {
    bool builds = false;
    // Matches point into the table: to an index that is then given its id.
    const std::vector<IndexMatch> matches = MatchIndexes(before, *table);
    for (const IndexMatch& match : matches) {
      const bool stays = match.from != nullptr && match.to != nullptr && match.same_entries;
      if (match.from != nullptr && !stays) {
        result_.dropped.push_back({before.name, match.from->name, match.from->id, AggregateId()});
      }
      if (match.to == nullptr) continue;
      IndexDef& index = table->indexes[static_cast<size_t>(match.to - table->indexes.data())];
      if (stays) {
        index.id = match.from->id;
        index.state = StateOf(*match.from, index.unique);
      } else {
        index.id = Take(&result_.catalog.next_index);
        index.state = IndexState::kBuilding;
        builds = true;
      }
    }
    if (builds) result_.to_build.push_back(table->id);
  }

  // Of an index that keeps its entries, in what was `from`.
  static IndexState StateOf(const IndexDef& from, bool unique) {
    if (from.state == IndexState::kBuilding) return IndexState::kBuilding;
    if (!unique) return IndexState::kReadable;
    return from.unique ? from.state : IndexState::kUniquePending;
  }

  void TakeAggregates(const TableDef& before, TableDef* table) {
    for (const AggregateMatch& match : MatchAggregates(before, *table)) {
      const bool stays = match.from != nullptr && match.to != nullptr && match.same_groups;
      if (match.from != nullptr && !stays) {
        result_.dropped.push_back({before.name, match.from->name(), IndexId(), match.from->id});
      }
      if (match.to == nullptr) continue;
      AggregateDef& aggregate =
          table->aggregates[static_cast<size_t>(match.to - table->aggregates.data())];
      if (stays) {
        aggregate.id = match.from->id;
        aggregate.state = match.from->state;
        aggregate.since = match.from->since;
      } else {
        aggregate.id = Take(&result_.catalog.next_aggregate);
        aggregate.state = AggregateState::kBuilding;
      }
    }
  }

  template <typename Id>
  static Id Take(Id* next) {
    const Id taken = *next;
    *next = Id(taken.value() + 1);
    return taken;
  }

  const Catalog& from_;
  Succession result_;
};

}  // namespace

absl::StatusOr<Succession> Succeed(const Catalog& from,
                                   std::shared_ptr<const record::SchemaSet> schemas) {
  return Successor(from, std::move(schemas)).Run();
}

}  // namespace daftar::catalog
