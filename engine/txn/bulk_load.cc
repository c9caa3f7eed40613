#include "txn/bulk_load.h"

#include <algorithm>
#include <cstring>
#include <thread>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "codec/fixed.h"
#include "codec/keyspace.h"
#include "history/history_key.h"
#include "txn/statement.h"
#include "txn/unique_group.h"

namespace daftar::txn {
namespace {

// What a sorted index entry carries beside its key.
struct EntryChange {
  bool added = false;     // false: removed
  bool replaces = false;  // an entry with other covered fields is there; true when it is removed
  bool has_null = false;
  uint32_t tuple_bytes = 0;
  std::string_view covered;
};

constexpr size_t kEntryHeaderBytes = 7;

// Of a key that nothing is known of yet.
constexpr uint64_t kNewLine = UINT64_MAX;

void EncodeChange(bool added, bool replaces, const index::Entry& entry, std::string* value) {
  value->clear();
  value->push_back(added ? 1 : 0);
  value->push_back(replaces ? 1 : 0);
  value->push_back(entry.has_null ? 1 : 0);
  codec::AppendFixed(static_cast<uint32_t>(entry.tuple_bytes), value);
  value->append(entry.covered);
}

EntryChange DecodeChange(std::string_view value) {
  return {value[0] != 0, value[1] != 0, value[2] != 0, codec::ReadFixed<uint32_t>(value, 3),
          value.substr(kEntryHeaderBytes)};
}

// What a sorted record carries beside its key: line, hash, message.
constexpr size_t kLineBytes = 8;
constexpr size_t kRecordHeaderBytes = kLineBytes + sizeof(journal::Hash);

uint64_t LineOf(std::string_view value) { return codec::ReadFixed<uint64_t>(value, 0); }

journal::Hash HashIn(std::string_view value) {
  journal::Hash hash;
  std::memcpy(hash.data(), value.data() + kLineBytes, hash.size());
  return hash;
}

// A remembered key takes a place in the arena and one in the table that finds it there.
size_t RememberedBytes(std::string_view key) {
  constexpr size_t kPlaces = 2;
  return key.size() + kPlaces * sizeof(std::pair<std::string_view, uint64_t>);
}

storage::SorterOptions SorterOf(const BulkLoadOptions& options) {
  return {options.spill_folder, options.sort_bytes_max, false};
}

}  // namespace

BulkLoad::BulkLoad(Core* core, const catalog::TableDef* table, BulkLoadOptions options)
    : core_(core),
      lock_(core),
      table_(table),
      options_(std::move(options)),
      prefix_(codec::RecordPrefix(table->id)),
      records_(SorterOf(options_)),
      counted_(core->View().reader),
      groups_(SorterOf(options_)),
      tail_(SorterOf(options_)) {
  // From here on the schema does not change.
  is_current_ = core_->catalog()->FindTable(table->id) == table;
  end_ = core_->end();
  time_ = core_->NextTime(end_);
  next_ = end_.header;
  next_.last_commit = CommitVersion(next_.last_commit.value() + 1);
  auto existing = core_->store().NewIterator({prefix_, codec::PrefixEnd(prefix_)}, {});
  const auto found = existing->Next();
  // Not knowing only means to look at every key.
  table_is_empty_ = found.ok() && !*found;
  storage::SorterOptions of_index = SorterOf(options_);
  of_index.memory_bytes_max /= std::max<size_t>(table->indexes.size(), 1);
  for (const catalog::IndexDef& index : table->indexes) {
    indexes_.push_back({&index, codec::IndexPrefix(index.id), index::HasOneEntry(index),
                        storage::ExternalSorter(of_index)});
  }
  const auto catalog = core_->catalog();
  if (is_current_ && catalog->has_rules()) {
    rules_.emplace(
        core_->store(), *catalog, *table_,
        BulkRules::Options{&options_.commit, DayOf(time_), inserts(), SorterOf(options_)});
  }
}

BulkLoad::~BulkLoad() = default;

absl::Status BulkLoad::CheckUnseen(std::string_view key, std::string_view what,
                                   std::string_view index, uint64_t line) {
  if (std::find(fresh_.begin(), fresh_.end(), key) != fresh_.end()) {
    return AlreadyExists(absl::StrCat("two records of this line have the same ", what, index));
  }
  const size_t bytes = RememberedBytes(key);
  const bool has_room = seen_bytes_ + bytes <= options_.remembered_bytes_max;
  const auto found =
      has_room ? seen_.lazy_emplace(key,
                                    [&](const auto& make) {
                                      seen_keys_.Add(key, "");
                                      make(seen_keys_.key(seen_keys_.size() - 1), kNewLine);
                                    })
               : seen_.find(key);
  if (found != seen_.end() && found->second != kNewLine) {
    return AlreadyExists(absl::StrCat("line ", found->second, " has the same ", what, index));
  }
  fresh_.push_back(key);
  if (found == seen_.end()) return absl::OkStatus();
  found->second = line;
  seen_bytes_ += bytes;
  return absl::OkStatus();
}

void BulkLoad::ForgetLine() {
  for (const std::string_view key : fresh_) {
    if (seen_.erase(key) > 0) seen_bytes_ -= RememberedBytes(key);
  }
}

absl::Status BulkLoad::CheckNewKey(std::string_view key, uint64_t line) {
  absl::Status status = CheckUnseen(key, "key", "", line);
  if (status.ok() && !table_is_empty_) {
    DAFTAR_ASSIGN_OR_RETURN(const auto existing, core_->store().Get(key, {}));
    if (existing.has_value()) {
      status = AlreadyExists("a record with this key exists; use upsert to replace it");
    }
  }
  if (status.ok()) return status;
  return WithContext(status, "key", DescribeKey(*table_, key.substr(prefix_.size())));
}

absl::Status BulkLoad::CheckNewUnique(const Pending& pending, uint64_t line) {
  for (size_t i = 0; i < indexes_.size(); ++i) {
    const catalog::IndexDef& index = *indexes_[i].index;
    if (!index.unique) continue;
    for (const index::Entry& entry : pending.entries[i]) {
      if (entry.has_null) continue;
      const std::string_view key = entry.key.view();
      if (!table_is_empty_) {
        UniqueGroup group(&core_->store(), table_);
        DAFTAR_RETURN_IF_ERROR(group.Note(index, key, entry.tuple_bytes, true));
        DAFTAR_RETURN_IF_ERROR(group.Close());
      }
      DAFTAR_RETURN_IF_ERROR(CheckUnseen(key.substr(0, entry.tuple_bytes),
                                         "values of the unique index ", index.name, line));
    }
  }
  return absl::OkStatus();
}

absl::Status BulkLoad::CheckAhead(const record::Message& record) {
  return rules_.has_value() ? rules_->CheckAhead(record) : absl::OkStatus();
}

absl::Status BulkLoad::CheckRules(const BulkRecord& record, const Pending& pending, uint64_t line) {
  const std::string_view key = pending.key.view();
  std::optional<record::Message> before;
  if (!table_is_empty_ && !inserts()) {
    DAFTAR_ASSIGN_OR_RETURN(const std::optional<std::string> stored, core_->store().Get(key, {}));
    if (stored.has_value()) {
      DAFTAR_ASSIGN_OR_RETURN(before, DecodeRecord(*table_, key, *stored));
    }
  }
  return rules_->CheckRecord(key, before.has_value() ? &*before : nullptr, *record.message,
                             record.ahead.has_value() ? *record.ahead : CheckAhead(*record.message),
                             line);
}

absl::Status BulkLoad::Prepare(const record::Message& record, Pending* pending) const {
  DAFTAR_ASSIGN_OR_RETURN(pending->key, index::RecordKey(*table_, record));
  if (!inserts()) return absl::OkStatus();
  const std::string_view primary_key = pending->key.view().substr(prefix_.size());
  pending->entries.resize(indexes_.size());
  for (size_t i = 0; i < indexes_.size(); ++i) {
    const IndexPart& part = indexes_[i];
    std::vector<index::Entry>& entries = pending->entries[i];
    if (part.has_one_entry) {
      entries.resize(1);
      DAFTAR_RETURN_IF_ERROR(
          index::TheEntryOf(part.prefix, *part.index, primary_key, record, entries.data()));
    } else {
      DAFTAR_ASSIGN_OR_RETURN(entries, index::EntriesOf(*part.index, primary_key, record));
    }
  }
  return absl::OkStatus();
}

absl::Status BulkLoad::CheckLine(std::span<const BulkRecord> records, uint64_t line) {
  for (size_t i = 0; i < records.size(); ++i) {
    DAFTAR_RETURN_IF_ERROR(Prepare(*records[i].message, &pending_[i]));
    if (!inserts()) continue;
    DAFTAR_RETURN_IF_ERROR(CheckNewKey(pending_[i].key.view(), line));
    DAFTAR_RETURN_IF_ERROR(CheckNewUnique(pending_[i], line));
  }
  if (!rules_.has_value()) return absl::OkStatus();
  for (size_t i = 0; i < records.size(); ++i) {
    DAFTAR_RETURN_IF_ERROR(CheckRules(records[i], pending_[i], line));
  }
  return absl::OkStatus();
}

absl::Status BulkLoad::Add(std::span<const BulkRecord> records, uint64_t line) {
  DAFTAR_RETURN_IF_ERROR(CheckSchema());
  // Everything is checked before anything is taken.
  if (pending_.size() < records.size()) pending_.resize(records.size());
  fresh_.clear();
  if (const absl::Status status = CheckLine(records, line); !status.ok()) {
    ForgetLine();
    return status;
  }
  for (size_t i = 0; i < records.size(); ++i) {
    DAFTAR_RETURN_IF_ERROR(Take(records[i], pending_[i], line));
  }
  return absl::OkStatus();
}

absl::Status BulkLoad::Take(const BulkRecord& record, const Pending& pending, uint64_t line) {
  value_.clear();
  codec::AppendFixed(line, &value_);
  value_.append(journal::BytesOf(record.hash));
  value_.append(record.message->bytes());
  DAFTAR_RETURN_IF_ERROR(records_.Add(pending.key.view(), value_));
  if (!inserts()) return absl::OkStatus();
  for (size_t i = 0; i < indexes_.size(); ++i) {
    for (const index::Entry& entry : pending.entries[i]) {
      DAFTAR_RETURN_IF_ERROR(AddEntryChange(true, false, entry, &indexes_[i]));
    }
  }
  return TakeGroups(pending.key.view(), *record.message);
}

absl::Status BulkLoad::TakeGroups(std::string_view key, const record::Message& record) {
  for (const catalog::AggregateDef& aggregate : table_->aggregates) {
    DAFTAR_ASSIGN_OR_RETURN(const bool counted, counted_.Has(aggregate, key));
    if (!counted) continue;
    if (index::HasOneEntry(aggregate.groups)) {
      DAFTAR_RETURN_IF_ERROR(index::TheGroupOf(aggregate, record, &group_, &totals_));
      DAFTAR_RETURN_IF_ERROR(groups_.Add(group_.key.view(), totals_));
    } else {
      DAFTAR_ASSIGN_OR_RETURN(const index::GroupChanges changes,
                              index::ChangesOf(aggregate, nullptr, &record));
      DAFTAR_RETURN_IF_ERROR(groups_.Add(changes));
    }
  }
  return absl::OkStatus();
}

absl::Status BulkLoad::AddEntryChange(bool added, bool replaces, const index::Entry& entry,
                                      IndexPart* part) {
  EncodeChange(added, replaces, entry, &change_);
  return part->changes.Add(entry.key.view().substr(part->prefix.size()), change_);
}

absl::Status BulkLoad::AddEntryChanges(std::string_view primary_key, const record::Message* before,
                                       const record::Message& after) {
  for (IndexPart& part : indexes_) {
    DAFTAR_ASSIGN_OR_RETURN(const index::EntryChanges changes,
                            index::ChangesOf(*part.index, primary_key, before, &after));
    for (const index::Entry& entry : changes.added) {
      DAFTAR_RETURN_IF_ERROR(AddEntryChange(true, false, entry, &part));
    }
    for (const index::Entry& entry : changes.changed) {
      DAFTAR_RETURN_IF_ERROR(AddEntryChange(true, true, entry, &part));
    }
    for (const index::Entry& entry : changes.removed) {
      DAFTAR_RETURN_IF_ERROR(AddEntryChange(false, true, entry, &part));
    }
  }
  return absl::OkStatus();
}

absl::Status BulkLoad::AddGroupChanges(std::string_view key, const record::Message* before,
                                       const record::Message& after) {
  for (const catalog::AggregateDef& aggregate : table_->aggregates) {
    DAFTAR_ASSIGN_OR_RETURN(const bool counted, counted_.Has(aggregate, key));
    if (!counted) continue;
    DAFTAR_ASSIGN_OR_RETURN(const index::GroupChanges changes,
                            index::ChangesOf(aggregate, before, &after));
    DAFTAR_RETURN_IF_ERROR(groups_.Add(changes));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> BulkLoad::TakeChange(std::string_view key, std::string_view message) {
  DAFTAR_ASSIGN_OR_RETURN(const record::Message after,
                          record::Message::FromStored(table_->schema, message));
  std::optional<record::Message> before;
  if (!table_is_empty_) {
    DAFTAR_ASSIGN_OR_RETURN(const std::optional<std::string> stored, core_->store().Get(key, {}));
    if (stored.has_value()) {
      DAFTAR_ASSIGN_OR_RETURN(before, DecodeRecord(*table_, key, *stored));
      if (before->bytes() == message) return false;
      DAFTAR_RETURN_IF_ERROR(tail_.Add(history::HistoryKey(key, next_.last_commit), *stored));
    }
  }
  const record::Message* const old = before.has_value() ? &*before : nullptr;
  DAFTAR_RETURN_IF_ERROR(AddEntryChanges(key.substr(prefix_.size()), old, after));
  DAFTAR_RETURN_IF_ERROR(AddGroupChanges(key, old, after));
  return true;
}

absl::Status BulkLoad::WriteRecord(std::string_view key, std::string_view value,
                                   storage::BulkWriter* writer, journal::EntryWriter* entry,
                                   Result* result) {
  const std::string_view message = value.substr(kRecordHeaderBytes);
  if (!inserts()) {
    DAFTAR_ASSIGN_OR_RETURN(const bool changed, TakeChange(key, message));
    if (!changed) return absl::OkStatus();
  }
  journal_change_.key = key;
  journal_change_.digest = HashIn(value);
  DAFTAR_RETURN_IF_ERROR(entry->Add(journal_change_));
  ++result->records_changed;
  return writer->Put(key, record::EncodeEnvelope(key, {next_.schema, next_.last_commit, message}));
}

absl::Status BulkLoad::WriteRecords(storage::BulkWriter* writer, journal::EntryWriter* entry,
                                    Result* result) {
  DAFTAR_ASSIGN_OR_RETURN(const auto sorted, records_.Finish());
  if (rules_.has_value()) DAFTAR_RETURN_IF_ERROR(rules_->EndRecords());
  std::string key;
  std::string value;
  bool pending = false;
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, sorted->Next());
    const bool same_key = found && pending && sorted->key() == key;
    if (same_key && inserts()) {
      return AlreadyExists("two lines have the same key")
          .With("line", LineOf(value))
          .With("other line", LineOf(sorted->value()))
          .With("key", DescribeKey(*table_, std::string_view(key).substr(prefix_.size())));
    }
    if (pending && !same_key) {
      if (rules_.has_value()) DAFTAR_RETURN_IF_ERROR(rules_->NoteKey(key));
      DAFTAR_RETURN_IF_ERROR(WriteRecord(key, value, writer, entry, result));
    }
    if (!found) return rules_.has_value() ? rules_->EndKeys() : absl::OkStatus();
    key = sorted->key();
    value = sorted->value();
    pending = true;
  }
}

absl::Status BulkLoad::WriteIndex(IndexPart* part, storage::BulkWriter* writer) {
  DAFTAR_ASSIGN_OR_RETURN(const auto sorted, part->changes.Finish());
  const catalog::IndexDef& index = *part->index;
  UniqueGroup group(table_is_empty_ ? nullptr : &core_->store(), table_);
  std::string key = part->prefix;
  std::string value = index::EncodeEntryValue(next_.last_commit, "");
  const size_t head_bytes = value.size();
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, sorted->Next());
    // What is found here does not matter any more.
    if (!found || records_failed_) return group.Close();
    key.resize(part->prefix.size());
    key += sorted->key();
    const EntryChange change = DecodeChange(sorted->value());
    if (index.unique && !change.has_null) {
      DAFTAR_RETURN_IF_ERROR(group.Note(index, key, change.tuple_bytes, change.added));
    }
    if (rules_.has_value()) {
      DAFTAR_RETURN_IF_ERROR(
          rules_->NoteEntry(index, key, change.added, change.covered, change.tuple_bytes));
    }
    if (change.replaces) DAFTAR_RETURN_IF_ERROR(KeepEntry(key));
    if (change.added) {
      value.resize(head_bytes);
      value += change.covered;
      DAFTAR_RETURN_IF_ERROR(writer->Put(key, value));
    } else {
      DAFTAR_RETURN_IF_ERROR(writer->Delete(key));
    }
  }
}

