#include "rules/powers.h"

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/check.h"
#include "base/status.h"
#include "codec/keyspace.h"
#include "index/stored_record.h"
#include "rules/entry_values.h"
#include "rules/violation.h"

namespace daftar::rules {
namespace {

using catalog::PowersDef;

// One record of the table of powers against what is asked.
class Power {
 public:
  Power(const PowersDef& def, const record::Message& record) : def_(def), record_(record) {}

  // Whether it gives one of `roles`.
  absl::StatusOr<bool> Gives(const std::vector<std::string>& roles) const {
    DAFTAR_ASSIGN_OR_RETURN(const Scalar role, record_.Get(def_.role));
    const auto* text = std::get_if<std::string_view>(&role);
    return text != nullptr && std::find(roles.begin(), roles.end(), *text) != roles.end();
  }

  // Nothing when it holds there and then; else where or when it does.
  absl::StatusOr<std::optional<std::string>> Limit(const Scalar& zone, int32_t day) const {
    if (def_.zone.has_value() && !IsNull(zone)) {
      DAFTAR_ASSIGN_OR_RETURN(const Scalar own, record_.Get(*def_.zone));
      if (!IsNull(own) && own != zone) {
        return std::optional(
            absl::StrCat("in ", def_.zone->type().ToValue(own).ToString(), " only"));
      }
    }
    DAFTAR_ASSIGN_OR_RETURN(const std::optional<int64_t> from, DayAt(def_.from));
    if (from.has_value() && day < *from) {
      return std::optional(absl::StrCat("from ", DayText(*from), " on"));
    }
    DAFTAR_ASSIGN_OR_RETURN(const std::optional<int64_t> to, DayAt(def_.to));
    if (to.has_value() && day >= *to) {
      return std::optional(absl::StrCat("until before ", DayText(*to)));
    }
    return std::optional<std::string>();
  }

 private:
  absl::StatusOr<std::optional<int64_t>> DayAt(const std::optional<record::FieldPath>& path) const {
    if (!path.has_value()) return std::optional<int64_t>();
    DAFTAR_ASSIGN_OR_RETURN(const Scalar value, record_.Get(*path));
    const auto* day = std::get_if<int64_t>(&value);
    return day == nullptr ? std::optional<int64_t>() : std::optional(*day);
  }

  const PowersDef& def_;
  const record::Message& record_;
};

absl::StatusOr<std::optional<std::string>> AskForPower(const Context& context,
                                                       const std::vector<std::string>& roles,
                                                       const Scalar& zone, int32_t day) {
  const catalog::TableDef* const table = context.catalog.powers_table();
  DAFTAR_CHECK(table != nullptr);
  const std::string wanted = absl::StrJoin(roles, " or ");
  if (context.actor.empty()) {
    return std::optional(
        absl::StrCat("it takes the role ", wanted, ", and the commit states no actor"));
  }
  const PowersDef& def = *table->rules.powers;
  const catalog::IndexDef& index = table->indexes[def.index];
  if (index.state == catalog::IndexState::kBuilding) {
    return std::optional(absl::StrCat("who may act is not known while the index ", index.name,
                                      " of ", table->name, " is being built"));
  }
  std::string prefix = codec::IndexPrefix(index.id);
  codec::AppendPart(index.on.front().part, context.actor, &prefix);
  const auto entries = context.state.NewIterator({prefix, codec::PrefixEnd(prefix)}, {});
  std::string limits;
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, entries->Next());
    if (!found) break;
    DAFTAR_ASSIGN_OR_RETURN(const EntryValues values,
                            DecodeStoredEntry(index, entries->key(), entries->value()));
    const codec::EncodedKey key(absl::StrCat(codec::RecordPrefix(table->id), values.primary_key));
    DAFTAR_ASSIGN_OR_RETURN(const auto record, index::ReadRecord(context.state, *table, key));
    if (!record.has_value()) return DataLoss("an index entry is of no record");
    const Power power(def, *record);
    DAFTAR_ASSIGN_OR_RETURN(const bool gives, power.Gives(roles));
    if (!gives) continue;
    DAFTAR_ASSIGN_OR_RETURN(const std::optional<std::string> limit, power.Limit(zone, day));
    if (!limit.has_value()) return std::optional<std::string>();
    absl::StrAppend(&limits, limits.empty() ? "" : ", ", *limit);
  }
  const std::string has = limits.empty() ? " does not have it" : absl::StrCat(" has it ", limits);
  return std::optional(absl::StrCat("it takes the role ", wanted, ", and ", context.actor, has));
}

}  // namespace

PowerMemory::Question PowerMemory::Of(const std::vector<std::string>& roles, const Scalar& zone,
                                      int32_t day) {
  return {roles, ToOwned(zone), day};
}

const PowerMemory::Lack* PowerMemory::Find(const std::vector<std::string>& roles,
                                           const Scalar& zone, int32_t day) const {
  const auto found = known_.find(Of(roles, zone, day));
  return found == known_.end() ? nullptr : &found->second;
}

void PowerMemory::Add(const std::vector<std::string>& roles, const Scalar& zone, int32_t day,
                      Lack lack) {
  known_.emplace(Of(roles, zone, day), std::move(lack));
}

absl::StatusOr<std::optional<std::string>> LackOfPower(const Context& context,
                                                       const std::vector<std::string>& roles,
                                                       const Scalar& zone, int32_t day) {
  if (context.powers == nullptr) return AskForPower(context, roles, zone, day);
  if (const auto* known = context.powers->Find(roles, zone, day)) return *known;
  DAFTAR_ASSIGN_OR_RETURN(std::optional<std::string> lack, AskForPower(context, roles, zone, day));
  context.powers->Add(roles, zone, day, lack);
  return lack;
}

absl::Status CheckDecision(const Context& context) {
  const catalog::TableDef* const table = context.catalog.decisions_table();
  if (context.decision.empty() || table == nullptr) return absl::OkStatus();
  const auto refuse = [&](std::string_view text) -> absl::Status {
    return FailedPrecondition(text)
        .With("rule", "decisions")
        .With("table", table->name)
        .With("decision", context.decision);
  };
  const std::vector<std::string_view> parts = absl::StrSplit(
      context.decision, absl::MaxSplits('/', static_cast<int>(table->key.size()) - 1));
  if (parts.size() != table->key.size()) {
    return refuse(absl::StrCat("a decision is named by ", table->key.size(),
                               " parts joined by '/', as its key has them"));
  }
  codec::EncodedKey key(codec::RecordPrefix(table->id));
  for (size_t i = 0; i < parts.size(); ++i) {
    codec::AppendPart(table->key[i].part, parts[i], &key.bytes());
  }
  DAFTAR_ASSIGN_OR_RETURN(const auto decision, index::ReadRecord(context.state, *table, key));
  if (!decision.has_value()) {
    return refuse("the decision is not in the book; put it first or in the same commit");
  }
  const record::FieldPath& path = table->rules.decisions->decided_on;
  DAFTAR_ASSIGN_OR_RETURN(const Scalar value, decision->Get(path));
  const auto* day = std::get_if<int64_t>(&value);
  if (day == nullptr) {
    return refuse(absl::StrCat("the decision has no ", path.text(), "; nothing rests on it yet"));
  }
  // East of Greenwich the next day has begun.
  if (*day > int64_t{context.day} + 1) {
    return refuse(absl::StrCat("the decision is of ", DayText(*day), ", which is in the future"));
  }
  return absl::OkStatus();
}

}  // namespace daftar::rules
