#include "catalog/resolve_rules.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "catalog/annotations_of.h"
#include "catalog/resolve.h"
#include "catalog/resolve_lifecycle.h"
#include "catalog/resolve_terms.h"
#include "catalog/rule_index.h"
#include "identifier/scheme.h"
#include "record/annotations.h"

namespace daftar::catalog {
namespace {

absl::StatusOr<RulePolicy> PolicyOf(schema::Policy policy) {
  switch (policy) {
    case schema::Policy::REFUSE:
      return RulePolicy::kRefuse;
    case schema::Policy::REPORT:
      return RulePolicy::kReport;
  }
  return InvalidArgument("`policy` is none that this library knows");
}

absl::StatusOr<std::vector<record::FieldPath>> ParseByPaths(
    capnp::StructSchema schema, capnp::List<capnp::Text>::Reader texts) {
  std::vector<record::FieldPath> paths;
  if (texts.size() > 0) DAFTAR_RETURN_IF_ERROR(CheckCount(texts.size(), "`by`"));
  for (auto text : texts) {
    DAFTAR_ASSIGN_OR_RETURN(record::FieldPath path, ParseSinglePath(schema, View(text)));
    paths.push_back(std::move(path));
  }
  return paths;
}

// What an interval can begin or end with: a day, a moment or another whole number.
absl::StatusOr<record::FieldPath> ParseBound(capnp::StructSchema schema, std::string_view text) {
  DAFTAR_ASSIGN_OR_RETURN(record::FieldPath path, ParseSinglePath(schema, text));
  const record::Meaning meaning = path.type().meaning();
  const bool is_time = meaning == record::Meaning::kDate || meaning == record::Meaning::kInstant;
  if (is_time || IsExactNumber(path.type())) return path;
  return InvalidArgument("an interval goes from and to a date, an instant or a whole number")
      .With("path", text)
      .With("type", path.type().Name());
}

absl::Status CheckSameType(const record::FieldPath& a, const record::FieldPath& b) {
  if (a.type().key_type() == b.type().key_type() && a.type().meaning() == b.type().meaning()) {
    return absl::OkStatus();
  }
  return InvalidArgument("both ends of an interval must be of one type")
      .With("from", a.type().Name())
      .With("to", b.type().Name());
}

absl::Status CheckScheme(std::string_view name) {
  if (identifier::FindScheme(name).has_value()) return absl::OkStatus();
  std::string names;
  for (const identifier::Scheme scheme : identifier::AllSchemes()) {
    absl::StrAppend(&names, names.empty() ? "" : ", ", identifier::SchemeName(scheme));
  }
  return InvalidArgument("there is no such scheme").With("scheme", name).With("schemes", names);
}

class RuleResolver {
 public:
  RuleResolver(const std::vector<TableDef>& tables, TableDef* table)
      : tables_(tables), table_(*table), rules_(table->rules) {}

  absl::Status Run(const std::vector<capnp::schema::Annotation::Reader>& annotations) {
    for (const auto& annotation : annotations) {
      const auto value = annotation.getValue();
      switch (annotation.getId()) {
        case record::kIndexAnnotation:
          DAFTAR_RETURN_IF_ERROR(TakeForever(value.getStruct().getAs<schema::Index>()));
          break;
        case record::kReferenceAnnotation:
          DAFTAR_RETURN_IF_ERROR(Add(value.getStruct().getAs<schema::Reference>()));
          break;
        case record::kCheckAnnotation:
          DAFTAR_RETURN_IF_ERROR(Add(value.getStruct().getAs<schema::Check>()));
          break;
        case record::kIdentifierAnnotation:
          DAFTAR_RETURN_IF_ERROR(Add(value.getStruct().getAs<schema::Identifier>()));
          break;
        case record::kExclusiveAnnotation:
          DAFTAR_RETURN_IF_ERROR(Add(value.getStruct().getAs<schema::Exclusive>()));
          break;
        case record::kSumsToAnnotation:
          DAFTAR_RETURN_IF_ERROR(Add(value.getStruct().getAs<schema::SumsTo>()));
          break;
        case record::kLifecycleAnnotation:
          DAFTAR_RETURN_IF_ERROR(Add(value.getStruct().getAs<schema::Lifecycle>()));
          break;
        case record::kPowersAnnotation:
          DAFTAR_RETURN_IF_ERROR(TakePowers(value.getStruct().getAs<schema::Powers>()));
          break;
        case record::kDecisionsAnnotation:
          DAFTAR_RETURN_IF_ERROR(TakeDecisions(value.getStruct().getAs<schema::Decisions>()));
          break;
        default:
          break;
      }
    }
    return absl::OkStatus();
  }