absl::Status BulkLoad::WriteEntries(storage::BulkWriter* writer) {
  std::vector<IndexPart*> parts;
  for (IndexPart& part : indexes_) parts.push_back(&part);
  std::sort(parts.begin(), parts.end(),
            [](const IndexPart* a, const IndexPart* b) { return a->prefix < b->prefix; });
  for (IndexPart* part : parts) DAFTAR_RETURN_IF_ERROR(WriteIndex(part, writer));
  return rules_.has_value() ? rules_->EndEntries() : absl::OkStatus();
}

absl::Status BulkLoad::WriteAll(storage::BulkWriter* writer, journal::EntryWriter* entry,
                                Result* result) {
  if (!inserts()) {
    DAFTAR_RETURN_IF_ERROR(WriteRecords(writer, entry, result));
    return WriteEntries(writer);
  }
  DAFTAR_ASSIGN_OR_RETURN(const auto part, writer->NewPart());
  absl::Status of_entries;
  std::thread thread([this, &part, &of_entries] { of_entries = WriteEntries(part.get()); });
  const absl::Status of_records = WriteRecords(writer, entry, result);
  if (!of_records.ok()) records_failed_ = true;
  thread.join();
  // The same error whichever thread was first.
  DAFTAR_RETURN_IF_ERROR(of_records);
  DAFTAR_RETURN_IF_ERROR(of_entries);
  return part->Finish();
}

