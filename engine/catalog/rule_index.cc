#include "catalog/rule_index.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/check.h"
#include "base/status.h"

namespace daftar::catalog {
namespace {

bool Contains(const std::vector<record::FieldPath>& paths, const record::FieldPath& path) {
  return std::find(paths.begin(), paths.end(), path) != paths.end();
}

bool Contains(const std::vector<record::Condition>& all, const record::Condition& wanted) {
  return std::any_of(all.begin(), all.end(), [&](const record::Condition& condition) {
    return SameCondition(condition, wanted);
  });
}

bool HasRecords(const IndexDef& index, const IndexWish& wish) {
  for (const record::Condition& condition : index.where) {
    const bool drops_no_group =
        condition.op == Operator::kIsNotNull && Contains(wish.by, condition.path);
    if (!drops_no_group && !Contains(wish.where, condition)) return false;
  }
  return std::all_of(wish.where.begin(), wish.where.end(), [&](const record::Condition& condition) {
    return Contains(index.where, condition);
  });
}

std::optional<EntrySlot> FindSlot(const IndexDef& index, const record::FieldPath& path) {
  const auto find = [&](const std::vector<Term>& terms) {
    return std::find_if(terms.begin(), terms.end(),
                        [&](const Term& term) { return term.path == path; });
  };
  if (const auto at = find(index.on); at != index.on.end()) {
    return EntrySlot{false, static_cast<size_t>(at - index.on.begin())};
  }
  if (const auto at = find(index.covering); at != index.covering.end()) {
    return EntrySlot{true, static_cast<size_t>(at - index.covering.begin())};
  }
  return std::nullopt;
}

bool Fits(const IndexDef& index, const IndexWish& wish) {
  const size_t count = wish.by.size();
  if (index.kind != IndexKind::kOrdered || index.search.has_value()) return false;
  if (index.on.size() < count + (wish.next == nullptr ? 0 : 1)) return false;
  for (size_t i = 0; i < count; ++i) {
    if (!Contains(wish.by, index.on[i].path)) return false;
  }
  if (wish.next != nullptr && !(index.on[count].path == *wish.next)) return false;
  const bool holds_all =
      std::all_of(wish.holds.begin(), wish.holds.end(),
                  [&](const record::FieldPath& path) { return FindSlot(index, path).has_value(); });
  return holds_all && HasRecords(index, wish);
}

std::string Quoted(const std::vector<record::FieldPath>& paths) {
  return absl::StrJoin(paths, ", ", [](std::string* out, const record::FieldPath& path) {
    absl::StrAppend(out, "\"", path.text(), "\"");
  });
}

std::string WantedIndex(const IndexWish& wish) {
  std::vector<record::FieldPath> on = wish.by;
  if (wish.next != nullptr) on.push_back(*wish.next);
  std::vector<record::FieldPath> covering;
  for (const record::FieldPath& path : wish.holds) {
    if (!Contains(on, path) && !Contains(covering, path)) covering.push_back(path);
  }
  std::string text = absl::StrCat("$index(on = [", Quoted(on), "]");
  if (!covering.empty()) absl::StrAppend(&text, ", covering = [", Quoted(covering), "]");
  if (!wish.where.empty()) {
    const auto condition = [](std::string* out, const record::Condition& c) {
      *out += c.ToString();
    };
    absl::StrAppend(&text, ", where = \"", absl::StrJoin(wish.where, " and ", condition), "\"");
  }
  return text + ")";
}

}  // namespace

absl::StatusOr<size_t> FindRuleIndex(const TableDef& table, const IndexWish& wish) {
  for (size_t i = 0; i < table.indexes.size(); ++i) {
    if (Fits(table.indexes[i], wish)) return i;
  }
  return InvalidArgument("no index tells what the rule asks; declare it")
      .With("index", WantedIndex(wish));
}

EntrySlot SlotOf(const IndexDef& index, const record::FieldPath& path) {
  const std::optional<EntrySlot> slot = FindSlot(index, path);
  DAFTAR_CHECK(slot.has_value());
  return *slot;
}

}  // namespace daftar::catalog