 private:
  // Resolves one rule, gives it its name and policy and adds it to the others of its kind.
  template <typename Source, typename Def>
  absl::Status AddNamed(Source source, Def def, std::vector<Def>* to) {
    def.name = std::string(View(source.getName()));
    DAFTAR_RETURN_IF_ERROR(CheckName(def.name));
    DAFTAR_ASSIGN_OR_RETURN(def.policy, PolicyOf(source.getPolicy()));
    const std::vector<RuleText> others = DescribeRules(table_);
    for (const RuleText& other : others) {
      if (other.name == def.name && other.kind != "forever") {
        return InvalidArgument("two rules of the table have one name");
      }
    }
    if (others.size() >= kRulesPerTableMax) {
      return InvalidArgument("the table has too many rules").With("limit", kRulesPerTableMax);
    }
    to->push_back(std::move(def));
    return absl::OkStatus();
  }

  template <typename Source, typename Def>
  absl::Status AddResolved(Source source, absl::StatusOr<Def> def, std::vector<Def>* to) {
    absl::Status status = def.status();
    if (status.ok()) status = AddNamed(source, *std::move(def), to);
    return WithContext(status, "rule", View(source.getName()));
  }

  absl::Status Add(schema::Reference::Reader source) {
    return AddResolved(source, Resolve(source), &rules_.references);
  }
  absl::Status Add(schema::Check::Reader source) {
    return AddResolved(source, Resolve(source), &rules_.checks);
  }
  absl::Status Add(schema::Identifier::Reader source) {
    return AddResolved(source, Resolve(source), &rules_.identifiers);
  }
  absl::Status Add(schema::Exclusive::Reader source) {
    return AddResolved(source, Resolve(source), &rules_.exclusives);
  }
  absl::Status Add(schema::SumsTo::Reader source) {
    return AddResolved(source, Resolve(source), &rules_.sums);
  }
  absl::Status Add(schema::Lifecycle::Reader source) {
    return AddResolved(source, ResolveLifecycle(table_, source), &rules_.lifecycles);
  }

  absl::StatusOr<const TableDef*> Table(std::string_view name) const {
    for (const TableDef& table : tables_) {
      if (table.name == name) return &table;
    }
    return InvalidArgument("there is no such table").With("table", name);
  }

  absl::Status TakeForever(schema::Index::Reader source) {
    if (!source.getForever()) return absl::OkStatus();
    for (IndexDef& index : table_.indexes) {
      if (index.name != View(source.getName())) continue;
      if (!index.unique) {
        return InvalidArgument("`forever` stands on a unique index only").With("index", index.name);
      }
      index.forever = true;
    }
    return absl::OkStatus();
  }

