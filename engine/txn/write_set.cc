#include "txn/write_set.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/status.h"
#include "codec/keyspace.h"
#include "history/history_key.h"
#include "journal/entry_writer.h"
#include "txn/unique_group.h"

namespace daftar::txn {
namespace {

constexpr size_t kReadAtOnce = 256;
constexpr size_t kLargeChanges = 20'000;

std::string_view PrimaryKey(const catalog::TableDef& table, std::string_view key) {
  return key.substr(codec::RecordPrefix(table.id).size());
}

bool IsRecord(std::string_view key) {
  return key.front() == static_cast<char>(codec::Space::kRecord);
}

bool IsGroup(std::string_view key) {
  return key.front() == static_cast<char>(codec::Space::kAggregate);
}

std::string_view MessageOf(std::string_view value) { return value.substr(record::kEnvelopeBytes); }

// Whether two values stored at `key` differ in nothing but the commit that wrote them.
bool SameContent(std::string_view key, std::string_view a, std::string_view b) {
  if (IsRecord(key)) return MessageOf(a) == MessageOf(b);
  const auto left = index::DecodeEntryValue(a);
  const auto right = index::DecodeEntryValue(b);
  return left.ok() && right.ok() && left->covered == right->covered;
}

bool EndsAsItBegan(std::string_view key, const storage::PendingChange& change) {
  if (change.value.has_value() != change.before.has_value()) return false;
  return !change.value.has_value() || SameContent(key, *change.value, *change.before);
}

}  // namespace

storage::PendingChanges& WriteSet::Mutable() {
  if (changes_.use_count() > 1) {
    changes_ = std::make_shared<storage::PendingChanges>(*changes_);
    if (!list_.empty()) List();
  }
  return *changes_;
}

void WriteSet::List() {
  list_.clear();
  for (const auto& [key, change] : *changes_) {
    if (!IsGroup(key)) list_.emplace_back(key, &change);
  }
}

absl::StatusOr<std::optional<std::string>> WriteSet::Read(std::string_view key,
                                                          std::span<const std::string> next) {
  if (records_->contains(key)) {
    const auto changed = changes_->find(key);
    if (changed != changes_->end()) {
      return std::optional<std::string>(changed->second.value);
    }
  }
  return ReadBase(key, next);
}

absl::Status WriteSet::Apply(const RecordWrite& write) {
  DAFTAR_ASSIGN_OR_RETURN(const std::optional<std::string> stored, Read(write.key.view()));
  return ApplyTo(stored, write);
}

absl::Status WriteSet::ApplyTo(const std::optional<std::string>& stored, const RecordWrite& write) {
  const auto refuse = [&](Error error) {
    return std::move(error)
        .With("table", write.table->name)
        .With("key", DescribeKey(*write.table, PrimaryKey(*write.table, write.key.view())));
  };
  if (write.record.has_value() && write.intent == WriteIntent::kInsert && stored.has_value()) {
    return refuse(AlreadyExists("a record with this key exists; use upsert to replace it"));
  }
  if (!stored.has_value() && (!write.record.has_value() || write.intent == WriteIntent::kUpdate)) {
    return refuse(NotFound("no record with this key"));
  }
  std::optional<record::Message> before;
  if (stored.has_value()) {
    DAFTAR_ASSIGN_OR_RETURN(before, DecodeRecord(*write.table, write.key.view(), *stored));
  }
  ChangedRecord& changed = *records_.Add(write.key.view()).first;
  changed.table = write.table;
  if (write.record.has_value() && before.has_value() && write.record->bytes() == before->bytes()) {
    return absl::OkStatus();
  }
  std::vector<KeyChange> changes;
  std::vector<UniqueCheck> checks;
  DAFTAR_RETURN_IF_ERROR(
      AddEntryChanges(write, before.has_value() ? &*before : nullptr, &changes, &checks));
  std::map<std::string, GroupChange> groups;
  DAFTAR_RETURN_IF_ERROR(AddGroupChanges(write, before.has_value() ? &*before : nullptr, &groups));
  KeyChange& record = changes.emplace_back();
  record.key = std::string(write.key.view());
  record.before = stored;
  if (write.record.has_value()) {
    record.value = record::EncodeEnvelope(record.key, {schema_, version_, write.record->bytes()});
  }
  // Nothing fails from here on.
  changed.digest =
      write.record.has_value() ? journal::HashOf(write.record->bytes()) : journal::Hash();
  storage::PendingChanges& all = Mutable();
  for (const KeyChange& change : changes) {
    bytes_ += change.key.size() + (change.value.has_value() ? change.value->size() : 0);
    const auto [pending, added] = all.Add(change.key);
    // What the base holds stays what it was when the key was changed first.
    if (added) {
      pending->before = all.KeepValue(change.before);
      pending->is_before_known = change.is_before_known;
    }
    pending->value = all.KeepValue(change.value);
  }
  std::move(checks.begin(), checks.end(), std::back_inserter(unique_checks_));
  for (auto& [key, change] : groups) {
    bytes_ += key.size() + sizeof(change);
    groups_[key] = std::move(change);
    groups_to_show_.insert(key);
  }
  return absl::OkStatus();
}

// Gives those of groups_ that the write changes, as they are after it.
absl::Status WriteSet::AddGroupChanges(const RecordWrite& write, const record::Message* before,
                                       std::map<std::string, GroupChange>* changes) {
  const record::Message* const after = write.record.has_value() ? &*write.record : nullptr;
  for (const catalog::AggregateDef& aggregate : write.table->aggregates) {
    DAFTAR_ASSIGN_OR_RETURN(const bool counted, counted_.Has(aggregate, write.key.view()));
    if (!counted) continue;
    DAFTAR_ASSIGN_OR_RETURN(index::GroupChanges added, index::ChangesOf(aggregate, before, after));
    for (auto& [key, totals] : added) {
      const auto known = groups_.find(key);
      if (known != groups_.end()) {
        DAFTAR_RETURN_IF_ERROR(index::AddTotals(known->second.totals, &totals));
      }
      changes->emplace(key, GroupChange{&aggregate, std::move(totals)});
    }
  }
  return absl::OkStatus();
}

absl::Status WriteSet::AddEntryChanges(const RecordWrite& write, const record::Message* before,
                                       std::vector<KeyChange>* changes,
                                       std::vector<UniqueCheck>* checks) {
  const std::string_view primary_key = PrimaryKey(*write.table, write.key.view());
  for (const catalog::IndexDef& index : write.table->indexes) {
    const record::Message* const after = write.record.has_value() ? &*write.record : nullptr;
    DAFTAR_ASSIGN_OR_RETURN(index::EntryChanges entries,
                            index::ChangesOf(index, primary_key, before, after));
    for (index::Entry& entry : entries.removed) {
      changes->push_back({std::move(entry.key.bytes()), std::nullopt, std::nullopt, false});
    }
    for (index::Entry& entry : entries.changed) {
      changes->push_back({std::move(entry.key.bytes()),
                          index::EncodeEntryValue(version_, entry.covered), std::nullopt, false});
    }
    for (index::Entry& entry : entries.added) {
      if (index.unique && !entry.has_null) {
        checks->push_back({write.table, &index, entry.key.bytes(), entry.tuple_bytes});
      }
      changes->push_back({std::move(entry.key.bytes()),
                          index::EncodeEntryValue(version_, entry.covered), std::nullopt});
    }
  }
  return absl::OkStatus();
}

absl::Status WriteSet::DropUnchanged() {
  storage::PendingChanges& changes = Mutable();
  std::vector<std::string_view> keys;
  // What is not known of, and where it is listed.
  std::vector<std::pair<storage::PendingChanges::Map::iterator, size_t>> unknown;
  const auto read = [&]() -> absl::Status {
    DAFTAR_ASSIGN_OR_RETURN(auto values, base_->MultiGet(keys, {.keep_values = false}));
    for (size_t i = 0; i < values.size(); ++i) {
      const auto& [place, number] = unknown[i];
      place->second.before = changes.KeepValue(values[i]);
      place->second.is_before_known = true;
      if (!EndsAsItBegan(keys[i], place->second)) continue;
      changes.Erase(place);
      list_[number].second = nullptr;
    }
    keys.clear();
    unknown.clear();
    return absl::OkStatus();
  };
  list_.clear();
  list_.reserve(changes.size());
  for (auto place = changes.begin(); place != changes.end();) {
    const auto here = place++;
    const auto& [key, change] = *here;
    if (change.is_before_known && (IsGroup(key) || EndsAsItBegan(key, change))) {
      changes.Erase(here);
      continue;
    }
    list_.emplace_back(key, &change);
    if (change.is_before_known) continue;
    keys.push_back(key);
    unknown.emplace_back(here, list_.size() - 1);
    if (keys.size() == kReadAtOnce) DAFTAR_RETURN_IF_ERROR(read());
  }
  if (!keys.empty()) DAFTAR_RETURN_IF_ERROR(read());
  std::erase_if(list_, [](const auto& item) { return item.second == nullptr; });
  return absl::OkStatus();
}

absl::StatusOr<std::optional<std::string>> WriteSet::FindClash(const UniqueCheck& check) const {
  const std::string prefix = check.entry_key.substr(0, check.tuple_bytes);
  const auto state = storage::NewOverlayReader(base_, changes_);
  auto entries = state->NewIterator({prefix, codec::PrefixEnd(prefix)}, {});
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, entries->Next());
    if (!found) return std::optional<std::string>();
    if (entries->key() != check.entry_key) return std::optional(std::string(entries->key()));
  }
}

