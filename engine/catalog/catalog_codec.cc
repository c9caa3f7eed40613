#include "catalog/catalog_codec.h"

#include <capnp/message.h>

#include "base/status.h"
#include "catalog/resolve_point.h"
#include "catalog/resolve_rules.h"
#include "catalog/resolve_search.h"
#include "codec/keyspace.h"
#include "daftar/catalog.capnp.h"
#include "record/envelope.h"
#include "record/kj_fence.h"
#include "record/message.h"
#include "record/words.h"

namespace daftar::catalog {
namespace {

namespace stored = schema::stored;

constexpr uint8_t kRequiresActor = 1;
constexpr uint8_t kRequiresReason = 2;
constexpr uint8_t kRequiresDecision = 4;
constexpr uint8_t kRequiresAll = kRequiresActor | kRequiresReason | kRequiresDecision;

codec::KeyPart OperandPart(const record::FieldPath& path) {
  return {path.type().key_type(), codec::Direction::kAscending, codec::Nulls::kNever};
}

void WritePath(const record::FieldPath& path, capnp::List<stored::FieldRef>::Builder out) {
  for (uint i = 0; i < out.size(); ++i) {
    out[i].setStructId(path.stored()[i].struct_id);
    out[i].setOrdinal(path.stored()[i].ordinal);
  }
}

uint Size(size_t size) { return static_cast<uint>(size); }

void WriteTerms(const std::vector<Term>& terms, capnp::List<stored::Term>::Builder out) {
  for (uint i = 0; i < out.size(); ++i) {
    const Term& term = terms[i];
    WritePath(term.path, out[i].initPath(Size(term.path.stored().size())));
    out[i].setDirection(static_cast<uint8_t>(term.part.direction));
    out[i].setNulls(static_cast<uint8_t>(term.part.nulls));
    out[i].setKeyType(static_cast<uint8_t>(term.part.type));
  }
}

void WriteCondition(const record::Condition& condition, stored::Condition::Builder out) {
  WritePath(condition.path, out.initPath(Size(condition.path.stored().size())));
  out.setOperator(static_cast<uint8_t>(condition.op));
  auto operands = out.initOperands(Size(condition.operands.size()));
  for (uint i = 0; i < operands.size(); ++i) {
    std::string bytes;
    codec::AppendPart(OperandPart(condition.path), ToView(condition.operands[i]), &bytes);
    operands.set(i, kj::arrayPtr(reinterpret_cast<const kj::byte*>(bytes.data()), bytes.size()));
  }
}

void WriteSearch(const SearchDef& search, stored::Search::Builder out) {
  auto fields = out.initFields(Size(search.fields.size()));
  for (uint i = 0; i < fields.size(); ++i) {
    WritePath(search.fields[i], fields.init(i, Size(search.fields[i].stored().size())));
  }
  if (search.from) WritePath(*search.from, out.initFrom(Size(search.from->stored().size())));
  if (search.to) WritePath(*search.to, out.initTo(Size(search.to->stored().size())));
  out.setKeys(search.keys_version);
}

void WriteIndex(const IndexDef& index, stored::Index::Builder out) {
  out.setId(index.id.value());
  out.setName(index.name.c_str());
  if (index.search) {
    WriteSearch(*index.search, out.initSearch());
  } else if (index.kind == IndexKind::kOrdered) {
    WriteTerms(index.on, out.initOn(Size(index.on.size())));
  }
  out.setKind(static_cast<uint8_t>(index.kind));
  out.setUnique(index.unique);
  WriteTerms(index.covering, out.initCovering(Size(index.covering.size())));
  auto where = out.initWhere(Size(index.where.size()));
  for (uint i = 0; i < where.size(); ++i) WriteCondition(index.where[i], where[i]);
  out.setState(static_cast<uint8_t>(index.state));
}

std::vector<Term> TermsOf(const std::vector<AggregateDef::Extreme>& extremes,
                          const TableDef& table) {
  std::vector<Term> terms;
  for (const AggregateDef::Extreme& extreme : extremes) {
    for (const Term& term : table.indexes[extreme.index].on) {
      if (term.path == extreme.path) terms.push_back(term);
    }
  }
  return terms;
}

void WriteAggregate(const TableDef& table, const AggregateDef& aggregate, CommitVersion created,
                    stored::Aggregate::Builder out) {
  out.setId(aggregate.id.value());
  out.setName(aggregate.name().c_str());
  WriteTerms(aggregate.by(), out.initBy(Size(aggregate.by().size())));
  WriteTerms(aggregate.sums(), out.initSum(Size(aggregate.sums().size())));
  WriteTerms(TermsOf(aggregate.mins, table), out.initMin(Size(aggregate.mins.size())));
  WriteTerms(TermsOf(aggregate.maxs, table), out.initMax(Size(aggregate.maxs.size())));
  auto where = out.initWhere(Size(aggregate.groups.where.size()));
  for (uint i = 0; i < where.size(); ++i) WriteCondition(aggregate.groups.where[i], where[i]);
  out.setState(static_cast<uint8_t>(aggregate.state));
  out.setSince(aggregate.since == kThisCommit ? created.value() : aggregate.since.value());
}

void WriteCatalog(const Catalog& catalog, CommitVersion created, stored::Catalog::Builder out) {
  out.setSchemaVersion(catalog.version.value());
  out.setNextTableId(catalog.next_table.value());
  out.setNextIndexId(catalog.next_index.value());
  out.setAggregateIds(catalog.next_aggregate.value() - 1);
  auto tables = out.initTables(Size(catalog.tables.size()));
  for (uint i = 0; i < tables.size(); ++i) {
    const TableDef& table = catalog.tables[i];
    tables[i].setId(table.id.value());
    tables[i].setName(table.name.c_str());
    tables[i].setTypeId(table.schema.getProto().getId());
    WriteTerms(table.key, tables[i].initKey(Size(table.key.size())));
    tables[i].setRequires(static_cast<uint8_t>((table.requires_actor ? kRequiresActor : 0) |
                                               (table.requires_reason ? kRequiresReason : 0) |
                                               (table.requires_decision ? kRequiresDecision : 0)));
    tables[i].setHistoryDays(table.history_days);
    auto indexes = tables[i].initIndexes(Size(table.indexes.size()));
    for (uint j = 0; j < indexes.size(); ++j) WriteIndex(table.indexes[j], indexes[j]);
    // Without any the bytes stay those of a schema from before there were aggregates.
    if (table.aggregates.empty()) continue;
    auto aggregates = tables[i].initAggregates(Size(table.aggregates.size()));
    for (uint j = 0; j < aggregates.size(); ++j) {
      WriteAggregate(table, table.aggregates[j], created, aggregates[j]);
    }
  }
  const auto nodes = catalog.schemas->nodes();
  auto list = out.initNodes(Size(nodes.size()));
  for (uint i = 0; i < list.size(); ++i) {
    list.set(i, kj::arrayPtr(reinterpret_cast<const kj::byte*>(nodes[i].data()), nodes[i].size()));
  }
}

std::string_view View(capnp::Data::Reader data) {
  return {reinterpret_cast<const char*>(data.begin()), data.size()};
}

absl::StatusOr<record::FieldPath> ReadPath(capnp::StructSchema schema,
                                           capnp::List<stored::FieldRef>::Reader refs) {
  record::StoredPath path;
  for (auto ref : refs) path.push_back({ref.getStructId(), ref.getOrdinal()});
  return record::FieldPath::Resolve(schema, path);
}

// `may_be_null`: false for keys, whose fields are always set.
absl::StatusOr<std::vector<Term>> ReadTerms(capnp::StructSchema schema,
                                            capnp::List<stored::Term>::Reader list,
                                            bool may_be_null) {
  std::vector<Term> terms;
  for (auto source : list) {
    DAFTAR_ASSIGN_OR_RETURN(record::FieldPath path, ReadPath(schema, source.getPath()));
    Term term{std::move(path), {}};
    term.part = {term.path.type().key_type(), static_cast<codec::Direction>(source.getDirection()),
                 static_cast<codec::Nulls>(source.getNulls())};
    // A part without a marker cannot hold the null that its path may give.
    const bool lacks_null = may_be_null && term.path.nullable() && source.getNulls() == 0;
    if (static_cast<uint8_t>(term.part.type) != source.getKeyType() || source.getDirection() > 1 ||
        source.getNulls() > 2 || lacks_null) {
      return DataLoss("stored term does not fit the schema").With("path", term.path.text());
    }
    terms.push_back(std::move(term));
  }
  return terms;
}

// What Meets() relies on.
absl::Status CheckOperands(const record::Condition& condition) {
  const capnp::Type type = condition.path.type().type();
  const bool is_null_test =
      condition.op == Operator::kIsNull || condition.op == Operator::kIsNotNull;
  const bool count_fits =
      condition.op == Operator::kIn || condition.operands.size() == (is_null_test ? 0U : 1U);
  if (!count_fits || (condition.op == Operator::kStartsWith && !type.isText() && !type.isData())) {
    return DataLoss("stored condition does not fit its operator")
        .With("path", condition.path.text());
  }
  return absl::OkStatus();
}

absl::StatusOr<record::Condition> ReadCondition(capnp::StructSchema schema,
                                                stored::Condition::Reader source) {
  record::Condition condition;
  DAFTAR_ASSIGN_OR_RETURN(condition.path, ReadPath(schema, source.getPath()));
  condition.op = static_cast<Operator>(source.getOperator());
  if (record::OperatorSymbol(condition.op) == "?") return DataLoss("stored operator is unknown");
  for (auto operand : source.getOperands()) {
    std::string_view bytes = View(operand);
    DAFTAR_ASSIGN_OR_RETURN(OwnedScalar value,
                            codec::TakePart(OperandPart(condition.path), &bytes));
    if (!bytes.empty()) return DataLoss("stored operand has extra bytes");
    condition.operands.push_back(std::move(value));
  }
  DAFTAR_RETURN_IF_ERROR(CheckOperands(condition));
  return condition;
}

absl::StatusOr<std::vector<record::Condition>> ReadWhere(
    capnp::StructSchema schema, capnp::List<stored::Condition>::Reader list) {
  std::vector<record::Condition> where;
  for (auto condition : list) {
    DAFTAR_ASSIGN_OR_RETURN(record::Condition read, ReadCondition(schema, condition));
    where.push_back(std::move(read));
  }
  return where;
}

absl::Status ReadOptionalPath(capnp::StructSchema schema,
                              capnp::List<stored::FieldRef>::Reader refs,
                              std::optional<record::FieldPath>* out) {
  if (refs.size() == 0) return absl::OkStatus();
  DAFTAR_ASSIGN_OR_RETURN(*out, ReadPath(schema, refs));
  return absl::OkStatus();
}

absl::StatusOr<SearchDef> ReadSearch(capnp::StructSchema schema, stored::Search::Reader source) {
  SearchDef search;
  for (auto field : source.getFields()) {
    DAFTAR_ASSIGN_OR_RETURN(search.fields.emplace_back(), ReadPath(schema, field));
  }
  DAFTAR_RETURN_IF_ERROR(ReadOptionalPath(schema, source.getFrom(), &search.from));
  DAFTAR_RETURN_IF_ERROR(ReadOptionalPath(schema, source.getTo(), &search.to));
  search.keys_version = source.getKeys();
  const auto cause = CheckSearch(search);
  if (!cause.ok())
    return DataLoss("stored search index does not fit").With("cause", cause.message());
  return search;
}

absl::StatusOr<IndexDef> ReadIndex(capnp::StructSchema schema, stored::Index::Reader source) {
  IndexDef index;
  index.id = IndexId(source.getId());
  index.name = source.getName().cStr();
  DAFTAR_ASSIGN_OR_RETURN(index.on, ReadTerms(schema, source.getOn(), true));
  if (source.hasSearch()) {
    DAFTAR_ASSIGN_OR_RETURN(index.search, ReadSearch(schema, source.getSearch()));
    index.on = SearchTerms(*index.search);
  }
  index.unique = source.getUnique();
  DAFTAR_ASSIGN_OR_RETURN(index.covering, ReadTerms(schema, source.getCovering(), true));
  DAFTAR_ASSIGN_OR_RETURN(index.where, ReadWhere(schema, source.getWhere()));
  index.kind = static_cast<IndexKind>(source.getKind());
  if (index.kind == IndexKind::kPoint) {
    index.on = CellTerms();
    const absl::Status fits = CheckPoint(index);
    if (!fits.ok()) {
      return DataLoss("stored index of points does not fit").With("cause", fits.message());
    }
  } else if (index.kind != IndexKind::kOrdered) {
    return DataLoss("stored index is of an unknown kind").With("index", index.name);
  }
  if (source.getState() > static_cast<uint8_t>(IndexState::kUniquePending)) {
    return DataLoss("stored index has an unknown state").With("index", index.name);
  }
  index.state = static_cast<IndexState>(source.getState());
  return index;
}

absl::StatusOr<std::vector<AggregateDef::Extreme>> ReadExtremes(
    const TableDef& table, const AggregateDef& aggregate, capnp::List<stored::Term>::Reader list) {
  std::vector<AggregateDef::Extreme> extremes;
  for (auto source : list) {
    AggregateDef::Extreme& extreme = extremes.emplace_back();
    DAFTAR_ASSIGN_OR_RETURN(extreme.path, ReadPath(table.schema, source.getPath()));
    DAFTAR_RETURN_IF_ERROR(FindExtreme(table, aggregate, &extreme));
  }
  return extremes;
}

// `created`: the commit of the catalog.
absl::StatusOr<AggregateDef> ReadAggregate(const TableDef& table, CommitVersion created,
                                           stored::Aggregate::Reader source) {
  AggregateDef aggregate;
  aggregate.id = AggregateId(source.getId());
  aggregate.groups.name = source.getName().cStr();
  DAFTAR_ASSIGN_OR_RETURN(aggregate.groups.on, ReadTerms(table.schema, source.getBy(), true));
  DAFTAR_ASSIGN_OR_RETURN(aggregate.groups.covering,
                          ReadTerms(table.schema, source.getSum(), true));
  DAFTAR_ASSIGN_OR_RETURN(aggregate.groups.where, ReadWhere(table.schema, source.getWhere()));
  DAFTAR_ASSIGN_OR_RETURN(aggregate.mins, ReadExtremes(table, aggregate, source.getMin()));
  DAFTAR_ASSIGN_OR_RETURN(aggregate.maxs, ReadExtremes(table, aggregate, source.getMax()));
  if (source.getState() > static_cast<uint8_t>(AggregateState::kBuilding)) {
    return DataLoss("stored aggregate has an unknown state").With("aggregate", aggregate.name());
  }
  aggregate.state = static_cast<AggregateState>(source.getState());
  aggregate.since = CommitVersion(source.getSince());
  if (aggregate.since > created) {
    return DataLoss("stored aggregate begins after its catalog")
        .With("aggregate", aggregate.name());
  }
  return aggregate;
}

absl::StatusOr<Catalog> ReadCatalog(CommitVersion created, stored::Catalog::Reader source) {
  Catalog catalog;
  catalog.version = SchemaVersion(source.getSchemaVersion());
  catalog.next_table = TableId(source.getNextTableId());
  catalog.next_index = IndexId(source.getNextIndexId());
  catalog.next_aggregate = AggregateId(source.getAggregateIds() + 1);
  std::vector<std::string_view> nodes;
  for (auto node : source.getNodes()) nodes.push_back(View(node));
  DAFTAR_ASSIGN_OR_RETURN(catalog.schemas, record::SchemaSet::FromStored(std::move(nodes)));
  for (auto stored_table : source.getTables()) {
    TableDef table;
    table.id = TableId(stored_table.getId());
    table.name = stored_table.getName().cStr();
    DAFTAR_ASSIGN_OR_RETURN(table.schema, catalog.schemas->Struct(stored_table.getTypeId()));
    DAFTAR_ASSIGN_OR_RETURN(table.key, ReadTerms(table.schema, stored_table.getKey(), false));
    for (auto stored_index : stored_table.getIndexes()) {
      DAFTAR_ASSIGN_OR_RETURN(IndexDef index, ReadIndex(table.schema, stored_index));
      if (index.id >= catalog.next_index) return DataLoss("stored index has a future id");
      table.indexes.push_back(std::move(index));
    }
    for (auto stored_aggregate : stored_table.getAggregates()) {
      DAFTAR_ASSIGN_OR_RETURN(AggregateDef aggregate,
                              ReadAggregate(table, created, stored_aggregate));
      if (aggregate.id >= catalog.next_aggregate) {
        return DataLoss("stored aggregate has a future id");
      }
      table.aggregates.push_back(std::move(aggregate));
    }
    const uint8_t required = stored_table.getRequires();
    if ((required & ~kRequiresAll) != 0) return DataLoss("stored table requires what is unknown");
    table.requires_actor = (required & kRequiresActor) != 0;
    table.requires_reason = (required & kRequiresReason) != 0;
    table.requires_decision = (required & kRequiresDecision) != 0;
    table.history_days = stored_table.getHistoryDays();
    if (table.id >= catalog.next_table) return DataLoss("stored table has a future id");
    catalog.tables.push_back(std::move(table));
  }
  DAFTAR_RETURN_IF_ERROR(ResolveRules(*catalog.schemas, &catalog.tables));
  return catalog;
}

}  // namespace

std::string CatalogKey(SchemaVersion version) {
  std::string key = codec::SpacePrefix(codec::Space::kCatalog);
  codec::AppendOrderedVarint(version.value(), &key);
  return key;
}

absl::StatusOr<std::string> EncodeCatalog(const Catalog& catalog, CommitVersion created) {
  capnp::MallocMessageBuilder builder;
  auto root = builder.initRoot<stored::Catalog>();
  WriteCatalog(catalog, created, root);
  auto words = capnp::canonicalize(root.asReader());
  const std::string_view message = record::BytesOf(words);
  if (message.size() > record::kMessageBytesMax) {
    return ResourceExhausted("schema is too large")
        .With("bytes", message.size())
        .With("limit", record::kMessageBytesMax);
  }
  return record::EncodeEnvelope(CatalogKey(catalog.version), {catalog.version, created, message});
}

absl::StatusOr<Catalog> DecodeCatalog(std::string_view key, std::string_view value) {
  DAFTAR_ASSIGN_OR_RETURN(const record::Envelope envelope, record::DecodeEnvelope(key, value));
  DAFTAR_ASSIGN_OR_RETURN(
      const record::Message message,
      record::Message::FromStored(capnp::Schema::from<stored::Catalog>(), envelope.message));
  auto catalog = record::Fenced(absl::StatusCode::kDataLoss, "stored catalog does not decode", [&] {
    return ReadCatalog(envelope.created, message.root().as<stored::Catalog>());
  });
  // Looking something up in the stored schema and not finding it means that parts of one value
  // disagree.
  if (absl::IsNotFound(catalog.status()) || absl::IsInvalidArgument(catalog.status())) {
    return DataLoss("stored catalog contradicts itself").With("cause", catalog.status().message());
  }
  if (catalog.ok() && CatalogKey(catalog->version) != key) {
    return DataLoss("stored catalog is another version than its key says");
  }
  return catalog;
}

}  // namespace daftar::catalog