  absl::StatusOr<ReferenceDef> Resolve(schema::Reference::Reader source) {
    ReferenceDef def;
    def.table = std::string(View(source.getTable()));
    DAFTAR_ASSIGN_OR_RETURN(const TableDef* target, Table(def.table));
    if (source.getOn().size() != target->key.size()) {
      return InvalidArgument("`on` must name one path for each part of the key of the table")
          .With("paths", source.getOn().size())
          .With("parts", target->key.size());
    }
    IndexDef shape;
    for (uint i = 0; i < source.getOn().size(); ++i) {
      DAFTAR_ASSIGN_OR_RETURN(Term term, ParseIndexTerm(table_.schema, View(source.getOn()[i])));
      const record::FieldType& wanted = target->key[i].path.type();
      if (term.part.type != wanted.key_type() || term.path.type().meaning() != wanted.meaning()) {
        return InvalidArgument("the field is of another type than the part of the key")
            .With("path", term.path.text())
            .With("type", term.path.type().Name())
            .With("key", wanted.Name());
      }
      def.on.push_back(term.path);
      shape.on.push_back(std::move(term));
    }
    DAFTAR_RETURN_IF_ERROR(CheckFanOut(shape));
    def.keep_on_delete = source.getOnDelete() == schema::Reference::OnDelete::KEEP;
    if (def.keep_on_delete || target->rules.permanent) return def;
    DAFTAR_ASSIGN_OR_RETURN(def.index, FindRuleIndex(table_, {def.on, nullptr, {}, {}}));
    return def;
  }

  absl::StatusOr<CheckDef> Resolve(schema::Check::Reader source) {
    CheckDef def;
    def.expression = std::string(View(source.getExpression()));
    if (def.expression.empty()) return InvalidArgument("`expression` is missing");
    return def;
  }

  absl::StatusOr<IdentifierDef> Resolve(schema::Identifier::Reader source) {
    IdentifierDef def;
    IndexDef shape;
    const auto take = [&](std::string_view text) -> absl::StatusOr<record::FieldPath> {
      DAFTAR_ASSIGN_OR_RETURN(Term term, ParseIndexTerm(table_.schema, text));
      if (term.part.type != codec::KeyType::kText) {
        return InvalidArgument("numbers and their schemes are Text").With("path", text);
      }
      record::FieldPath path = term.path;
      shape.on.push_back(std::move(term));
      return path;
    };
    DAFTAR_ASSIGN_OR_RETURN(def.value, take(View(source.getValue())));
    def.scheme = std::string(View(source.getScheme()));
    if (def.scheme.empty() == (source.getSchemeIn().size() == 0)) {
      return InvalidArgument("give either `scheme` or `schemeIn`");
    }
    if (def.scheme.empty()) {
      DAFTAR_ASSIGN_OR_RETURN(def.scheme_path, take(View(source.getSchemeIn())));
    }
    DAFTAR_RETURN_IF_ERROR(CheckFanOut(shape));
    for (auto scheme : source.getReported()) def.reported.emplace_back(View(scheme));
    for (const std::string& scheme : def.reported) DAFTAR_RETURN_IF_ERROR(CheckScheme(scheme));
    if (!def.scheme.empty()) DAFTAR_RETURN_IF_ERROR(CheckScheme(def.scheme));
    return def;
  }

  absl::StatusOr<ExclusiveDef> Resolve(schema::Exclusive::Reader source) {
    const capnp::StructSchema schema = table_.schema;
    DAFTAR_ASSIGN_OR_RETURN(const auto by, ParseByPaths(schema, source.getBy()));
    DAFTAR_ASSIGN_OR_RETURN(const record::FieldPath from,
                            ParseBound(schema, View(source.getFrom())));
    DAFTAR_ASSIGN_OR_RETURN(const record::FieldPath to, ParseBound(schema, View(source.getTo())));
    DAFTAR_RETURN_IF_ERROR(CheckSameType(from, to));
    DAFTAR_ASSIGN_OR_RETURN(const auto where, ParseWhere(schema, View(source.getWhere())));
    ExclusiveDef def;
    DAFTAR_ASSIGN_OR_RETURN(def.index, FindRuleIndex(table_, {by, &from, {to}, where}));
    const IndexDef& index = table_.indexes[def.index];
    def.by_count = by.size();
    def.from = SlotOf(index, from);
    def.to = SlotOf(index, to);
    // Null is before everything, so it must stand on that side of the others.
    const codec::KeyPart& part = index.on[def.from.at].part;
    const bool descending = part.direction == codec::Direction::kDescending;
    const codec::Nulls before = descending ? codec::Nulls::kLast : codec::Nulls::kFirst;
    if (part.nulls != codec::Nulls::kNever && part.nulls != before) {
      return InvalidArgument("the index has nulls of `from` at the end of time")
          .With("index", index.name);
    }
    return def;
  }