absl::Status BulkLoad::WriteGroups(storage::BulkWriter* writer) {
  DAFTAR_ASSIGN_OR_RETURN(SortedGroups sorted, groups_.Finish());
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, sorted.Next());
    if (!found) return absl::OkStatus();
    DAFTAR_ASSIGN_OR_RETURN(const auto stored, core_->store().Get(sorted.key(), {}));
    const auto after = index::ChangeGroup(stored, sorted.totals(), next_.last_commit);
    if (!after.ok()) return WithContext(after.status(), "table", table_->name);
    if (stored.has_value() && HasPast(sorted.key())) {
      DAFTAR_RETURN_IF_ERROR(
          tail_.Add(history::HistoryKey(sorted.key(), next_.last_commit), *stored));
    }
    DAFTAR_RETURN_IF_ERROR(after->has_value() ? writer->Put(sorted.key(), **after)
                                              : writer->Delete(sorted.key()));
  }
}

bool BulkLoad::HasPast(std::string_view key) const {
  return std::none_of(table_->aggregates.begin(), table_->aggregates.end(),
                      [&](const catalog::AggregateDef& aggregate) {
                        return !aggregate.readable() &&
                               key.starts_with(codec::AggregatePrefix(aggregate.id));
                      });
}

absl::Status BulkLoad::KeepEntry(std::string_view key) {
  DAFTAR_ASSIGN_OR_RETURN(const std::optional<std::string> stored, core_->store().Get(key, {}));
  // An entry that is missing against the rules has no past.
  if (!stored.has_value()) return absl::OkStatus();
  return tail_.Add(history::HistoryKey(key, next_.last_commit), *stored);
}

