// Which index gives the least and greatest values of the groups of an aggregate.

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "catalog/catalog.h"

namespace daftar::catalog {
namespace {

bool Has(const std::vector<record::Condition>& conditions, const record::Condition& wanted) {
  return std::any_of(conditions.begin(), conditions.end(), [&](const record::Condition& condition) {
    return SameCondition(condition, wanted);
  });
}

// Whether the index has every record of the aggregate in which `path` is set, and no other record.
bool HasSameRecords(const IndexDef& index, const AggregateDef& aggregate,
                    const record::FieldPath& path) {
  const auto wanted = [&](const record::Condition& condition) {
    return Has(aggregate.groups.where, condition) ||
           (condition.op == Operator::kIsNotNull && condition.path == path);
  };
  const auto kept = [&](const record::Condition& condition) { return Has(index.where, condition); };
  return std::all_of(index.where.begin(), index.where.end(), wanted) &&
         std::all_of(aggregate.groups.where.begin(), aggregate.groups.where.end(), kept);
}

bool Gives(const IndexDef& index, const AggregateDef& aggregate, const record::FieldPath& path) {
  const size_t groups = aggregate.by().size();
  if (index.kind != IndexKind::kOrdered || index.search.has_value()) return false;
  if (index.on.size() <= groups || !(index.on[groups].path == path)) return false;
  const bool grouped =
      std::is_permutation(aggregate.by().begin(), aggregate.by().end(), index.on.begin(),
                          index.on.begin() + static_cast<std::ptrdiff_t>(groups),
                          [](const Term& a, const Term& b) { return a.path == b.path; });
  return grouped && HasSameRecords(index, aggregate, path);
}

// The index that it would take, as a schema declares it.
std::string WantedIndex(const AggregateDef& aggregate, const record::FieldPath& path) {
  std::string text = "$index(on = [";
  for (const Term& term : aggregate.by()) absl::StrAppend(&text, "\"", term.path.text(), "\", ");
  absl::StrAppend(&text, "\"", path.text(), "\"]");
  if (!aggregate.groups.where.empty()) {
    const auto condition = [](std::string* out, const record::Condition& c) {
      *out += c.ToString();
    };
    absl::StrAppend(&text, ", where = \"",
                    absl::StrJoin(aggregate.groups.where, " and ", condition), "\"");
  }
  return text + ")";
}

}  // namespace

absl::Status FindExtreme(const TableDef& table, const AggregateDef& aggregate,
                         AggregateDef::Extreme* extreme) {
  for (size_t i = 0; i < table.indexes.size(); ++i) {
    if (!Gives(table.indexes[i], aggregate, extreme->path)) continue;
    extreme->index = i;
    return absl::OkStatus();
  }
  return InvalidArgument("no index gives the least and greatest values; declare it")
      .With("path", extreme->path.text())
      .With("index", WantedIndex(aggregate, extreme->path));
}

}  // namespace daftar::catalog
