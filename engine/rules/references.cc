#include "rules/references.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/check.h"
#include "base/status.h"
#include "codec/keyspace.h"
#include "index/entries.h"
#include "index/stored_record.h"
#include "rules/entry_values.h"
#include "rules/violation.h"

namespace daftar::rules {
namespace {

constexpr std::string_view kKind = "reference";

// The paths as an index would have them: its entries are one for each reference.
catalog::IndexDef ShapeOf(const catalog::ReferenceDef& rule) {
  catalog::IndexDef shape;
  for (const record::FieldPath& path : rule.on) {
    catalog::Term& term = shape.on.emplace_back();
    term.path = path;
    term.part.type = path.type().key_type();
    term.part.nulls = path.nullable() ? codec::Nulls::kFirst : codec::Nulls::kNever;
  }
  return shape;
}

// What entries of `index` begin with that hold the values of the key of a deleted record. Requires:
// the first terms of the index are the rule's paths, in any order.
absl::StatusOr<std::string> EntryPrefix(const catalog::ReferenceDef& rule,
                                        const catalog::IndexDef& index,
                                        const catalog::TableDef& target,
                                        std::string_view primary_key) {
  DAFTAR_ASSIGN_OR_RETURN(const std::vector<OwnedScalar> values,
                          codec::TakeTuple(catalog::PartsOf(target.key), &primary_key));
  std::string prefix = codec::IndexPrefix(index.id);
  for (size_t i = 0; i < rule.on.size(); ++i) {
    const auto at = std::find(rule.on.begin(), rule.on.end(), index.on[i].path);
    DAFTAR_CHECK(at != rule.on.end());
    codec::AppendPart(index.on[i].part, ToView(values[static_cast<size_t>(at - rule.on.begin())]),
                      &prefix);
  }
  return prefix;
}

// The key of the only record that is referred to, which goes through no list; none when a value is
// null. Absent: the bytes are not to be read so.
std::optional<std::vector<std::string>> OnlyKey(const catalog::ReferenceDef& rule,
                                                const catalog::TableDef& target,
                                                const record::Message& record) {
  std::string key = codec::RecordPrefix(target.id);
  for (size_t i = 0; i < rule.on.size(); ++i) {
    if (rule.on[i].fans_out()) return std::nullopt;
    const std::optional<Scalar> value = rule.on[i].Read(record.bytes());
    if (!value.has_value()) return std::nullopt;
    if (IsNull(*value)) return std::vector<std::string>();
    codec::AppendPart(target.key[i].part, *value, &key);
  }
  return std::vector<std::string>{std::move(key)};
}

std::string PathsText(const catalog::ReferenceDef& rule) {
  return absl::StrJoin(rule.on, ", ", [](std::string* out, const record::FieldPath& path) {
    out->append(path.text());
  });
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ReferredKeys(const catalog::ReferenceDef& rule,
                                                      const catalog::TableDef& target,
                                                      const record::Message& record) {
  if (auto only = OnlyKey(rule, target, record); only.has_value()) return *std::move(only);
  const catalog::IndexDef shape = ShapeOf(rule);
  DAFTAR_ASSIGN_OR_RETURN(const std::vector<index::Entry> entries,
                          index::EntriesUnder("", shape, "", record));
  std::vector<std::string> keys;
  for (const index::Entry& entry : entries) {
    if (entry.has_null) continue;
    std::string_view tuple = entry.key.view();
    std::string key = codec::RecordPrefix(target.id);
    for (size_t i = 0; i < shape.on.size(); ++i) {
      DAFTAR_ASSIGN_OR_RETURN(const OwnedScalar value, codec::TakePart(shape.on[i].part, &tuple));
      codec::AppendPart(target.key[i].part, ToView(value), &key);
    }
    keys.push_back(std::move(key));
  }
  std::sort(keys.begin(), keys.end());
  return keys;
}

RuleViolation DanglingReference(const catalog::TableDef& table, std::string_view key,
                                const catalog::ReferenceDef& rule, const catalog::TableDef& target,
                                std::string_view target_key) {
  RuleViolation violation = NewViolation(table, key, kKind, rule.name, rule.policy);
  const std::string_view primary_key = target_key.substr(codec::RecordPrefix(target.id).size());
  violation.text =
      absl::StrCat(PathsText(rule), " is '", index::DescribeKey(target, primary_key), "', but ",
                   target.name, " has no such record; put that one first or in the same commit");
  return violation;
}

absl::Status CheckReferences(const Context& context, const Change& change, const Report& report) {
  if (change.after == nullptr) return absl::OkStatus();
  for (const catalog::ReferenceDef& rule : change.table.rules.references) {
    const catalog::TableDef* const target = context.catalog.FindTable(rule.table);
    DAFTAR_CHECK(target != nullptr);
    DAFTAR_ASSIGN_OR_RETURN(const std::vector<std::string> keys,
                            ReferredKeys(rule, *target, *change.after));
    std::vector<std::string> known;
    if (change.before != nullptr && !keys.empty()) {
      DAFTAR_ASSIGN_OR_RETURN(known, ReferredKeys(rule, *target, *change.before));
    }
    for (const std::string& key : keys) {
      if (std::binary_search(known.begin(), known.end(), key)) continue;
      DAFTAR_ASSIGN_OR_RETURN(const auto found, context.state.Get(key));
      if (!found.has_value()) {
        report(DanglingReference(change.table, change.key, rule, *target, key));
      }
    }
  }
  return absl::OkStatus();
}

absl::Status CheckReferrers(const Context& context, const Change& change, const Report& report) {
  if (change.after != nullptr) return absl::OkStatus();
  for (const catalog::TableDef& referrer : context.catalog.tables) {
    for (const catalog::ReferenceDef& rule : referrer.rules.references) {
      if (rule.keep_on_delete || rule.index == SIZE_MAX || rule.table != change.table.name)
        continue;
      const catalog::IndexDef& index = referrer.indexes[rule.index];
      RuleViolation violation =
          NewViolation(change.table, change.key, kKind, rule.name, rule.policy);
      if (index.state == catalog::IndexState::kBuilding) {
        violation.text = absl::StrCat("whether ", referrer.name,
                                      " still refers to the record is not known while its index ",
                                      index.name, " is being built; delete it when that is done");
        report(std::move(violation));
        continue;
      }
      DAFTAR_ASSIGN_OR_RETURN(const std::string prefix,
                              EntryPrefix(rule, index, change.table, change.primary_key()));
      const auto entries = context.state.NewIterator({prefix, codec::PrefixEnd(prefix)}, {});
      DAFTAR_ASSIGN_OR_RETURN(const bool found, entries->Next());
      if (!found) continue;
      DAFTAR_ASSIGN_OR_RETURN(const EntryValues values,
                              DecodeStoredEntry(index, entries->key(), entries->value()));
      violation.text = absl::StrCat("the record cannot be deleted while ", referrer.name,
                                    " refers to it by ", PathsText(rule));
      SetOther(referrer, values.primary_key, &violation);
      report(std::move(violation));
    }
  }
  return absl::OkStatus();
}

}  // namespace daftar::rules