absl::Status WriteSet::CheckUnique() const {
  for (const UniqueCheck& check : unique_checks_) {
    // A later write of the same set may have taken the entry away again.
    const auto entry = changes_->find(check.entry_key);
    if (entry == changes_->end() || !entry->second.value.has_value()) continue;
    DAFTAR_ASSIGN_OR_RETURN(const std::optional<std::string> clash, FindClash(check));
    if (!clash.has_value()) continue;
    return UniqueClash(*check.table, *check.index, check.entry_key, *clash, check.tuple_bytes);
  }
  return absl::OkStatus();
}

absl::Status WriteSet::Finish() {
  DAFTAR_RETURN_IF_ERROR(DropUnchanged());
  for (const auto& [key, change] : groups_) groups_to_show_.insert(key);
  return CheckUnique();
}

void WriteSet::AddGuards(ReadSet* guards) const {
  for (const auto& [key, changed] : *records_) guards->AddKey(key);
  for (const UniqueCheck& check : unique_checks_) {
    const std::string prefix = check.entry_key.substr(0, check.tuple_bytes);
    guards->AddRange({prefix, codec::PrefixEnd(prefix)});
  }
  if (rule_reads_ != nullptr) guards->AddAll(*rule_reads_);
}

std::vector<const catalog::TableDef*> WriteSet::tables() const {
  std::vector<const catalog::TableDef*> tables;
  for (const auto& [key, changed] : *records_) {
    const bool known = std::find(tables.begin(), tables.end(), changed.table) != tables.end();
    if (!known && changes_->contains(key)) tables.push_back(changed.table);
  }
  return tables;
}

