// WriteSet: what the rules of the schema say of its changes.

#include "base/status.h"
#include "index/stored_record.h"
#include "rules/checker.h"
#include "rules/powers.h"
#include "txn/statement.h"
#include "txn/unique_group.h"
#include "txn/write_set.h"

namespace daftar::txn {
absl::StatusOr<std::optional<std::string>> WriteSet::FindFormerHolder(
    const UniqueCheck& check) const {
  const std::string prefix = check.entry_key.substr(0, check.tuple_bytes);
  // An entry that this commit takes away was there until now.
  for (auto change = changes_->lower_bound(prefix);
       change != changes_->end() && change->first.starts_with(prefix); ++change) {
    if (change->first != check.entry_key && change->second.before.has_value()) {
      return std::optional<std::string>(change->first.substr(check.tuple_bytes));
    }
  }
  DAFTAR_ASSIGN_OR_RETURN(std::optional<std::string> former,
                          FormerEntry(*base_, prefix, check.entry_key));
  if (former.has_value()) former->erase(0, check.tuple_bytes);
  return former;
}

absl::Status WriteSet::CheckForever() const {
  for (const UniqueCheck& check : unique_checks_) {
    if (!check.index->forever) continue;
    const auto entry = changes_->find(check.entry_key);
    if (entry == changes_->end() || !entry->second.value.has_value()) continue;
    DAFTAR_ASSIGN_OR_RETURN(const std::optional<std::string> holder, FindFormerHolder(check));
    if (!holder.has_value()) continue;
    return FormerHolder(*check.table, *check.index, check.entry_key, check.tuple_bytes, *holder);
  }
  return absl::OkStatus();
}

absl::Status WriteSet::CheckRecordRules(const rules::Context& context) const {
  storage::InKeyOrder in_order(list_);
  for (const auto& [key, changed] : *records_) {
    const storage::PendingChange* const change = in_order.Find(key);
    if (change == nullptr) continue;
    const catalog::TableDef& table = *changed.table;
    std::optional<record::Message> before;
    std::optional<record::Message> after;
    if (change->before.has_value()) {
      DAFTAR_ASSIGN_OR_RETURN(before, DecodeRecord(table, key, *change->before));
    }
    if (change->value.has_value()) {
      DAFTAR_ASSIGN_OR_RETURN(after, DecodeRecord(table, key, *change->value));
    }
    const rules::Change judged{table, key, before.has_value() ? &*before : nullptr,
                               after.has_value() ? &*after : nullptr};
    DAFTAR_RETURN_IF_ERROR(rules::RefuseChange(context, judged));
  }
  return absl::OkStatus();
}

absl::Status WriteSet::CheckRules(const catalog::Catalog& catalog, const CommitOptions& options,
                                  int64_t time) {
  rule_reads_.reset();
  if (changes_->empty() || !catalog.has_rules()) return absl::OkStatus();
  DAFTAR_RETURN_IF_ERROR(CheckForever());
  rule_reads_ = std::make_shared<ReadSet>();
  const auto state = storage::NewOverlayReader(NewTrackingReader(base_, rule_reads_), changes_);
  rules::PowerMemory powers;
  const rules::Context context{catalog,          *state,      options.actor, options.reason,
                               options.decision, DayOf(time), &powers};
  DAFTAR_RETURN_IF_ERROR(rules::CheckDecision(context));
  return CheckRecordRules(context);
}

}  // namespace daftar::txn