absl::Status BulkLoad::WriteTail(storage::BulkWriter* writer) {
  DAFTAR_ASSIGN_OR_RETURN(const auto sorted, tail_.Finish());
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, sorted->Next());
    if (!found) return absl::OkStatus();
    DAFTAR_RETURN_IF_ERROR(writer->Put(sorted->key(), sorted->value()));
  }
}

void BulkLoad::Publish(const journal::EntryHead& head) {
  RecentCommits::Written written{next_.last_commit, {}, {}};
  written.ranges.push_back({prefix_, codec::PrefixEnd(prefix_)});
  for (const catalog::IndexDef& index : table_->indexes) {
    const std::string prefix = codec::IndexPrefix(index.id);
    written.ranges.push_back({prefix, codec::PrefixEnd(prefix)});
  }
  for (const catalog::AggregateDef& aggregate : table_->aggregates) {
    const std::string prefix = codec::AggregatePrefix(aggregate.id);
    written.ranges.push_back({prefix, codec::PrefixEnd(prefix)});
  }
  core_->NoteWritten(std::move(written));
  core_->Publish({next_, {journal::HashOf(head), time_}}, true);
}

absl::Status BulkLoad::CheckSchema() const {
  if (is_current_) return absl::OkStatus();
  return Aborted("the schema has changed since the load was begun; begin again");
}