absl::Status WriteSet::ShowGroups() {
  if (groups_to_show_.empty()) return absl::OkStatus();
  return Settle({groups_to_show_.begin(), groups_to_show_.end()}, *base_);
}

absl::Status WriteSet::SettleGroups(const storage::Reader& newest) {
  if (groups_.empty()) return absl::OkStatus();
  std::vector<std::string_view> keys;
  for (const auto& [key, change] : groups_) keys.push_back(key);
  return Settle(keys, newest);
}

absl::Status WriteSet::Settle(const std::vector<std::string_view>& keys,
                              const storage::Reader& newest) {
  DAFTAR_ASSIGN_OR_RETURN(auto held, newest.MultiGet(keys));
  storage::PendingChanges& changes = Mutable();
  auto before = held.begin();
  for (const std::string_view key : keys) {
    const GroupChange& change = groups_.find(std::string(key))->second;
    std::optional<std::string>& stored = *before++;
    if (change.totals.IsZero()) {
      changes.Erase(key);
      continue;
    }
    auto after = index::ChangeGroup(stored, change.totals, version_);
    if (!after.ok()) return WithContext(after.status(), "aggregate", change.aggregate->name());
    // Totals of some of the records have no past: nobody may read them.
    if (!change.aggregate->readable()) stored.reset();
    *changes.Add(key).first = {changes.KeepValue(*after), changes.KeepValue(stored)};
  }
  groups_to_show_.clear();
  return absl::OkStatus();
}

