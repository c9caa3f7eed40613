#include "rules/lifecycles.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "rules/powers.h"
#include "rules/violation.h"

namespace daftar::rules {
namespace {

using catalog::ActDef;
using catalog::LifecycleDef;
using catalog::State;

constexpr std::string_view kKind = "lifecycle";

bool Has(const std::vector<State>& states, State state) {
  return std::find(states.begin(), states.end(), state) != states.end();
}

absl::StatusOr<State> StoredState(const LifecycleDef& rule, const record::Message& record) {
  DAFTAR_ASSIGN_OR_RETURN(const Scalar value, record.Get(rule.field));
  // An enumeration behind a struct that is not set is its first state.
  const auto* ordinal = std::get_if<uint64_t>(&value);
  return ordinal == nullptr ? State{0} : static_cast<State>(*ordinal);
}

absl::StatusOr<std::optional<int32_t>> DayOf(const record::Message& record,
                                             const record::FieldPath& path) {
  DAFTAR_ASSIGN_OR_RETURN(const Scalar value, record.Get(path));
  const auto* day = std::get_if<int64_t>(&value);
  if (day == nullptr) return std::optional<int32_t>();
  return std::optional(static_cast<int32_t>(*day));
}

absl::StatusOr<bool> Differ(const record::FieldPath& path, const record::Message& a,
                            const record::Message& b) {
  DAFTAR_ASSIGN_OR_RETURN(const Scalar left, a.Get(path));
  DAFTAR_ASSIGN_OR_RETURN(const Scalar right, b.Get(path));
  return left != right;
}

std::string Joined(const std::vector<record::FieldPath>& paths) {
  return absl::StrJoin(paths, ", ", [](std::string* out, const record::FieldPath& path) {
    out->append(path.text());
  });
}

class LifecycleCheck {
 public:
  LifecycleCheck(const Context& context, const Change& change, const LifecycleDef& rule,
                 const Report& report)
      : context_(context), change_(change), rule_(rule), report_(report) {}

  absl::Status Run() {
    if (change_.before == nullptr) return CheckBeginning();
    if (change_.after == nullptr) return CheckEnd();
    return CheckMove();
  }

 private:
  void Violate(std::string text) {
    RuleViolation violation =
        NewViolation(change_.table, change_.key, kKind, rule_.name, rule_.policy);
    violation.text = std::move(text);
    report_(std::move(violation));
  }

  std::string Names(const std::vector<State>& states) const {
    return absl::StrJoin(states, ", ",
                         [&](std::string* out, State state) { *out += rule_.StateName(state); });
  }

  absl::Status CheckBeginning() {
    DAFTAR_ASSIGN_OR_RETURN(const State state, StoredState(rule_, *change_.after));
    if (!Has(rule_.initial, state)) {
      Violate(absl::StrCat("a record cannot begin with ", rule_.field.text(), " '",
                           rule_.StateName(state), "'; it begins as ", Names(rule_.initial)));
    }
    return absl::OkStatus();
  }

  // Put anew afterwards, it would begin once more.
  absl::Status CheckEnd() {
    DAFTAR_ASSIGN_OR_RETURN(const State state, StoredState(rule_, *change_.before));
    if (!Has(rule_.initial, state)) {
      Violate(absl::StrCat("a record with ", rule_.field.text(), " '", rule_.StateName(state),
                           "' cannot be deleted; acts from there: ", ActsFrom(rule_, state)));
    }
    return absl::OkStatus();
  }

  absl::Status CheckMove() {
    DAFTAR_ASSIGN_OR_RETURN(const State stored, StoredState(rule_, *change_.before));
    DAFTAR_ASSIGN_OR_RETURN(const State to, StoredState(rule_, *change_.after));
    std::vector<record::FieldPath> changed;
    for (const record::FieldPath& path : rule_.guarded) {
      DAFTAR_ASSIGN_OR_RETURN(const bool differs, Differ(path, *change_.before, *change_.after));
      if (differs) changed.push_back(path);
    }
    if (stored == to && changed.empty()) return absl::OkStatus();
    DAFTAR_ASSIGN_OR_RETURN(const int32_t day,
                            EffectiveDay(context_, rule_, *change_.before, *change_.after));
    DAFTAR_ASSIGN_OR_RETURN(const State from, StateOn(rule_, *change_.before, day));
    // The act that least stands in the way of is the one that is meant.
    std::optional<std::vector<std::string>> least;
    const ActDef* meant = nullptr;
    for (const ActDef& act : rule_.acts) {
      if (!Leads(act, from, to, stored == to, changed)) continue;
      DAFTAR_ASSIGN_OR_RETURN(std::vector<std::string> obstacles,
                              Obstacles(context_, rule_, act, *change_.before, *change_.after));
      if (obstacles.empty()) return absl::OkStatus();
      if (least.has_value() && least->size() <= obstacles.size()) continue;
      least = std::move(obstacles);
      meant = &act;
    }
    if (meant == nullptr) {
      Violate(NoAct(from, to, stored == to, changed));
    } else {
      Violate(absl::StrCat("act ", meant->name, " is not possible: ", absl::StrJoin(*least, "; ")));
    }
    return absl::OkStatus();
  }

