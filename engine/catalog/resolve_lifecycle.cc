#include "catalog/resolve_lifecycle.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "catalog/resolve_terms.h"

namespace daftar::catalog {

absl::StatusOr<record::FieldPath> ParseSinglePath(capnp::StructSchema schema,
                                                  std::string_view text) {
  DAFTAR_ASSIGN_OR_RETURN(record::FieldPath path, record::FieldPath::Parse(schema, text));
  if (path.fans_out()) {
    return InvalidArgument("the path cannot go into a list").With("path", text);
  }
  return path;
}

absl::StatusOr<std::optional<record::FieldPath>> ParseOptionalPath(capnp::StructSchema schema,
                                                                   std::string_view text) {
  if (text.empty()) return std::optional<record::FieldPath>();
  DAFTAR_ASSIGN_OR_RETURN(record::FieldPath path, ParseSinglePath(schema, text));
  return std::optional(std::move(path));
}

absl::StatusOr<record::FieldPath> ParseDatePath(capnp::StructSchema schema, std::string_view text) {
  DAFTAR_ASSIGN_OR_RETURN(record::FieldPath path, ParseSinglePath(schema, text));
  if (path.type().meaning() != record::Meaning::kDate) {
    return InvalidArgument("the path must lead to a $date")
        .With("path", text)
        .With("type", path.type().Name());
  }
  return path;
}

namespace {

class LifecycleResolver {
 public:
  LifecycleResolver(const TableDef& table, schema::Lifecycle::Reader source)
      : schema_(table.schema), source_(source) {}

  absl::StatusOr<LifecycleDef> Run() {
    DAFTAR_ASSIGN_OR_RETURN(result_.field, ParseSinglePath(schema_, View(source_.getField())));
    if (!result_.field.type().type().isEnum()) {
      return InvalidArgument("the field of a lifecycle must be an enumeration")
          .With("path", result_.field.text());
    }
    if (result_.field.in_union()) {
      return InvalidArgument("the field of a lifecycle cannot be optional or in a union")
          .With("path", result_.field.text());
    }
    DAFTAR_ASSIGN_OR_RETURN(result_.zone, ParseOptionalPath(schema_, View(source_.getZone())));
    if (source_.getOn().size() > 0) {
      DAFTAR_ASSIGN_OR_RETURN(result_.on, ParseDatePath(schema_, View(source_.getOn())));
    }
    for (auto derived : source_.getDerived()) DAFTAR_RETURN_IF_ERROR(AddDerived(derived));
    DAFTAR_ASSIGN_OR_RETURN(result_.initial, StoredStates(source_.getInitial()));
    if (result_.initial.empty()) return InvalidArgument("`initial` names no state");
    for (auto act : source_.getActs()) {
      const absl::Status status = AddAct(act);
      if (!status.ok()) return WithContext(status, "act", View(act.getName()));
    }
    return std::move(result_);
  }

 private:
  absl::StatusOr<State> Stored(std::string_view name) const {
    const capnp::EnumSchema states = result_.field.type().type().asEnum();
    const auto found = states.findEnumerantByName(std::string(name));
    KJ_IF_MAYBE (state, found) {
      return state->getOrdinal();
    }
    std::string names;
    for (auto each : states.getEnumerants()) {
      absl::StrAppend(&names, names.empty() ? "" : ", ", each.getProto().getName().cStr());
    }
    return InvalidArgument("there is no such state").With("state", name).With("states", names);
  }

  absl::StatusOr<std::vector<State>> StoredStates(capnp::List<capnp::Text>::Reader names) const {
    std::vector<State> states;
    for (auto name : names) {
      DAFTAR_ASSIGN_OR_RETURN(const State state, Stored(View(name)));
      states.push_back(state);
    }
    return states;
  }

  // A stored state or a derived one.
  absl::StatusOr<State> Any(std::string_view name) const {
    for (size_t i = 0; i < result_.derived.size(); ++i) {
      if (result_.derived[i].name == name) return kDerivedStates + static_cast<State>(i);
    }
    return Stored(name);
  }

