#include "catalog/evolution_tables.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "catalog/evolution_aggregates.h"
#include "catalog/evolution_match.h"

namespace daftar::catalog {
namespace {

std::string TypeId(const TableDef& table) {
  return absl::StrCat("@0x", absl::Hex(table.schema.getProto().getId()));
}

std::string Place(const TableDef& table) { return absl::StrCat("table ", table.name); }
std::string Place(const IndexDef& index) { return absl::StrCat("index ", index.name); }

std::string Joined(const std::vector<Term>& terms) {
  return absl::StrJoin(terms, ", ",
                       [](std::string* out, const Term& term) { *out += ToString(term); });
}

const TableDef* FindByType(const std::vector<TableDef>& tables, const TableDef& wanted) {
  const uint64_t id = wanted.schema.getProto().getId();
  const auto found = std::find_if(tables.begin(), tables.end(), [&](const TableDef& table) {
    return table.schema.getProto().getId() == id;
  });
  return found == tables.end() ? nullptr : &*found;
}

const TableDef* FindByName(const std::vector<TableDef>& tables, std::string_view name) {
  const auto found = std::find_if(tables.begin(), tables.end(),
                                  [&](const TableDef& table) { return table.name == name; });
  return found == tables.end() ? nullptr : &*found;
}

// The order of conditions does not change which records meet them.
bool SameWhere(const IndexDef& a, const IndexDef& b) {
  return std::is_permutation(a.where.begin(), a.where.end(), b.where.begin(), b.where.end(),
                             SameCondition);
}

// Both are indexes of names, with the same keys of the same names; or neither is.
bool SameSearch(const IndexDef& a, const IndexDef& b) { return a.search == b.search; }

bool SameEntries(const IndexDef& a, const IndexDef& b) {
  return a.kind == b.kind && SameSearch(a, b) && a.on == b.on && a.covering == b.covering &&
         SameWhere(a, b);
}

bool SameDefinition(const IndexDef& a, const IndexDef& b) {
  return SameEntries(a, b) && a.unique == b.unique;
}

bool SamePaths(const std::vector<Term>& a, const std::vector<Term>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Term& x, const Term& y) { return x.path == y.path; });
}

// The first term that could not be null and now can, or the other way round. Requires: SamePaths.
const Term* FindNullabilityChange(const std::vector<Term>& from, const std::vector<Term>& to) {
  for (size_t i = 0; i < from.size(); ++i) {
    const bool never_before = from[i].part.nulls == codec::Nulls::kNever;
    const bool never_now = to[i].part.nulls == codec::Nulls::kNever;
    if (never_before != never_now) return &to[i];
  }
  return nullptr;
}

// Whether terms order and mark values alike. A changed type shows at the field.
bool SameOrder(const std::vector<Term>& a, const std::vector<Term>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Term& x, const Term& y) {
    return x.path == y.path && x.part.direction == y.part.direction && x.part.nulls == y.part.nulls;
  });
}

// Compares one of the two lists of terms; `changed` is the rule when its paths or order differ.
void CompareTerms(const std::vector<Term>& from, const std::vector<Term>& to, Rule changed,
                  std::string_view list, const IndexDef& index, Findings* findings) {
  if (SameOrder(from, to)) return;
  const Term* nullable = SamePaths(from, to) ? FindNullabilityChange(from, to) : nullptr;
  if (nullable != nullptr) {
    findings->Add(
        Rule::kNullabilityChanged, Place(index),
        absl::StrCat(nullable->path.text(), " in `", list, "` ",
                     nullable->part.nulls == codec::Nulls::kNever ? "can no longer" : "can now",
                     " be null, for which its entries are stored in another form"));
    return;
  }
  findings->Add(changed, Place(index),
                absl::StrCat("`", list, "` was (", Joined(from), "), is (", Joined(to), ")"));
}