  // Whether `act` goes from one state to the other with these changes.
  static bool Leads(const ActDef& act, State from, State to, bool stays,
                    const std::vector<record::FieldPath>& changed) {
    if (act.to != to || !Has(act.from, from)) return false;
    if (!stays) return true;
    return std::all_of(changed.begin(), changed.end(), [&](const record::FieldPath& path) {
      return std::find(act.changes.begin(), act.changes.end(), path) != act.changes.end();
    });
  }

  std::string NoAct(State from, State to, bool stays,
                    const std::vector<record::FieldPath>& changed) const {
    const std::string allowed =
        absl::StrCat("; allowed from ", rule_.StateName(from), ": ", ActsFrom(rule_, from));
    if (stays) {
      return absl::StrCat("no act changes ", Joined(changed), " of a record with ",
                          rule_.field.text(), " '", rule_.StateName(from), "'", allowed);
    }
    return absl::StrCat(rule_.field.text(), " cannot go from '", rule_.StateName(from), "' to '",
                        rule_.StateName(to), "'", allowed);
  }

  const Context& context_;
  const Change& change_;
  const LifecycleDef& rule_;
  const Report& report_;
};

// The fields that an act wants set and that are not.
absl::StatusOr<std::vector<record::FieldPath>> Missing(const ActDef& act,
                                                       const record::Message& record) {
  std::vector<record::FieldPath> missing;
  for (const record::FieldPath& path : act.needs) {
    DAFTAR_ASSIGN_OR_RETURN(const Scalar value, record.Get(path));
    if (IsNull(value)) missing.push_back(path);
  }
  return missing;
}

void AddStatements(const Context& context, const ActDef& act, std::vector<std::string>* obstacles) {
  const std::pair<bool, const char*> wanted[] = {
      {act.states_actor && context.actor.empty(), "actor"},
      {act.states_reason && context.reason.empty(), "reason"},
      {act.states_decision && context.decision.empty(), "decision"}};
  for (const auto& [is_missing, what] : wanted) {
    if (is_missing) obstacles->push_back(absl::StrCat("the commit must state the ", what));
  }
}

absl::Status AddOfficer(const Context& context, const ActDef& act, const record::Message& after,
                        std::vector<std::string>* obstacles) {
  if (!act.officer.has_value()) return absl::OkStatus();
  DAFTAR_ASSIGN_OR_RETURN(const Scalar value, after.Get(*act.officer));
  const auto* name = std::get_if<std::string_view>(&value);
  if (name != nullptr && !context.actor.empty() && *name == context.actor) return absl::OkStatus();
  obstacles->push_back(absl::StrCat(act.officer->text(), " must hold who acts, '", context.actor,
                                    "', and holds '", name == nullptr ? "" : *name, "'"));
  return absl::OkStatus();
}

absl::Status AddDue(const ActDef& act, const record::Message& before, int32_t day,
                    std::vector<std::string>* obstacles) {
  if (!act.due.has_value()) return absl::OkStatus();
  DAFTAR_ASSIGN_OR_RETURN(const std::optional<int32_t> due, DayOf(before, *act.due));
  if (!due.has_value()) return absl::OkStatus();
  const int64_t first = int64_t{*due} - act.days_before;
  const int64_t last = int64_t{*due} + act.days_after;
  if (day >= first && day <= last) return absl::OkStatus();
  obstacles->push_back(absl::StrCat("it is possible from ", DayText(first), " to ", DayText(last),
                                    ", as ", act.due->text(), " is ", DayText(*due),
                                    ", and not on ", DayText(day)));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<State> StateOn(const LifecycleDef& rule, const record::Message& record,
                              int32_t day) {
  DAFTAR_ASSIGN_OR_RETURN(const State stored, StoredState(rule, record));
  // Of several derived states the one that began last holds.
  State state = stored;
  int64_t begun = INT64_MIN;
  for (size_t i = 0; i < rule.derived.size(); ++i) {
    const catalog::DerivedStateDef& derived = rule.derived[i];
    if (!Has(derived.of, stored)) continue;
    DAFTAR_ASSIGN_OR_RETURN(const std::optional<int32_t> since, DayOf(record, derived.since));
    if (!since.has_value()) continue;
    const int64_t first = int64_t{*since} + derived.days;
    if (first > day || first < begun) continue;
    begun = first;
    state = catalog::kDerivedStates + static_cast<State>(i);
  }
  return state;
}

absl::StatusOr<int32_t> EffectiveDay(const Context& context, const LifecycleDef& rule,
                                     const record::Message& before, const record::Message& after) {
  if (!rule.on.has_value()) return context.day;
  DAFTAR_ASSIGN_OR_RETURN(const bool is_new, Differ(*rule.on, before, after));
  if (!is_new) return context.day;
  DAFTAR_ASSIGN_OR_RETURN(const std::optional<int32_t> day, DayOf(after, *rule.on));
  return day.value_or(context.day);
}

absl::StatusOr<std::vector<std::string>> Obstacles(const Context& context, const LifecycleDef& rule,
                                                   const ActDef& act, const record::Message& before,
                                                   const record::Message& after) {
  std::vector<std::string> obstacles;
  AddStatements(context, act, &obstacles);
  DAFTAR_ASSIGN_OR_RETURN(const auto missing, Missing(act, after));
  if (!missing.empty()) obstacles.push_back(absl::StrCat(Joined(missing), " must be set"));
  DAFTAR_ASSIGN_OR_RETURN(const int32_t day, EffectiveDay(context, rule, before, after));
  if (!act.by.empty()) {
    Scalar zone;
    if (rule.zone.has_value()) {
      DAFTAR_ASSIGN_OR_RETURN(zone, after.Get(*rule.zone));
    }
    DAFTAR_ASSIGN_OR_RETURN(const std::optional<std::string> lack,
                            LackOfPower(context, act.by, zone, day));
    if (lack.has_value()) obstacles.push_back(*lack);
  }
  DAFTAR_RETURN_IF_ERROR(AddOfficer(context, act, after, &obstacles));
  DAFTAR_RETURN_IF_ERROR(AddDue(act, before, day, &obstacles));
  return obstacles;
}

std::vector<const ActDef*> ActsStartingFrom(const LifecycleDef& rule, State state) {
  std::vector<const ActDef*> acts;
  for (const ActDef& act : rule.acts) {
    if (Has(act.from, state)) acts.push_back(&act);
  }
  return acts;
}

std::string ActsFrom(const LifecycleDef& rule, State state) {
  std::string text;
  for (const ActDef* act : ActsStartingFrom(rule, state)) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", act->name, " (to ", rule.StateName(act->to),
                    ")");
  }
  return text.empty() ? "none" : text;
}

absl::Status CheckLifecycles(const Context& context, const Change& change, const Report& report) {
  for (const LifecycleDef& rule : change.table.rules.lifecycles) {
    DAFTAR_RETURN_IF_ERROR(LifecycleCheck(context, change, rule, report).Run());
  }
  return absl::OkStatus();
}

absl::Status CheckStates(const Change& change, const Report& report) {
  if (change.after == nullptr) return absl::OkStatus();
  for (const LifecycleDef& rule : change.table.rules.lifecycles) {
    DAFTAR_ASSIGN_OR_RETURN(const State state, StoredState(rule, *change.after));
    if (Has(rule.initial, state)) continue;
    bool reached = false;
    std::vector<record::FieldPath> missing;
    for (const ActDef& act : rule.acts) {
      if (act.to != state || Has(act.from, state)) continue;
      DAFTAR_ASSIGN_OR_RETURN(std::vector<record::FieldPath> lacks, Missing(act, *change.after));
      if (!reached || lacks.size() < missing.size()) missing = std::move(lacks);
      reached = true;
    }
    if (reached && missing.empty()) continue;
    RuleViolation violation = NewViolation(change.table, change.key, kKind, rule.name, rule.policy);
    violation.text = reached ? absl::StrCat("with ", rule.field.text(), " '", rule.StateName(state),
                                            "' ", Joined(missing), " must be set")
                             : absl::StrCat("no act leads to ", rule.field.text(), " '",
                                            rule.StateName(state), "'");
    report(std::move(violation));
  }
  return absl::OkStatus();
}

}  // namespace daftar::rules