  absl::Status AddDerived(schema::Derived::Reader source) {
    DerivedStateDef derived;
    derived.name = std::string(View(source.getState()));
    DAFTAR_RETURN_IF_ERROR(CheckName(derived.name));
    if (Any(derived.name).ok()) {
      return InvalidArgument("a derived state has a name of its own").With("state", derived.name);
    }
    DAFTAR_ASSIGN_OR_RETURN(derived.of, StoredStates(source.getOf()));
    if (derived.of.empty()) {
      return InvalidArgument("`of` names no state").With("state", derived.name);
    }
    DAFTAR_ASSIGN_OR_RETURN(derived.since, ParseDatePath(schema_, View(source.getSince())));
    derived.days = source.getDays();
    result_.derived.push_back(std::move(derived));
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<record::FieldPath>> Paths(capnp::List<capnp::Text>::Reader texts) {
    std::vector<record::FieldPath> paths;
    for (auto text : texts) {
      DAFTAR_ASSIGN_OR_RETURN(record::FieldPath path, ParseSinglePath(schema_, View(text)));
      paths.push_back(std::move(path));
    }
    return paths;
  }

  absl::Status AddAct(schema::Act::Reader source) {
    ActDef act;
    act.name = std::string(View(source.getName()));
    DAFTAR_RETURN_IF_ERROR(CheckName(act.name));
    if (result_.FindAct(act.name) != nullptr) return InvalidArgument("two acts have one name");
    for (auto name : source.getFrom()) {
      DAFTAR_ASSIGN_OR_RETURN(const State state, Any(View(name)));
      act.from.push_back(state);
    }
    if (act.from.empty()) return InvalidArgument("`from` names no state");
    DAFTAR_ASSIGN_OR_RETURN(act.to, Stored(View(source.getTo())));
    DAFTAR_ASSIGN_OR_RETURN(act.changes, Paths(source.getChanges()));
    const bool stays = std::find(act.from.begin(), act.from.end(), act.to) != act.from.end();
    if (stays && act.changes.empty()) {
      return InvalidArgument("an act that leaves the state must say in `changes` what it changes");
    }
    for (const record::FieldPath& path : act.changes) {
      const auto& known = result_.guarded;
      if (std::find(known.begin(), known.end(), path) == known.end()) {
        result_.guarded.push_back(path);
      }
    }
    for (auto role : source.getBy()) act.by.emplace_back(View(role));
    DAFTAR_ASSIGN_OR_RETURN(act.needs, Paths(source.getNeeds()));
    DAFTAR_RETURN_IF_ERROR(AddStatements(source, &act));
    DAFTAR_ASSIGN_OR_RETURN(act.officer, ParseOptionalPath(schema_, View(source.getOfficer())));
    if (act.officer.has_value() && act.officer->type().key_type() != codec::KeyType::kText) {
      return InvalidArgument("`officer` must be Text").With("path", act.officer->text());
    }
    if (source.getDue().size() > 0) {
      DAFTAR_ASSIGN_OR_RETURN(act.due, ParseDatePath(schema_, View(source.getDue())));
    }
    act.days_before = source.getDaysBefore();
    act.days_after = source.getDaysAfter();
    if (act.days_before < 0 || act.days_after < 0) {
      return InvalidArgument("days before and after are not negative");
    }
    result_.acts.push_back(std::move(act));
    return absl::OkStatus();
  }

  static absl::Status AddStatements(schema::Act::Reader source, ActDef* act) {
    for (const schema::Table::Statement part : source.getStates()) {
      switch (part) {
        case schema::Table::Statement::ACTOR:
          act->states_actor = true;
          continue;
        case schema::Table::Statement::REASON:
          act->states_reason = true;
          continue;
        case schema::Table::Statement::DECISION:
          act->states_decision = true;
          continue;
      }
      return InvalidArgument("`states` names what this library does not know");
    }
    return absl::OkStatus();
  }

  const capnp::StructSchema schema_;
  const schema::Lifecycle::Reader source_;
  LifecycleDef result_;
};

}  // namespace

absl::StatusOr<LifecycleDef> ResolveLifecycle(const TableDef& table,
                                              schema::Lifecycle::Reader source) {
  return LifecycleResolver(table, source).Run();
}

}  // namespace daftar::catalog