absl::StatusOr<BulkLoad::Result> BulkLoad::Finish() {
  DAFTAR_RETURN_IF_ERROR(CheckSchema());
  DAFTAR_RETURN_IF_ERROR(CheckStatement(options_.commit, {table_}));
  if (rules_.has_value()) DAFTAR_RETURN_IF_ERROR(rules_->CheckCommit());
  Result result;
  journal::EntryWriter entry(
      next_.last_commit,
      [this](std::string_view key, std::string_view value) { return tail_.Add(key, value); });
  DAFTAR_ASSIGN_OR_RETURN(const auto writer, core_->store().NewBulkWriter());
  DAFTAR_RETURN_IF_ERROR(writer->Put(HeaderKey(), EncodeHeader(next_)));
  DAFTAR_RETURN_IF_ERROR(WriteAll(writer.get(), &entry, &result));
  DAFTAR_RETURN_IF_ERROR(WriteGroups(writer.get()));
  result.version = end_.header.last_commit;
  if (options_.dry_run || result.records_changed == 0) return result;
  DAFTAR_ASSIGN_OR_RETURN(const journal::EntryHead head,
                          entry.Finish(StatementOf(options_.commit), time_, end_.journal.hash));
  DAFTAR_RETURN_IF_ERROR(WriteTail(writer.get()));
  DAFTAR_RETURN_IF_ERROR(writer->Finish());
  Publish(head);
  result.version = next_.last_commit;
  return result;
}

}  // namespace daftar::txn
