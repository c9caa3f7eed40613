#include "catalog/resolve.h"

#include "absl/container/flat_hash_set.h"
#include "base/status.h"
#include "catalog/annotations_of.h"
#include "catalog/field_rules.h"
#include "catalog/resolve_aggregate.h"
#include "catalog/resolve_point.h"
#include "catalog/resolve_rules.h"
#include "catalog/resolve_search.h"
#include "catalog/resolve_terms.h"
#include "daftar/daftar.capnp.h"
#include "record/annotations.h"
#include "record/kj_fence.h"

namespace daftar::catalog {
namespace {

absl::StatusOr<IndexDef> ResolveIndex(capnp::StructSchema schema, schema::Index::Reader source) {
  IndexDef index;
  index.name = std::string(View(source.getName()));
  DAFTAR_RETURN_IF_ERROR(CheckName(index.name));
  DAFTAR_RETURN_IF_ERROR(CheckCount(source.getOn().size(), "`on`"));
  DAFTAR_ASSIGN_OR_RETURN(index.on, ParseTerms(schema, source.getOn(), ParseIndexTerm));
  DAFTAR_RETURN_IF_ERROR(CheckFanOut(index));
  index.unique = source.getUnique();
  if (source.getCovering().size() > kTermsMax) {
    DAFTAR_RETURN_IF_ERROR(CheckCount(source.getCovering().size(), "`covering`"));
  }
  DAFTAR_ASSIGN_OR_RETURN(index.covering,
                          ParseTerms(schema, source.getCovering(), ParseCoveringTerm));
  for (const Term& covered : index.covering) {
    for (const Term& term : index.on) {
      if (covered.path == term.path) {
        return InvalidArgument("a path of `on` needs no covering").With("path", term.path.text());
      }
    }
  }
  DAFTAR_ASSIGN_OR_RETURN(index.where, ParseWhere(schema, View(source.getWhere())));
  return index;
}

// `Source`: schema::Index or schema::Search.
template <typename Source, typename Resolve>
absl::Status AddIndex(const Source& source, const Resolve& resolve, TableDef* table) {
  auto index = resolve(table->schema, source);
  if (!index.ok()) return WithContext(index.status(), "index", View(source.getName()));
  if (table->FindIndex(index->name) != nullptr) {
    return InvalidArgument("two indexes have one name").With("index", index->name);
  }
  if (table->indexes.size() == kIndexesPerTableMax) {
    return InvalidArgument("table has too many indexes").With("limit", kIndexesPerTableMax);
  }
  table->indexes.push_back(*std::move(index));
  return absl::OkStatus();
}

// What commits must state, and how long old versions are kept.
absl::Status TakeRequirements(schema::Table::Reader source, TableDef* table) {
  for (const schema::Table::Statement part : source.getRequires()) {
    switch (part) {
      case schema::Table::Statement::ACTOR:
        table->requires_actor = true;
        continue;
      case schema::Table::Statement::REASON:
        table->requires_reason = true;
        continue;
      case schema::Table::Statement::DECISION:
        table->requires_decision = true;
        continue;
    }
    return InvalidArgument("`requires` names what this library does not know")
        .With("table", table->name);
  }
  table->history_days = source.getHistoryDays();
  return absl::OkStatus();
}

bool IsRule(uint64_t annotation_id) {
  switch (annotation_id) {
    case record::kReferenceAnnotation:
    case record::kCheckAnnotation:
    case record::kIdentifierAnnotation:
    case record::kExclusiveAnnotation:
    case record::kSumsToAnnotation:
    case record::kLifecycleAnnotation:
    case record::kPowersAnnotation:
    case record::kDecisionsAnnotation:
      return true;
    default:
      return false;
  }
}

// Fills `table` from the annotations of its struct. False: the struct is no table.
absl::StatusOr<bool> ResolveTable(const Annotations& annotations, TableDef* table) {
  bool is_table = false;
  bool has_index = false;
  bool has_search = false;
  bool has_aggregate = false;
  bool has_point = false;
  bool has_rule = false;
  const auto own = table->schema.getProto().getAnnotations();
  for (auto annotation : own) {
    if (annotation.getId() == record::kIndexAnnotation) has_index = true;
    if (annotation.getId() == record::kSearchAnnotation) has_search = true;
    if (annotation.getId() == record::kAggregateAnnotation) has_aggregate = true;
    if (IsRule(annotation.getId())) has_rule = true;
    if (annotation.getId() == record::kPointAnnotation) has_point = true;
    if (annotation.getId() != record::kTableAnnotation) continue;
    if (is_table) return InvalidArgument("a struct has one $table at most");
    is_table = true;
    auto source = annotation.getValue().getStruct().getAs<schema::Table>();
    table->name = std::string(View(source.getName()));
    DAFTAR_RETURN_IF_ERROR(CheckName(table->name));
    DAFTAR_RETURN_IF_ERROR(CheckCount(source.getKey().size(), "`key`"));
    DAFTAR_ASSIGN_OR_RETURN(table->key, ParseTerms(table->schema, source.getKey(), ParseKeyTerm));
    DAFTAR_RETURN_IF_ERROR(TakeRequirements(source, table));
  }
  if (!is_table) {
    if (Annotations::Extends(table->schema)) return false;
    if (has_index) return InvalidArgument("$index stands on a struct with $table only");
    if (has_search) return InvalidArgument("$search stands on a struct with $table only");
    if (has_aggregate) return InvalidArgument("$aggregate stands on a struct with $table only");
    if (has_point) return InvalidArgument("$point stands on a struct with $table only");
    if (has_rule) return InvalidArgument("a rule stands on a struct with $table only");
    return false;
  }
  const auto all = annotations.Of(table->schema);
  for (auto annotation : all) {
    if (annotation.getId() != record::kIndexAnnotation) continue;
    DAFTAR_RETURN_IF_ERROR(
        AddIndex(annotation.getValue().getStruct().getAs<schema::Index>(), ResolveIndex, table));
  }
  for (auto annotation : all) {
    if (annotation.getId() != record::kSearchAnnotation) continue;
    DAFTAR_RETURN_IF_ERROR(
        AddIndex(annotation.getValue().getStruct().getAs<schema::Search>(), ResolveSearch, table));
  }
  for (auto annotation : all) {
    if (annotation.getId() != record::kPointAnnotation) continue;
    DAFTAR_RETURN_IF_ERROR(
        AddIndex(annotation.getValue().getStruct().getAs<schema::Point>(), ResolvePoint, table));
  }
  // Indexes come first: aggregates read least and greatest values from them.
  for (auto annotation : all) {
    if (annotation.getId() != record::kAggregateAnnotation) continue;
    DAFTAR_RETURN_IF_ERROR(
        AddAggregate(annotation.getValue().getStruct().getAs<schema::Aggregate>(), table));
  }
  return true;
}

absl::StatusOr<std::vector<TableDef>> ResolveAll(const record::SchemaSet& schemas) {
  DAFTAR_RETURN_IF_ERROR(CheckFields(schemas));
  DAFTAR_ASSIGN_OR_RETURN(const Annotations annotations, Annotations::Find(schemas));
  std::vector<TableDef> tables;
  absl::flat_hash_set<std::string> names;
  for (uint64_t id : schemas.struct_ids()) {
    TableDef table;
    DAFTAR_ASSIGN_OR_RETURN(table.schema, schemas.Struct(id));
    auto resolved = ResolveTable(annotations, &table);
    if (!resolved.ok()) {
      return WithContext(resolved.status(), "struct", record::TypeName(table.schema));
    }
    if (!*resolved) continue;
    if (!names.insert(table.name).second) {
      return InvalidArgument("two tables have one name")
          .With("table", table.name)
          .With("struct", record::TypeName(table.schema));
    }
    tables.push_back(std::move(table));
  }
  if (tables.empty()) {
    return InvalidArgument("the schema has no table; put $Daftar.table(name = …) on a struct");
  }
  if (tables.size() > kTablesMax) {
    return InvalidArgument("the schema has too many tables").With("limit", kTablesMax);
  }
  DAFTAR_RETURN_IF_ERROR(ResolveRules(schemas, &tables));
  return tables;
}

}  // namespace

absl::StatusOr<std::vector<TableDef>> ResolveTables(
    const std::shared_ptr<const record::SchemaSet>& schemas) {
  return record::Fenced(absl::StatusCode::kInvalidArgument, "annotations do not decode",
                        [&] { return ResolveAll(*schemas); });
}

absl::StatusOr<Catalog> NewCatalog(std::shared_ptr<const record::SchemaSet> schemas) {
  Catalog catalog;
  DAFTAR_ASSIGN_OR_RETURN(catalog.tables, ResolveTables(schemas));
  catalog.schemas = std::move(schemas);
  catalog.version = SchemaVersion(1);
  uint32_t next_table = 1;
  uint32_t next_index = 1;
  uint32_t next_aggregate = 1;
  for (TableDef& table : catalog.tables) {
    table.id = TableId(next_table++);
    for (IndexDef& index : table.indexes) index.id = IndexId(next_index++);
    for (AggregateDef& aggregate : table.aggregates) aggregate.id = AggregateId(next_aggregate++);
  }
  catalog.next_table = TableId(next_table);
  catalog.next_index = IndexId(next_index);
  catalog.next_aggregate = AggregateId(next_aggregate);
  return catalog;
}

}  // namespace daftar::catalog
