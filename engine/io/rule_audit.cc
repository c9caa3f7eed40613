#include "io/rule_audit.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "codec/keyspace.h"
#include "history/history_key.h"
#include "index/entries.h"
#include "index/stored_record.h"
#include "rules/checker.h"
#include "rules/entry_values.h"
#include "rules/exclusives.h"
#include "rules/references.h"
#include "rules/sums.h"
#include "rules/violation.h"
#include "storage/external_sorter.h"
#include "txn/unique_group.h"

namespace daftar::io {
namespace {

constexpr uint64_t kRecordsPerProgress = 4096;
constexpr size_t kKnownTargetsMax = 200'000;
constexpr size_t kSortBytesMax = size_t{32} << 20;

class RuleAudit {
 public:
  RuleAudit(const txn::ReadView& view, bool is_newest, std::filesystem::path spill_folder,
            const AuditOptions& options)
      : view_(view),
        is_newest_(is_newest),
        spill_folder_(std::move(spill_folder)),
        options_(options) {
    report_.version = view.version;
  }

  absl::StatusOr<AuditReport> Run() {
    DAFTAR_RETURN_IF_ERROR(CheckNames());
    for (const catalog::TableDef& table : view_.catalog->tables) {
      if (!options_.table.empty() && table.name != options_.table) continue;
      const size_t rules = CountWanted(table);
      if (rules == 0) continue;
      report_.rules += rules;
      DAFTAR_RETURN_IF_ERROR(AuditTable(table));
      if (!report_.complete) break;
    }
    return std::move(report_);
  }

 private:
  // One rule that looks at entries in order, and those that it is to look at.
  struct OrderedRule {
    const catalog::ExclusiveDef* exclusive = nullptr;
    const catalog::SumDef* sum = nullptr;
    const catalog::IndexDef* index = nullptr;
    storage::ExternalSorter entries;
  };

  bool IsWanted(std::string_view rule) const {
    return options_.rules.empty() ||
           std::find(options_.rules.begin(), options_.rules.end(), rule) != options_.rules.end();
  }

  size_t CountWanted(const catalog::TableDef& table) const {
    const std::vector<catalog::RuleText> rules = catalog::DescribeRules(table);
    return static_cast<size_t>(
        std::count_if(rules.begin(), rules.end(), [&](const catalog::RuleText& rule) {
          const bool binds = rule.kind != "powers" && rule.kind != "decisions";
          return binds && IsWanted(rule.name);
        }));
  }

  absl::Status CheckNames() const {
    if (!options_.table.empty()) {
      DAFTAR_RETURN_IF_ERROR(view_.catalog->GetTable(options_.table).status());
    }
    for (const std::string& wanted : options_.rules) {
      bool found = false;
      std::string names;
      for (const catalog::TableDef& table : view_.catalog->tables) {
        for (const catalog::RuleText& rule : catalog::DescribeRules(table)) {
          found = found || rule.name == wanted;
          absl::StrAppend(&names, names.empty() ? "" : ", ", rule.name);
        }
      }
      if (found) continue;
      return InvalidArgument("the schema has no such rule")
          .With("rule", wanted)
          .With("rules", names.empty() ? "none" : names);
    }
    return absl::OkStatus();
  }

  void Take(RuleViolation violation) {
    if (!IsWanted(violation.rule)) return;
    ++report_.violation_count;
    if (report_.violations.size() < options_.violations_max) {
      report_.violations.push_back(std::move(violation));
    }
  }

  storage::ExternalSorter NewSorter() const {
    return storage::ExternalSorter({spill_folder_, kSortBytesMax, false});
  }

  absl::Status AuditTable(const catalog::TableDef& table) {
    DAFTAR_RETURN_IF_ERROR(txn::CheckReadable(view_, table));
    std::vector<OrderedRule> ordered;
    for (const catalog::ExclusiveDef& rule : table.rules.exclusives) {
      if (!IsWanted(rule.name)) continue;
      ordered.push_back({&rule, nullptr, &table.indexes[rule.index], NewSorter()});
    }
    for (const catalog::SumDef& rule : table.rules.sums) {
      if (!IsWanted(rule.name) || rule.by_count == 0) continue;
      ordered.push_back({nullptr, &rule, &table.indexes[rule.index], NewSorter()});
    }
    DAFTAR_RETURN_IF_ERROR(AuditRecords(table, &ordered));
    if (!report_.complete) return absl::OkStatus();
    for (OrderedRule& rule : ordered) DAFTAR_RETURN_IF_ERROR(AuditOrdered(table, &rule));
    for (const catalog::IndexDef& index : table.indexes) {
      if (index.forever && is_newest_ && IsWanted(index.name)) {
        DAFTAR_RETURN_IF_ERROR(AuditForever(table, index));
      }
    }
    return absl::OkStatus();
  }

  absl::Status AuditRecords(const catalog::TableDef& table, std::vector<OrderedRule>* ordered) {
    const std::string prefix = codec::RecordPrefix(table.id);
    const auto records =
        view_.reader->NewIterator({prefix, codec::PrefixEnd(prefix)}, {.fill_cache = false});
    while (true) {
      DAFTAR_ASSIGN_OR_RETURN(const bool found, records->Next());
      if (!found) return absl::OkStatus();
      DAFTAR_ASSIGN_OR_RETURN(const record::Message record,
                              index::DecodeRecord(table, records->key(), records->value()));
      const rules::Change change{table, records->key(), nullptr, &record};
      DAFTAR_RETURN_IF_ERROR(
          rules::CheckRecord(change, [&](RuleViolation violation) { Take(std::move(violation)); }));
      DAFTAR_RETURN_IF_ERROR(AuditReferences(change));
      for (OrderedRule& rule : *ordered) {
        DAFTAR_ASSIGN_OR_RETURN(const std::vector<index::Entry> entries,
                                index::EntriesOf(*rule.index, change.primary_key(), record));
        for (const index::Entry& entry : entries) {
          DAFTAR_RETURN_IF_ERROR(rule.entries.Add(entry.key.view(), entry.covered));
        }
      }
      if (++report_.records % kRecordsPerProgress == 0 && options_.progress != nullptr &&
          !options_.progress(report_.records)) {
        report_.complete = false;
        return absl::OkStatus();
      }
    }
  }