void WriteSet::Stamp(CommitVersion version) {
  if (version == version_) return;
  version_ = version;
  ahead_.reset();
  storage::PendingChanges& changes = Mutable();
  for (auto& [key, change] : changes) {
    if (!change.value.has_value()) continue;
    std::string stamped(*change.value);
    if (IsRecord(key)) {
      record::StampEnvelope(key, version, &stamped);
    } else {
      const auto entry = index::DecodeEntryValue(*change.value);
      DAFTAR_CHECK(entry.ok());
      stamped = index::EncodeEntryValue(version, entry->covered);
    }
    change.value = changes.Keep(stamped);
  }
}

size_t WriteSet::AppendList(const storage::ChangeList& list, storage::Batch* batch) const {
  size_t bytes = 0;
  size_t replaced = 0;
  for (const auto& [key, change] : list) {
    bytes += key.size() + change->value.value_or("").size();
    if (change->before.has_value()) replaced += key.size() + change->before->size();
  }
  batch->Reserve(2 * list.size(), bytes + replaced);
  for (const auto& [key, change] : list) {
    batch->Set(key, change->value);
    if (!change->before.has_value()) continue;
    batch->Put(history::HistoryKey(key, version_), *change->before);
  }
  return replaced;
}

bool WriteSet::IsLarge() const { return list_.size() >= kLargeChanges; }

void WriteSet::MakeBatch() { ahead_replaced_ = AppendList(list_, &ahead_.emplace()); }

size_t WriteSet::AppendTo(storage::Batch* batch) {
  storage::ChangeList groups;
  for (const auto& [key, change] : groups_) {
    const auto place = changes_->find(key);
    if (place != changes_->end()) groups.emplace_back(place->first, &place->second);
  }
  size_t replaced = ahead_replaced_;
  if (!ahead_.has_value()) {
    replaced = AppendList(list_, batch);
  } else if (batch->empty()) {
    *batch = *std::exchange(ahead_, std::nullopt);
  } else {
    batch->Append(*ahead_);
  }
  return replaced + AppendList(groups, batch);
}

absl::StatusOr<journal::EntryHead> WriteSet::AppendEntry(const journal::Statement& statement,
                                                         int64_t time,
                                                         const journal::Hash& previous,
                                                         storage::Batch* batch) const {
  journal::EntryWriter writer(version_, [&](std::string_view key, std::string_view value) {
    batch->Put(key, value);
    return absl::OkStatus();
  });
  storage::InKeyOrder in_order(list_);
  for (const auto& [key, changed] : *records_) {
    const storage::PendingChange* const change = in_order.Find(key);
    if (change == nullptr) continue;
    DAFTAR_RETURN_IF_ERROR(
        writer.Add({!change->value.has_value(), std::string(key), changed.digest}));
  }
  return writer.Finish(statement, time, previous);
}

}  // namespace daftar::txn
