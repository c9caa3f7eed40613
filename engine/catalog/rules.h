// The rules of a table: what must hold after every commit. docs/rules.md explains each kind.
//
// Rules have no ids and leave nothing on disk: they are read from the annotations of the schema in
// force whenever it is loaded.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "codec/key.h"
#include "record/field_path.h"
#include "record/message.h"
#include "record/predicate.h"

namespace daftar::catalog {

struct TableDef;

enum class RulePolicy : uint8_t { kRefuse, kReport };

// The values of some fields are the key of a record.
struct ReferenceDef {
  std::string name;
  RulePolicy policy = RulePolicy::kRefuse;
  // In the order of the key of `table`, typed as it. All that go into lists share them.
  std::vector<record::FieldPath> on;
  std::string table;
  bool keep_on_delete = false;
  // Of the table that refers, an index that begins with `on`; SIZE_MAX: none, which needs
  // keep_on_delete.
  size_t index = SIZE_MAX;
};

// A condition in SQL, made ready. Thread safety: full.
class RowCondition {
 public:
  virtual ~RowCondition() = default;
  struct Answer {
    bool holds = true;   // also when it is null
    std::string values;  // of the columns that it names, for a message: "a = 1, b = null"
  };
  // Errors: InvalidArgument when it fails on the record; DataLoss.
  virtual absl::StatusOr<Answer> Evaluate(const record::Message& record) const = 0;
};

// Makes a condition on records of a table ready. The layer that knows SQL gives it. Lifetime: what
// it gives must end before the table's schema. Errors: InvalidArgument.
using ConditionCompiler = std::function<absl::StatusOr<std::shared_ptr<const RowCondition>>(
    const TableDef& table, const std::string& expression)>;

// A condition on each record, in SQL.
struct CheckDef {
  std::string name;
  RulePolicy policy = RulePolicy::kRefuse;
  std::string expression;
  // Shared by copies of a catalog. Null: nobody made it ready; commits to the table are refused.
  std::shared_ptr<const RowCondition> condition = nullptr;
};

// Where an index entry holds a value: in its tuple or among what it covers.
struct EntrySlot {
  bool covered = false;
  size_t at = 0;
};

// Numbers keep the form and the check digits of their schemes.
struct IdentifierDef {
  std::string name;
  RulePolicy policy = RulePolicy::kRefuse;
  record::FieldPath value;
  std::string scheme;  // of all of them, unless there is a path
  std::optional<record::FieldPath> scheme_path = std::nullopt;
  std::vector<std::string> reported;  // schemes whose faults are reported only
};

// No two records of one group have intervals that overlap.
struct ExclusiveDef {
  std::string name;
  RulePolicy policy = RulePolicy::kRefuse;
  size_t index = 0;  // its tuple: the group, then the beginning, in the order of time or against it
  size_t by_count = 0;
  EntrySlot from;
  EntrySlot to;
};

// Numbers add up.
struct SumDef {
  std::string name;
  RulePolicy policy = RulePolicy::kRefuse;
  record::FieldPath sum;
  int64_t total = 0;
  bool at_most = false;
  std::vector<record::Condition> where;
  // Of a rule over several records; by_count is 0 when the elements of one are added up.
  size_t by_count = 0;
  size_t index = 0;
  EntrySlot slot;
  std::optional<EntrySlot> from;
  std::optional<EntrySlot> to;
  // What makes a record count towards the total instead.
  struct TotalCondition {
    record::Condition condition;
    EntrySlot slot;
  };
  std::vector<TotalCondition> total_where;
};

// A state: the ordinal of an enumerant, or kDerivedStates plus the number of a derived one.
using State = uint32_t;
inline constexpr State kDerivedStates = 1U << 16;

struct ActDef {
  std::string name;
  std::vector<State> from;
  State to = 0;
  std::vector<record::FieldPath> changes;
  std::vector<std::string> by;
  std::vector<record::FieldPath> needs;
  bool states_actor = false;
  bool states_reason = false;
  bool states_decision = false;
  std::optional<record::FieldPath> officer;
  std::optional<record::FieldPath> due;
  int32_t days_before = 0;
  int32_t days_after = 0;
};

struct DerivedStateDef {
  std::string name;
  std::vector<State> of;
  record::FieldPath since;
  int32_t days = 0;
};

// A record goes from state to state by declared acts only.
struct LifecycleDef {
  std::string name;
  RulePolicy policy = RulePolicy::kRefuse;
  record::FieldPath field;
  std::vector<State> initial;
  std::vector<ActDef> acts;
  std::vector<DerivedStateDef> derived;
  std::optional<record::FieldPath> zone;
  std::optional<record::FieldPath> on;
  // What acts change, each once: nothing else may.
  std::vector<record::FieldPath> guarded;

  // The name of a state.
  std::string StateName(State state) const;
  const ActDef* FindAct(std::string_view name) const;
};

// Each record gives one person one role.
struct PowersDef {
  record::FieldPath actor;
  record::FieldPath role;
  std::optional<record::FieldPath> zone;
  std::optional<record::FieldPath> from;
  std::optional<record::FieldPath> to;
  size_t index = 0;  // begins with the actor
};

// The table holds the decisions that commits rest on.
struct DecisionsDef {
  record::FieldPath decided_on;
};

struct Rules {
  std::vector<ReferenceDef> references;
  std::vector<CheckDef> checks;
  std::vector<IdentifierDef> identifiers;
  std::vector<ExclusiveDef> exclusives;
  std::vector<SumDef> sums;
  std::vector<LifecycleDef> lifecycles;
  std::optional<PowersDef> powers;
  std::optional<DecisionsDef> decisions;
  bool permanent = false;  // records are never deleted

  bool empty() const {
    return references.empty() && checks.empty() && identifiers.empty() && exclusives.empty() &&
           sums.empty() && lifecycles.empty() && !powers.has_value() && !decisions.has_value() &&
           !permanent;
  }
};

// A rule as people read it.
struct RuleText {
  std::string kind;  // "reference", "check", …
  std::string name;
  std::string text;
  friend bool operator==(const RuleText&, const RuleText&) = default;
};

// All rules of a table, those of indexes included, in the order of their kinds.
std::vector<RuleText> DescribeRules(const TableDef& table);

}  // namespace daftar::catalog