  absl::Status AuditReferences(const rules::Change& change) {
    for (const catalog::ReferenceDef& rule : change.table.rules.references) {
      if (!IsWanted(rule.name)) continue;
      const catalog::TableDef& target = *view_.catalog->FindTable(rule.table);
      DAFTAR_ASSIGN_OR_RETURN(const std::vector<std::string> keys,
                              rules::ReferredKeys(rule, target, *change.after));
      for (const std::string& key : keys) {
        if (known_targets_.contains(key)) continue;
        DAFTAR_ASSIGN_OR_RETURN(const auto found, view_.reader->Get(key));
        if (!found.has_value()) {
          Take(rules::DanglingReference(change.table, change.key, rule, target, key));
        } else if (known_targets_.size() < kKnownTargetsMax) {
          known_targets_.insert(key);
        }
      }
    }
    return absl::OkStatus();
  }

  absl::Status AuditOrdered(const catalog::TableDef& table, OrderedRule* rule) {
    DAFTAR_ASSIGN_OR_RETURN(const auto sorted, rule->entries.Finish());
    std::optional<rules::ExclusiveScan> exclusive;
    std::optional<rules::SumScan> sum;
    if (rule->exclusive != nullptr) exclusive.emplace(table, *rule->exclusive);
    if (rule->sum != nullptr) sum.emplace(table, *rule->sum);
    const auto report = [&](RuleViolation violation) { Take(std::move(violation)); };
    while (true) {
      DAFTAR_ASSIGN_OR_RETURN(const bool found, sorted->Next());
      if (!found) break;
      DAFTAR_RETURN_IF_ERROR(exclusive.has_value()
                                 ? exclusive->Add(sorted->key(), sorted->value(), report)
                                 : sum->Add(sorted->key(), sorted->value(), report));
    }
    if (sum.has_value()) sum->Finish(report);
    return absl::OkStatus();
  }

  // Adds the present entries of an index and the former ones, by their tuples.
  absl::Status GatherHolders(const catalog::IndexDef& index, storage::ExternalSorter* holders) {
    const std::string prefix = codec::IndexPrefix(index.id);
    const storage::KeyRange range{prefix, codec::PrefixEnd(prefix)};
    const auto add = [&](std::string_view key) -> absl::Status {
      DAFTAR_ASSIGN_OR_RETURN(const rules::EntryValues values, rules::DecodeEntryKey(index, key));
      if (values.AnyNull(index.on.size())) return absl::OkStatus();
      return holders->Add(key.substr(0, key.size() - values.primary_key.size()),
                          values.primary_key);
    };
    const auto entries = view_.reader->NewIterator(range, {.fill_cache = false});
    while (true) {
      DAFTAR_ASSIGN_OR_RETURN(const bool found, entries->Next());
      if (!found) break;
      DAFTAR_RETURN_IF_ERROR(add(entries->key()));
    }
    const auto past =
        view_.reader->NewIterator(history::HistoryRange(range), {.fill_cache = false});
    while (true) {
      DAFTAR_ASSIGN_OR_RETURN(const bool found, past->Next());
      if (!found) return absl::OkStatus();
      DAFTAR_ASSIGN_OR_RETURN(const history::HistoryId id, history::ParseHistoryKey(past->key()));
      if (id.live_key.starts_with(prefix)) DAFTAR_RETURN_IF_ERROR(add(id.live_key));
    }
  }

  absl::Status AuditForever(const catalog::TableDef& table, const catalog::IndexDef& index) {
    storage::ExternalSorter holders = NewSorter();
    DAFTAR_RETURN_IF_ERROR(GatherHolders(index, &holders));
    DAFTAR_ASSIGN_OR_RETURN(const auto sorted, holders.Finish());
    std::string tuple;
    std::string first;
    bool any = false;
    while (true) {
      DAFTAR_ASSIGN_OR_RETURN(const bool found, sorted->Next());
      if (!found) return absl::OkStatus();
      if (!any || sorted->key() != tuple) {
        any = true;
        tuple = std::string(sorted->key());
        first = std::string(sorted->value());
        continue;
      }
      if (sorted->value() == first) continue;
      // Who has the values now comes first.
      RuleViolation violation = rules::NewViolation(
          table, absl::StrCat(codec::RecordPrefix(table.id), first), "forever", index.name);
      violation.text = absl::StrCat("two records have had ", txn::DescribeTuple(index, tuple));
      rules::SetOther(table, sorted->value(), &violation);
      Take(std::move(violation));
      first = std::string(sorted->value());
    }
  }

  const txn::ReadView& view_;
  const bool is_newest_;
  const std::filesystem::path spill_folder_;
  const AuditOptions& options_;
  AuditReport report_;
  absl::flat_hash_set<std::string> known_targets_;
};

}  // namespace

absl::StatusOr<AuditReport> AuditRules(const txn::ReadView& view, bool is_newest,
                                       const std::filesystem::path& spill_folder,
                                       const AuditOptions& options) {
  return RuleAudit(view, is_newest, spill_folder, options).Run();
}

}  // namespace daftar::io