std::string SearchText(const IndexDef& index) {
  if (!index.search) return absl::StrCat("on (", Joined(index.on), ")");
  const auto path = [](std::string* out, const record::FieldPath& field) { *out += field.text(); };
  const auto optional = [](const std::optional<record::FieldPath>& field) {
    return field ? field->text() : std::string("nothing");
  };
  return absl::StrCat("search in (", absl::StrJoin(index.search->fields, ", ", path), "), from ",
                      optional(index.search->from), ", to ", optional(index.search->to));
}

void CompareSearch(const IndexDef& from, const IndexDef& to, Findings* findings) {
  if (SameSearch(from, to)) return;
  const std::string was = SearchText(from), is = SearchText(to);
  findings->Add(Rule::kIndexTermsChanged, Place(to),
                was != is ? absl::StrCat("was ", was, ", is ", is)
                          : "this library finds names by other keys than the one that made it");
}

void CompareIndex(const TableDef& table, const IndexMatch& match, Findings* findings) {
  if (match.from == nullptr) {
    findings->Add(
        Rule::kIndexAdded, Place(*match.to),
        absl::StrCat("new on table ", table.name,
                     match.to->unique ? "; not used while records share its values" : ""));
    return;
  }
  if (match.to == nullptr) {
    findings->Add(
        Rule::kIndexDropped, Place(*match.from),
        absl::StrCat("dropped from table ", table.name, "; queries that name it stop working"));
    return;
  }
  const IndexDef& from = *match.from;
  const IndexDef& to = *match.to;
  if (from.name != to.name) {
    findings->Add(Rule::kIndexRenamed, Place(from),
                  absl::StrCat("of table ", table.name, " is now called ", to.name));
  }
  if (from.kind != to.kind) {
    findings->Add(Rule::kIndexTermsChanged, Place(to), "is now of another kind");
    return;
  }
  if (from.search || to.search) {
    CompareSearch(from, to, findings);
  } else {
    CompareTerms(from.on, to.on, Rule::kIndexTermsChanged, "on", to, findings);
    CompareTerms(from.covering, to.covering, Rule::kIndexCoveringChanged, "covering", to, findings);
  }
  if (!SameWhere(from, to)) {
    findings->Add(Rule::kIndexWhereChanged, Place(to), "other records meet its `where`");
  }
  if (!from.unique && to.unique) {
    findings->Add(Rule::kUniqueAdded, Place(to),
                  "now unique; not used while records share its values");
  }
  if (from.unique && !to.unique) {
    findings->Add(Rule::kUniqueDropped, Place(to), "no longer unique; its entries stay");
  }
}

std::string RequiredOf(const TableDef& table) {
  const std::vector<std::string_view> parts = RequiredParts(table);
  return parts.empty() ? "nothing" : absl::StrJoin(parts, ", ");
}

std::string Kept(const TableDef& table) {
  return table.history_days == 0 ? "for good" : absl::StrCat(table.history_days, " days");
}

const RuleText* FindRule(const std::vector<RuleText>& rules, const RuleText& wanted) {
  const auto found = std::find_if(rules.begin(), rules.end(), [&](const RuleText& rule) {
    return rule.kind == wanted.kind && rule.name == wanted.name;
  });
  return found == rules.end() ? nullptr : &*found;
}

// A renamed rule is one that went and one that came: nothing is stored of either.
void CompareRules(const TableDef& from, const TableDef& to, Findings* findings) {
  const std::vector<RuleText> before = DescribeRules(from);
  const std::vector<RuleText> after = DescribeRules(to);
  const auto place = [](const RuleText& rule) {
    return absl::StrCat(rule.kind == rule.name ? "rule " : absl::StrCat(rule.kind, " "), rule.name);
  };
  for (const RuleText& rule : after) {
    const RuleText* const known = FindRule(before, rule);
    if (known == nullptr) {
      findings->Add(
          Rule::kRuleAdded, place(rule),
          absl::StrCat("new on table ", to.name,
                       "; binds commits at once, and the records that break it are named"));
    } else if (known->text != rule.text) {
      findings->Add(Rule::kRuleChanged, place(rule),
                    absl::StrCat("was: ", known->text, "; is: ", rule.text));
    }
  }
  for (const RuleText& rule : before) {
    if (FindRule(after, rule) != nullptr) continue;
    findings->Add(Rule::kRuleDropped, place(rule), absl::StrCat("dropped from table ", to.name));
  }
}

