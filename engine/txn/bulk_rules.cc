#include "txn/bulk_rules.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "codec/fixed.h"
#include "codec/keyspace.h"
#include "index/entries.h"
#include "rules/checker.h"
#include "rules/entry_values.h"
#include "rules/exclusives.h"
#include "rules/powers.h"
#include "rules/references.h"
#include "rules/sums.h"
#include "rules/violation.h"
#include "txn/unique_group.h"

namespace daftar::txn {
BulkRules::BulkRules(const storage::Store& store, const catalog::Catalog& catalog,
                     const catalog::TableDef& table, Options options)
    : table_(table),
      options_(std::move(options)),
      state_(storage::NewSnapshotReader(store)),
      context_{catalog,
               *state_,
               options_.commit->actor,
               options_.commit->reason,
               options_.commit->decision,
               options_.day},
      references_(state_, catalog, table),
      own_targets_(options_.sorter) {
  for (const catalog::ExclusiveDef& rule : table.rules.exclusives) {
    group_rules_.push_back({&rule, nullptr, rule.index, rule.by_count});
  }
  for (const catalog::SumDef& rule : table.rules.sums) {
    if (rule.by_count > 0) group_rules_.push_back({nullptr, &rule, rule.index, rule.by_count});
  }
  // What an index does not tell yet, nobody can ask it.
  std::erase_if(group_rules_, [&](const GroupRule& rule) {
    return table.indexes[rule.index].state == catalog::IndexState::kBuilding;
  });
}

absl::Status BulkRules::CheckCommit() const { return rules::CheckDecision(context_); }

absl::Status BulkRules::CheckAlone(std::string_view key, const record::Message* before,
                                   const record::Message& after) const {
  const rules::Change change{table_, key, before, &after};
  rules::FirstRefusal first;
  DAFTAR_RETURN_IF_ERROR(rules::CheckChangeAlone(
      context_, change, [&](RuleViolation violation) { first.Take(std::move(violation)); }));
  return first.status();
}

absl::Status BulkRules::CheckAhead(const record::Message& after) {
  if (options_.inserts) {
    DAFTAR_ASSIGN_OR_RETURN(const codec::EncodedKey key, index::RecordKey(table_, after));
    DAFTAR_RETURN_IF_ERROR(CheckAlone(key.view(), nullptr, after));
  }
  return references_.Check(after);
}

absl::Status BulkRules::CheckRecord(std::string_view key, const record::Message* before,
                                    const record::Message& after, const absl::Status& ahead,
                                    uint64_t line) {
  if (!options_.inserts) DAFTAR_RETURN_IF_ERROR(CheckAlone(key, before, after));
  DAFTAR_RETURN_IF_ERROR(ahead);
  return NoteOwnReferences(key, after, line);
}

absl::Status BulkRules::NoteOwnReferences(std::string_view key, const record::Message& after,
                                          uint64_t line) {
  for (size_t i = 0; i < table_.rules.references.size(); ++i) {
    const catalog::ReferenceDef& rule = table_.rules.references[i];
    if (rule.policy == catalog::RulePolicy::kReport || rule.table != table_.name) continue;
    DAFTAR_ASSIGN_OR_RETURN(const std::vector<std::string> targets,
                            rules::ReferredKeys(rule, table_, after));
    for (const std::string& wanted : targets) {
      std::string value;
      codec::AppendFixed(line, &value);
      codec::AppendFixed(static_cast<uint32_t>(i), &value);
      absl::StrAppend(&value, key);
      DAFTAR_RETURN_IF_ERROR(own_targets_.Add(wanted, value));
    }
  }
  return absl::OkStatus();
}

absl::Status BulkRules::EndRecords() {
  DAFTAR_ASSIGN_OR_RETURN(sorted_targets_, own_targets_.Finish());
  DAFTAR_ASSIGN_OR_RETURN(has_target_, sorted_targets_->Next());
  return absl::OkStatus();
}

absl::Status BulkRules::CheckTargetsBefore(const std::string_view* key) {
  while (has_target_ && (key == nullptr || sorted_targets_->key() < *key)) {
    DAFTAR_ASSIGN_OR_RETURN(const auto found, state_->Get(sorted_targets_->key()));
    if (!found.has_value()) {
      const std::string_view value = sorted_targets_->value();
      const auto line = codec::ReadFixed<uint64_t>(value, 0);
      const auto rule = codec::ReadFixed<uint32_t>(value, sizeof(line));
      return WithContext(rules::Refusal(rules::DanglingReference(
                             table_, value.substr(sizeof(line) + sizeof(rule)),
                             table_.rules.references[rule], table_, sorted_targets_->key())),
                         "line", line);
    }
    DAFTAR_ASSIGN_OR_RETURN(has_target_, sorted_targets_->Next());
  }
  return absl::OkStatus();
}

absl::Status BulkRules::NoteKey(std::string_view key) {
  DAFTAR_RETURN_IF_ERROR(CheckTargetsBefore(&key));
  while (has_target_ && sorted_targets_->key() == key) {
    DAFTAR_ASSIGN_OR_RETURN(has_target_, sorted_targets_->Next());
  }
  return absl::OkStatus();
}

absl::Status BulkRules::EndKeys() { return CheckTargetsBefore(nullptr); }

absl::Status BulkRules::NoteEntry(const catalog::IndexDef& index, std::string_view key, bool added,
                                  std::string_view covered, size_t tuple_bytes) {
  if (index.forever && added) DAFTAR_RETURN_IF_ERROR(CheckForever(index, key, tuple_bytes));
  for (GroupRule& rule : group_rules_) {
    if (&table_.indexes[rule.index] != &index) continue;
    DAFTAR_ASSIGN_OR_RETURN(const std::string_view group,
                            rules::GroupPrefix(index, key, rule.by_count));
    if (group != rule.group || rule.changes.empty()) {
      DAFTAR_RETURN_IF_ERROR(CheckGroup(&rule));
      rule.group = std::string(group);
    }
    rule.changes.push_back({std::string(key), added, std::string(covered)});
  }
  return absl::OkStatus();
}

absl::Status BulkRules::EndEntries() {
  for (GroupRule& rule : group_rules_) DAFTAR_RETURN_IF_ERROR(CheckGroup(&rule));
  return absl::OkStatus();
}

// Goes through what the database has of the group and what the load makes of it, side by side.
absl::Status BulkRules::CheckGroup(GroupRule* rule) {
  if (rule->changes.empty()) return absl::OkStatus();
  rules::FirstRefusal first;
  const auto report = [&](RuleViolation violation) { first.Take(std::move(violation)); };
  std::optional<rules::ExclusiveScan> exclusive;
  std::optional<rules::SumScan> sum;
  if (rule->exclusive != nullptr) exclusive.emplace(table_, *rule->exclusive);
  if (rule->sum != nullptr) sum.emplace(table_, *rule->sum);
  const auto give = [&](std::string_view key, std::string_view covered) -> absl::Status {
    if (exclusive.has_value()) return exclusive->Add(key, covered, report);
    return sum->Add(key, covered, report);
  };
  const auto entries = state_->NewIterator({rule->group, codec::PrefixEnd(rule->group)}, {});
  DAFTAR_ASSIGN_OR_RETURN(bool found, entries->Next());
  size_t next = 0;
  while (found || next < rule->changes.size()) {
    const EntryChange* change = next < rule->changes.size() ? &rule->changes[next] : nullptr;
    if (change != nullptr && (!found || change->key <= entries->key())) {
      const bool replaces = found && change->key == entries->key();
      if (change->added) DAFTAR_RETURN_IF_ERROR(give(change->key, change->covered));
      ++next;
      if (!replaces) continue;
    } else {
      DAFTAR_ASSIGN_OR_RETURN(const index::EntryValue value,
                              index::DecodeEntryValue(entries->value()));
      DAFTAR_RETURN_IF_ERROR(give(entries->key(), value.covered));
    }
    DAFTAR_ASSIGN_OR_RETURN(found, entries->Next());
  }
  if (sum.has_value()) sum->Finish(report);
  rule->changes.clear();
  return first.status();
}

absl::Status BulkRules::CheckForever(const catalog::IndexDef& index, std::string_view key,
                                     size_t tuple_bytes) const {
  const std::string tuple(key.substr(0, tuple_bytes));
  const storage::KeyRange range{tuple, codec::PrefixEnd(tuple)};
  const auto check = [&](std::string_view other) {
    if (!other.starts_with(tuple) || other == key) return absl::OkStatus();
    return FormerHolder(table_, index, key, tuple_bytes, other.substr(tuple_bytes));
  };
  // Who has the values now may give them up with the same load.
  const auto entries = state_->NewIterator(range, {});
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, entries->Next());
    if (!found) break;
    DAFTAR_RETURN_IF_ERROR(check(entries->key()));
  }
  DAFTAR_ASSIGN_OR_RETURN(const std::optional<std::string> former,
                          FormerEntry(*state_, tuple, key));
  return former.has_value() ? check(*former) : absl::OkStatus();
}

}  // namespace daftar::txn
