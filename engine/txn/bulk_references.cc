#include "txn/bulk_references.h"

#include <vector>

#include "base/status.h"
#include "codec/keyspace.h"
#include "index/entries.h"
#include "rules/references.h"
#include "rules/violation.h"

namespace daftar::txn {
namespace {

// Of keys of records that are known to be there.
constexpr size_t kKnownMax = 100'000;
// When so many records of a table were looked up, more will be: it is then read in its order, which
// takes a tenth of the time for each.
constexpr size_t kLookupsMax = 1000;

}  // namespace

absl::Status BulkReferences::NoteAll(const catalog::TableDef& target) {
  const std::string prefix = codec::RecordPrefix(target.id);
  const auto records =
      state_->NewIterator({prefix, codec::PrefixEnd(prefix)}, {.fill_cache = false});
  while (known_.size() < kKnownMax) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, records->Next());
    if (!found) return absl::OkStatus();
    known_.insert(std::string(records->key()));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> BulkReferences::Find(const catalog::TableDef& target, const std::string& key) {
  if (known_.contains(key)) return true;
  if (++lookups_[target.id] == kLookupsMax) {
    DAFTAR_RETURN_IF_ERROR(NoteAll(target));
    if (known_.contains(key)) return true;
  }
  DAFTAR_ASSIGN_OR_RETURN(const auto found, state_->Get(key));
  if (found.has_value() && known_.size() < kKnownMax) known_.insert(key);
  return found.has_value();
}

absl::Status BulkReferences::Check(const record::Message& record) {
  for (const catalog::ReferenceDef& rule : table_.rules.references) {
    if (rule.policy == catalog::RulePolicy::kReport || rule.table == table_.name) continue;
    const catalog::TableDef& target = *catalog_.FindTable(rule.table);
    DAFTAR_ASSIGN_OR_RETURN(const std::vector<std::string> wanted,
                            rules::ReferredKeys(rule, target, record));
    for (const std::string& key : wanted) {
      DAFTAR_ASSIGN_OR_RETURN(const bool found, Find(target, key));
      if (found) continue;
      DAFTAR_ASSIGN_OR_RETURN(const codec::EncodedKey from, index::RecordKey(table_, record));
      return rules::Refusal(rules::DanglingReference(table_, from.view(), rule, target, key));
    }
  }
  return absl::OkStatus();
}

}  // namespace daftar::txn