  absl::StatusOr<SumDef> Resolve(schema::SumsTo::Reader source) {
    const capnp::StructSchema schema = table_.schema;
    SumDef def;
    DAFTAR_ASSIGN_OR_RETURN(def.sum, record::FieldPath::Parse(schema, View(source.getSum())));
    DAFTAR_RETURN_IF_ERROR(CheckSummable(def.sum));
    def.total = source.getTotal();
    def.at_most = source.getAtMost();
    DAFTAR_ASSIGN_OR_RETURN(def.where, ParseWhere(schema, View(source.getWhere())));
    DAFTAR_ASSIGN_OR_RETURN(const auto by, ParseByPaths(schema, source.getBy()));
    if (by.empty()) {
      const bool plain = source.getFrom().size() == 0 && source.getTo().size() == 0 &&
                         source.getTotalWhere().size() == 0;
      if (!plain) return InvalidArgument("`from`, `to` and `totalWhere` go with `by`");
      if (!def.sum.fans_out()) {
        return InvalidArgument("name what makes a group in `by`, or a sum of a list")
            .With("path", def.sum.text());
      }
      return def;
    }
    if (def.sum.fans_out()) {
      return InvalidArgument("a sum over several records cannot go into a list")
          .With("path", def.sum.text());
    }
    def.by_count = by.size();
    DAFTAR_RETURN_IF_ERROR(TakeSlots(source, by, &def));
    return def;
  }

  absl::Status TakeSlots(schema::SumsTo::Reader source, const std::vector<record::FieldPath>& by,
                         SumDef* def) {
    const capnp::StructSchema schema = table_.schema;
    std::vector<record::FieldPath> holds = {def->sum};
    std::vector<record::FieldPath> bounds;
    for (const auto text : {source.getFrom(), source.getTo()}) {
      if (text.size() == 0) continue;
      DAFTAR_ASSIGN_OR_RETURN(record::FieldPath path, ParseBound(schema, View(text)));
      bounds.push_back(path);
      holds.push_back(std::move(path));
    }
    if (bounds.size() == 2) DAFTAR_RETURN_IF_ERROR(CheckSameType(bounds[0], bounds[1]));
    DAFTAR_ASSIGN_OR_RETURN(const auto total_where,
                            ParseWhere(schema, View(source.getTotalWhere())));
    for (const record::Condition& condition : total_where) holds.push_back(condition.path);
    DAFTAR_ASSIGN_OR_RETURN(def->index,
                            FindRuleIndex(table_, {by, nullptr, std::move(holds), def->where}));
    const IndexDef& index = table_.indexes[def->index];
    if (index.fans_out()) return InvalidArgument("the index goes into a list");
    def->slot = SlotOf(index, def->sum);
    size_t bound = 0;
    if (source.getFrom().size() > 0) def->from = SlotOf(index, bounds[bound++]);
    if (source.getTo().size() > 0) def->to = SlotOf(index, bounds[bound]);
    for (const record::Condition& condition : total_where) {
      def->total_where.push_back({condition, SlotOf(index, condition.path)});
    }
    return absl::OkStatus();
  }

