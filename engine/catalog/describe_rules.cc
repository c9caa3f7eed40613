// Rules as people read them, and the little they know of themselves.

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "catalog/catalog.h"

namespace daftar::catalog {
namespace {

std::string Joined(const std::vector<record::FieldPath>& paths) {
  return absl::StrJoin(paths, ", ", [](std::string* out, const record::FieldPath& path) {
    out->append(path.text());
  });
}

std::string WhereText(const std::vector<record::Condition>& where) {
  if (where.empty()) return "";
  return absl::StrCat(", where ",
                      absl::StrJoin(where, " and ", [](std::string* out, const auto& condition) {
                        *out += condition.ToString();
                      }));
}

std::string GroupText(const IndexDef& index, size_t by_count) {
  std::vector<record::FieldPath> by;
  for (size_t i = 0; i < by_count; ++i) by.push_back(index.on[i].path);
  return Joined(by);
}

const std::string& PathText(const IndexDef& index, const EntrySlot& slot) {
  return (slot.covered ? index.covering : index.on)[slot.at].path.text();
}

std::string TextOf(const ReferenceDef& rule) {
  return absl::StrCat(Joined(rule.on), " refers to ", rule.table,
                      rule.keep_on_delete ? ", kept when that is deleted" : "");
}

std::string TextOf(const IdentifierDef& rule) {
  std::string text = absl::StrCat(
      rule.value.text(), " is of the scheme ",
      rule.scheme_path.has_value() ? absl::StrCat("in ", rule.scheme_path->text()) : rule.scheme);
  if (!rule.reported.empty()) {
    absl::StrAppend(&text, ", reported only of ", absl::StrJoin(rule.reported, ", "));
  }
  return text;
}

std::string TextOf(const TableDef& table, const ExclusiveDef& rule) {
  const IndexDef& index = table.indexes[rule.index];
  return absl::StrCat("[", PathText(index, rule.from), ", ", PathText(index, rule.to),
                      ") of records with one ", GroupText(index, rule.by_count), " do not overlap",
                      WhereText(index.where));
}

std::string TotalText(const SumDef& rule) {
  if (rule.total_where.empty()) return absl::StrCat(rule.total);
  return absl::StrCat("the sum where ",
                      absl::StrJoin(rule.total_where, " and ", [](std::string* out, const auto& c) {
                        *out += c.condition.ToString();
                      }));
}

std::string TextOf(const TableDef& table, const SumDef& rule) {
  std::string text = absl::StrCat("the sum of ", rule.sum.text());
  if (rule.by_count > 0) {
    const IndexDef& index = table.indexes[rule.index];
    absl::StrAppend(&text, " by ", GroupText(index, rule.by_count));
    if (rule.from.has_value() || rule.to.has_value()) {
      absl::StrAppend(&text, " on each day of [",
                      rule.from.has_value() ? PathText(index, *rule.from) : "", ", ",
                      rule.to.has_value() ? PathText(index, *rule.to) : "", ")");
    }
  }
  absl::StrAppend(&text, rule.at_most ? " is at most " : " is ", TotalText(rule));
  return text + WhereText(rule.where);
}

std::string TextOf(const LifecycleDef& rule) {
  std::string text = absl::StrCat(rule.field.text(), " begins as ");
  const auto names = [&](const std::vector<State>& states) {
    return absl::StrJoin(states, " or ",
                         [&](std::string* out, State state) { *out += rule.StateName(state); });
  };
  absl::StrAppend(&text, names(rule.initial));
  for (const ActDef& act : rule.acts) {
    absl::StrAppend(&text, "; ", act.name, ": ", names(act.from), " -> ", rule.StateName(act.to));
    if (!act.changes.empty()) absl::StrAppend(&text, " changing ", Joined(act.changes));
    if (!act.by.empty()) absl::StrAppend(&text, " by ", absl::StrJoin(act.by, " or "));
    if (!act.needs.empty()) absl::StrAppend(&text, " with ", Joined(act.needs));
    if (act.states_actor) absl::StrAppend(&text, " stating actor");
    if (act.states_reason) absl::StrAppend(&text, " stating reason");
    if (act.states_decision) absl::StrAppend(&text, " stating decision");
    if (act.officer.has_value()) absl::StrAppend(&text, " signed in ", act.officer->text());
    if (act.due.has_value()) {
      absl::StrAppend(&text, " from ", act.days_before, " days before to ", act.days_after,
                      " days after ", act.due->text());
    }
  }
  for (const DerivedStateDef& derived : rule.derived) {
    absl::StrAppend(&text, "; ", names(derived.of), " is ", derived.name, " from ", derived.days,
                    " days after ", derived.since.text());
  }
  return text;
}

std::string Optional(std::string_view word, const std::optional<record::FieldPath>& path) {
  return path.has_value() ? absl::StrCat(word, path->text()) : "";
}

std::string PolicyText(RulePolicy policy) {
  return policy == RulePolicy::kReport ? " (reported only)" : "";
}

}  // namespace

std::string LifecycleDef::StateName(State state) const {
  if (state >= kDerivedStates) return derived[state - kDerivedStates].name;
  const auto enumerants = field.type().type().asEnum().getEnumerants();
  if (state < enumerants.size()) {
    return enumerants[state].getProto().getName().cStr();
  }
  return absl::StrCat(state);
}

const ActDef* LifecycleDef::FindAct(std::string_view wanted) const {
  const auto found =
      std::find_if(acts.begin(), acts.end(), [&](const ActDef& act) { return act.name == wanted; });
  return found == acts.end() ? nullptr : &*found;
}

std::vector<RuleText> DescribeRules(const TableDef& table) {
  std::vector<RuleText> texts;
  const auto add = [&](std::string_view kind, const auto& rule, std::string text) {
    texts.push_back({std::string(kind), rule.name, text + PolicyText(rule.policy)});
  };
  for (const ReferenceDef& rule : table.rules.references) add("reference", rule, TextOf(rule));
  for (const CheckDef& rule : table.rules.checks) add("check", rule, rule.expression);
  for (const IdentifierDef& rule : table.rules.identifiers) add("identifier", rule, TextOf(rule));
  for (const ExclusiveDef& rule : table.rules.exclusives) {
    add("exclusive", rule, TextOf(table, rule));
  }
  for (const SumDef& rule : table.rules.sums) add("sumsTo", rule, TextOf(table, rule));
  for (const LifecycleDef& rule : table.rules.lifecycles) add("lifecycle", rule, TextOf(rule));
  for (const IndexDef& index : table.indexes) {
    if (!index.forever) continue;
    texts.push_back({"forever", index.name, "values that a record once had, no other ever gets"});
  }
  if (table.rules.powers.has_value()) {
    const PowersDef& powers = *table.rules.powers;
    texts.push_back({"powers", "powers",
                     absl::StrCat("gives ", powers.actor.text(), " the role ", powers.role.text(),
                                  Optional(" in ", powers.zone), Optional(" from ", powers.from),
                                  Optional(" to ", powers.to))});
  }
  if (table.rules.decisions.has_value()) {
    texts.push_back({"decisions", "decisions",
                     absl::StrCat("commits rest on its records, decided on ",
                                  table.rules.decisions->decided_on.text())});
  }
  if (table.rules.permanent) {
    texts.push_back({"permanent", "permanent", "records are never deleted"});
  }
  return texts;
}

}  // namespace daftar::catalog