void CompareTable(const TableDef& from, const TableDef& to, Findings* findings) {
  if (!SameOrder(from.key, to.key)) {
    findings->Add(Rule::kKeyChanged, Place(from),
                  absl::StrCat("key was (", Joined(from.key), "), is (", Joined(to.key),
                               "); every record and index entry is stored anew, which fails when "
                               "two records come to have one key"));
  }
  if (RequiredOf(from) != RequiredOf(to)) {
    findings->Add(Rule::kRequirementsChanged, Place(to),
                  absl::StrCat("commits must now state ", RequiredOf(to), ", before ",
                               RequiredOf(from), "; what was committed stays"));
  }
  if (from.history_days != to.history_days) {
    findings->Add(Rule::kHistoryDaysChanged, Place(to),
                  absl::StrCat("old versions are now kept ", Kept(to), ", before ", Kept(from),
                               "; those already removed do not come back"));
  }
  for (const IndexMatch& match : MatchIndexes(from, to)) CompareIndex(to, match, findings);
  CompareAggregates(from, to, findings);
  CompareRules(from, to, findings);
}

void CompareTableName(const std::vector<TableDef>& before, const TableDef& from, const TableDef& to,
                      Findings* findings) {
  if (from.name == to.name) return;
  if (FindByName(before, to.name) != nullptr) {
    findings->Add(Rule::kTableNameReused, Place(from),
                  absl::StrCat("is now called ", to.name,
                               ", which was the name of another table, so that queries would read "
                               "the wrong records; choose a name that was not in use"));
    return;
  }
  findings->Add(Rule::kTableRenamed, Place(from),
                absl::StrCat("is now called ", to.name, "; queries by the old name stop working"));
}

void ReportMissingTable(const SchemaSide& to, const TableDef& from, Findings* findings) {
  const TableDef* namesake = FindByName(to.tables, from.name);
  if (namesake != nullptr) {
    findings->Add(
        Rule::kTableTypeChanged, Place(from),
        absl::StrCat("its struct had the type id ", TypeId(from), " and has ", TypeId(*namesake),
                     "; write ", TypeId(from), " behind the name of the struct"));
    return;
  }
  findings->Add(Rule::kTableDropped, Place(from),
                "no longer a table, so that its records could not be reached; keep it, or export "
                "the rest and import it into a new database");
}

}  // namespace

std::vector<IndexMatch> MatchIndexes(const TableDef& from, const TableDef& to) {
  const auto same_name = [](const IndexDef& a, const IndexDef& b) { return a.name == b.name; };
  const auto same_both = [&](const IndexDef& a, const IndexDef& b) {
    return same_name(a, b) && SameDefinition(a, b);
  };
  std::vector<IndexMatch> matches;
  for (const auto& [before, after] :
       MatchByPasses<IndexDef>(from.indexes, to.indexes, {same_both, SameDefinition, same_name})) {
    const bool same = before != nullptr && after != nullptr && SameEntries(*before, *after);
    matches.push_back({before, after, same});
  }
  return matches;
}

void CompareTables(const SchemaSide& from, const SchemaSide& to, Findings* findings) {
  for (const TableDef& table : from.tables) {
    const TableDef* now = FindByType(to.tables, table);
    if (now == nullptr) {
      ReportMissingTable(to, table, findings);
      continue;
    }
    CompareTableName(from.tables, table, *now, findings);
    CompareTable(table, *now, findings);
  }
  for (const TableDef& table : to.tables) {
    if (FindByType(from.tables, table) != nullptr) continue;
    // A struct that lost its type id has been reported as that.
    const TableDef* namesake = FindByName(from.tables, table.name);
    if (namesake != nullptr && FindByType(to.tables, *namesake) == nullptr) continue;
    findings->Add(Rule::kTableAdded, Place(table), "new");
  }
}

}  // namespace daftar::catalog
