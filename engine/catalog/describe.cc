#include "catalog/describe.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "record/kj_fence.h"

namespace daftar::catalog {
namespace {

std::string Joined(const std::vector<Term>& terms) {
  return absl::StrJoin(terms, ", ",
                       [](std::string* out, const Term& term) { *out += ToString(term); });
}

std::string TypeText(capnp::Type type, capnp::schema::Field::Reader field) {
  if (type.isList())
    return absl::StrCat("list of ", TypeText(type.asList().getElementType(), field));
  if (type.isVoid()) return "void";
  if (type.isStruct()) {
    auto schema = type.asStruct();
    if (record::IsOptional(schema)) {
      auto value = record::OptionalValue(schema);
      return absl::StrCat("optional ", TypeText(value.getType(), value.getProto()));
    }
    return schema.getProto().getStruct().getIsGroup()
               ? absl::StrCat("group (", record::FieldNames(schema), ")")
               : absl::StrCat("struct ", record::TypeName(schema));
  }
  return record::FieldType(type, record::MeaningOf(field)).Name();
}

std::string WhereText(const std::vector<record::Condition>& where) {
  if (where.empty()) return "";
  const auto condition = [](std::string* out, const record::Condition& c) { *out += c.ToString(); };
  return absl::StrCat(", where ", absl::StrJoin(where, " and ", condition));
}

std::string SearchText(const SearchDef& search) {
  const auto path = [](std::string* out, const record::FieldPath& field) { *out += field.text(); };
  std::string text = absl::StrCat("search in ", absl::StrJoin(search.fields, ", ", path));
  if (search.from) absl::StrAppend(&text, ", from ", search.from->text());
  if (search.to) absl::StrAppend(&text, ", to ", search.to->text());
  return text;
}

std::string IndexText(const IndexDef& index) {
  if (index.search) return SearchText(*index.search) + WhereText(index.where);
  if (index.kind == IndexKind::kPoint) {
    return absl::StrCat("points at ", Joined(index.covering), WhereText(index.where));
  }
  std::string text = absl::StrCat("on ", Joined(index.on));
  if (index.unique) absl::StrAppend(&text, ", unique");
  if (!index.covering.empty()) absl::StrAppend(&text, ", covering ", Joined(index.covering));
  return text + WhereText(index.where);
}

std::string Joined(const std::vector<AggregateDef::Extreme>& extremes) {
  return absl::StrJoin(extremes, ", ",
                       [](std::string* out, const auto& extreme) { *out += extreme.path.text(); });
}

std::string AggregateText(const AggregateDef& aggregate) {
  std::string text =
      aggregate.by().empty() ? "of all" : absl::StrCat("by ", Joined(aggregate.by()));
  absl::StrAppend(&text, ", count");
  if (!aggregate.sums().empty()) absl::StrAppend(&text, ", sum ", Joined(aggregate.sums()));
  if (!aggregate.mins.empty()) absl::StrAppend(&text, ", min ", Joined(aggregate.mins));
  if (!aggregate.maxs.empty()) absl::StrAppend(&text, ", max ", Joined(aggregate.maxs));
  return text + WhereText(aggregate.groups.where);
}

}  // namespace

absl::StatusOr<std::vector<TableInfo>> Describe(const std::vector<TableDef>& tables) {
  return record::Fenced(
      absl::StatusCode::kInternal, "schema does not read",
      [&]() -> absl::StatusOr<std::vector<TableInfo>> {
        std::vector<TableInfo> described;
        for (const TableDef& table : tables) {
          TableInfo& info = described.emplace_back();
          info.name = table.name;
          info.struct_name = record::TypeName(table.schema);
          for (const Term& term : table.key) info.key.push_back(ToString(term));
          for (std::string_view part : RequiredParts(table)) {
            info.required.emplace_back(part);
          }
          info.history_days = table.history_days;
          for (auto field : table.schema.getFields()) {
            info.fields.push_back(
                {field.getProto().getName().cStr(), TypeText(field.getType(), field.getProto())});
          }
          for (const IndexDef& index : table.indexes) {
            info.indexes.push_back({index.name, IndexText(index)});
          }
          for (RuleText& rule : DescribeRules(table)) {
            info.rules.push_back(
                {std::move(rule.kind), std::move(rule.name), std::move(rule.text)});
          }
          for (const AggregateDef& aggregate : table.aggregates) {
            info.aggregates.push_back({aggregate.name(), AggregateText(aggregate)});
          }
        }
        return described;
      });
}

}  // namespace daftar::catalog