  absl::Status TakePowers(schema::Powers::Reader source) {
    const capnp::StructSchema schema = table_.schema;
    PowersDef def;
    DAFTAR_ASSIGN_OR_RETURN(def.actor, ParseSinglePath(schema, View(source.getActor())));
    DAFTAR_ASSIGN_OR_RETURN(def.role, ParseSinglePath(schema, View(source.getRole())));
    DAFTAR_ASSIGN_OR_RETURN(def.zone, ParseOptionalPath(schema, View(source.getZone())));
    for (const record::FieldPath* path : {&def.actor, &def.role}) {
      if (path->type().key_type() == codec::KeyType::kText) continue;
      return InvalidArgument("actors and roles of $powers are Text").With("path", path->text());
    }
    if (source.getFrom().size() > 0) {
      DAFTAR_ASSIGN_OR_RETURN(def.from, ParseDatePath(schema, View(source.getFrom())));
    }
    if (source.getTo().size() > 0) {
      DAFTAR_ASSIGN_OR_RETURN(def.to, ParseDatePath(schema, View(source.getTo())));
    }
    const std::vector<record::FieldPath> by = {def.actor};
    DAFTAR_ASSIGN_OR_RETURN(def.index, FindRuleIndex(table_, {by, nullptr, {}, {}}));
    rules_.powers = std::move(def);
    return absl::OkStatus();
  }

  absl::Status TakeDecisions(schema::Decisions::Reader source) {
    DecisionsDef def;
    DAFTAR_ASSIGN_OR_RETURN(def.decided_on,
                            ParseDatePath(table_.schema, View(source.getDecidedOn())));
    for (const Term& term : table_.key) {
      if (term.part.type == codec::KeyType::kText) continue;
      return InvalidArgument("the key of a table of $decisions must be of Text")
          .With("path", term.path.text());
    }
    rules_.decisions = std::move(def);
    return absl::OkStatus();
  }

  const std::vector<TableDef>& tables_;
  TableDef& table_;
  Rules& rules_;
};

// What one table of a schema at most may be.
absl::Status CheckSingle(const std::vector<TableDef>& tables) {
  const TableDef* powers = nullptr;
  const TableDef* decisions = nullptr;
  for (const TableDef& table : tables) {
    const auto take = [&](bool is_it, const TableDef** first, std::string_view what) {
      if (!is_it) return absl::OkStatus();
      if (*first == nullptr) {
        *first = &table;
        return absl::OkStatus();
      }
      return absl::Status(InvalidArgument("two tables have an annotation that one may have")
                              .With("annotation", what)
                              .With("table", (*first)->name)
                              .With("other", table.name));
    };
    DAFTAR_RETURN_IF_ERROR(take(table.rules.powers.has_value(), &powers, "$powers"));
    DAFTAR_RETURN_IF_ERROR(take(table.rules.decisions.has_value(), &decisions, "$decisions"));
  }
  for (const TableDef& table : tables) {
    for (const LifecycleDef& lifecycle : table.rules.lifecycles) {
      for (const ActDef& act : lifecycle.acts) {
        if (act.by.empty() || powers != nullptr) continue;
        return InvalidArgument(
                   "an act names roles, but no table says who has them; put $powers "
                   "on one")
            .With("table", table.name)
            .With("rule", lifecycle.name)
            .With("act", act.name);
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ResolveRules(const record::SchemaSet& schemas, std::vector<TableDef>* tables) {
  DAFTAR_ASSIGN_OR_RETURN(const Annotations annotations, Annotations::Find(schemas));
  // References ask whether records of their table can be deleted.
  for (TableDef& table : *tables) {
    for (auto annotation : table.schema.getProto().getAnnotations()) {
      if (annotation.getId() != record::kTableAnnotation) continue;
      table.rules.permanent =
          annotation.getValue().getStruct().getAs<schema::Table>().getPermanent();
    }
  }
  for (TableDef& table : *tables) {
    const absl::Status status = RuleResolver(*tables, &table).Run(annotations.Of(table.schema));
    if (!status.ok()) return WithContext(status, "struct", record::TypeName(table.schema));
  }
  return CheckSingle(*tables);
}

}  // namespace daftar::catalog
