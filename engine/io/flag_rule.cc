#include "io/flag_rule.h"

#include <span>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/decimal.h"
#include "base/status.h"
#include "io/cell_op.h"

namespace daftar::io {
namespace {

using record::JsonArray;
using record::JsonMember;
using record::JsonObject;
using record::JsonValue;
using Steps = std::span<const std::string>;

absl::StatusOr<std::vector<std::string>> PathOf(const Spec& spec) {
  DAFTAR_ASSIGN_OR_RETURN(const std::string text, spec.Text());
  std::vector<std::string> steps = absl::StrSplit(text, '.');
  for (const std::string& step : steps) {
    if (step.empty() || step.find('[') != step.npos) {
      return spec.Wrong("it is not a path without indexes such as parties.share");
    }
  }
  return steps;
}

// The objects that hold the last step, through all lists on the way.
void CollectHolders(const JsonValue& value, Steps steps, std::vector<const JsonValue*>* holders) {
  if (const JsonArray* array = value.as_array()) {
    for (const JsonValue& element : *array) CollectHolders(element, steps, holders);
    return;
  }
  if (steps.size() == 1) {
    holders->push_back(&value);
  } else if (const JsonValue* next = value.Find(steps.front())) {
    CollectHolders(*next, steps.subspan(1), holders);
  }
}

void SetMember(Steps steps, const JsonValue& value, JsonValue* record) {
  if (record->as_object() == nullptr) *record = JsonValue(JsonObject());
  JsonObject& members = *record->as_object();
  JsonMember* member = nullptr;
  for (JsonMember& known : members) {
    if (known.name == steps.front()) member = &known;
  }
  if (member == nullptr) member = &members.emplace_back(JsonMember{steps.front(), JsonValue()});
  if (steps.size() == 1) {
    member->value = value;
  } else {
    SetMember(steps.subspan(1), value, &member->value);
  }
}

std::string TextAt(const JsonValue& record, Steps steps) {
  const JsonValue* value = &record;
  for (const std::string& step : steps) {
    value = value->Find(step);
    if (value == nullptr) return "";
  }
  return steps.empty() ? "" : TextOf(*value).value_or("");
}

struct Sum {
  int64_t value = 0;
  size_t known = 0;
  size_t unknown = 0;
};

absl::StatusOr<Sum> SumOf(const FlagRule& rule, const JsonValue& record) {
  std::vector<const JsonValue*> holders;
  CollectHolders(record, rule.sum_of, &holders);
  Sum sum;
  for (const JsonValue* holder : holders) {
    bool counts = true;
    for (const auto& [name, text] : rule.where) {
      const JsonValue* member = holder->Find(name);
      counts = counts && member != nullptr && TextOf(*member) == text;
    }
    if (!counts) continue;
    const JsonValue* part = holder->Find(rule.sum_of.back());
    const std::optional<std::string> text = part == nullptr ? std::nullopt : TextOf(*part);
    if (!text) {
      ++sum.unknown;
      continue;
    }
    const absl::StatusOr<int64_t> number = ParseDecimal(*text, 0);
    if (!number.ok() || __builtin_add_overflow(sum.value, *number, &sum.value)) {
      return InvalidArgument("value cannot be added up; it must be an integer")
          .With("field", absl::StrJoin(rule.sum_of, "."))
          .With("value", *text);
    }
    ++sum.known;
  }
  return sum;
}

struct Verdict {
  const JsonValue& word;
  // Whether the record is to be listed: only a sum that is stated can be wrong.
  bool odd = false;
};

Verdict Judge(const FlagRule& rule, const Sum& sum) {
  if (sum.known == 0) return {rule.none, false};
  if (sum.value == rule.total) return {rule.exact, false};
  if (sum.value > rule.total) return {rule.over, true};
  if (sum.unknown > 0 && !rule.partial.is_null()) return {rule.partial, false};
  return {rule.short_of, true};
}

absl::Status ParseWhere(const Spec& spec, FlagRule* rule) {
  DAFTAR_ASSIGN_OR_RETURN(const auto members, spec.Members());
  for (const auto& [name, member] : members) {
    DAFTAR_ASSIGN_OR_RETURN(std::string text, member.Text());
    rule->where.emplace_back(name, std::move(text));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<FlagRule> ParseFlagRule(const Spec& spec) {
  DAFTAR_ASSIGN_OR_RETURN(const auto members, spec.Members());
  FlagRule rule;
  bool has_total = false;
  for (const auto& [name, member] : members) {
    if (name == "field") {
      DAFTAR_ASSIGN_OR_RETURN(rule.field, PathOf(member));
    } else if (name == "sum_of") {
      DAFTAR_ASSIGN_OR_RETURN(rule.sum_of, PathOf(member));
    } else if (name == "name") {
      DAFTAR_ASSIGN_OR_RETURN(rule.name, PathOf(member));
    } else if (name == "total") {
      DAFTAR_ASSIGN_OR_RETURN(rule.total, member.Integer());
      has_total = true;
    } else if (name == "where") {
      DAFTAR_RETURN_IF_ERROR(ParseWhere(member, &rule));
    } else if (name == "exact") {
      rule.exact = member.value();
    } else if (name == "short") {
      rule.short_of = member.value();
    } else if (name == "over") {
      rule.over = member.value();
    } else if (name == "none") {
      rule.none = member.value();
    } else if (name == "partial") {
      rule.partial = member.value();
    } else {
      return member.Wrong(
          "unknown name; known are field, sum_of, where, total, name, exact, short, over, none, "
          "partial");
    }
  }
  if (rule.sum_of.empty() || !has_total) return spec.Wrong("sum_of and total are both needed");
  return rule;
}

absl::StatusOr<std::optional<Flag>> ApplyFlagRule(const FlagRule& rule, JsonValue* record) {
  DAFTAR_ASSIGN_OR_RETURN(const Sum sum, SumOf(rule, *record));
  const Verdict verdict = Judge(rule, sum);
  if (!rule.field.empty() && !verdict.word.is_null()) SetMember(rule.field, verdict.word, record);
  if (!verdict.odd) return std::nullopt;
  Flag flag;
  flag.name = TextAt(*record, rule.name);
  flag.reason = absl::StrCat("sum of ", absl::StrJoin(rule.sum_of, "."), " is ", sum.value,
                             " instead of ", rule.total);
  if (sum.unknown > 0) {
    absl::StrAppend(&flag.reason, " with ", sum.unknown, " unknown");
  }
  return flag;
}

}  // namespace daftar::io
