#include "txn/bulk_load.h"

#include <algorithm>

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

constexpr size_t kLineBytes = 8;
constexpr size_t kEntryHeaderBytes = 7;

std::string EncodeChange(bool added, bool replaces, const index::Entry& entry) {
  std::string value;
  value.push_back(added ? 1 : 0);
  value.push_back(replaces ? 1 : 0);
  value.push_back(entry.has_null ? 1 : 0);
  codec::AppendFixed(static_cast<uint32_t>(entry.tuple_bytes), &value);
  value += entry.covered;
  return value;
}

EntryChange DecodeChange(std::string_view value) {
  return {value[0] != 0, value[1] != 0, value[2] != 0, codec::ReadFixed<uint32_t>(value, 3),
          value.substr(kEntryHeaderBytes)};
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
      entries_(SorterOf(options_)),
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
  const auto catalog = core_->catalog();
  if (is_current_ && catalog->has_rules()) {
    rules_.emplace(core_->store(), *catalog, *table_,
                   BulkRules::Options{&options_.commit, DayOf(time_), SorterOf(options_)});
  }
}

BulkLoad::~BulkLoad() = default;

absl::Status BulkLoad::CheckUnseen(std::string_view key, std::string_view what,
                                   NewKeys* fresh) const {
  if (const auto found = seen_.find(key); found != seen_.end()) {
    return AlreadyExists(absl::StrCat("line ", found->second, " has the same ", what));
  }
  if (std::find(fresh->begin(), fresh->end(), key) != fresh->end()) {
    return AlreadyExists(absl::StrCat("two records of this line have the same ", what));
  }
  fresh->emplace_back(key);
  return absl::OkStatus();
}

void BulkLoad::Remember(NewKeys fresh, uint64_t line) {
  for (std::string& key : fresh) {
    const size_t bytes = key.size() + sizeof(decltype(seen_)::value_type);
    if (seen_bytes_ + bytes > options_.remembered_bytes_max) return;
    seen_bytes_ += bytes;
    seen_.emplace(std::move(key), line);
  }
}

absl::Status BulkLoad::CheckNewKey(std::string_view key, NewKeys* fresh) const {
  absl::Status status = CheckUnseen(key, "key", fresh);
  if (status.ok() && !table_is_empty_) {
    DAFTAR_ASSIGN_OR_RETURN(const auto existing, core_->store().Get(key, {}));
    if (existing.has_value()) {
      status = AlreadyExists("a record with this key exists; use upsert to replace it");
    }
  }
  return WithContext(status, "key", DescribeKey(*table_, key.substr(prefix_.size())));
}

absl::Status BulkLoad::CheckNewUnique(const record::Message& record, std::string_view primary_key,
                                      NewKeys* fresh) const {
  for (const catalog::IndexDef& index : table_->indexes) {
    if (!index.unique) continue;
    DAFTAR_ASSIGN_OR_RETURN(const std::vector<index::Entry> entries,
                            index::EntriesOf(index, primary_key, record));
    for (const index::Entry& entry : entries) {
      if (entry.has_null) continue;
      const std::string_view key = entry.key.view();
      UniqueGroup group(table_is_empty_ ? nullptr : &core_->store(), table_);
      DAFTAR_RETURN_IF_ERROR(group.Note(index, key, entry.tuple_bytes, true));
      DAFTAR_RETURN_IF_ERROR(group.Close());
      DAFTAR_RETURN_IF_ERROR(CheckUnseen(key.substr(0, entry.tuple_bytes),
                                         absl::StrCat("values of the unique index ", index.name),
                                         fresh));
    }
  }
  return absl::OkStatus();
}

absl::Status BulkLoad::CheckRules(std::string_view key, const record::Message& record,
                                  uint64_t line) {
  std::optional<record::Message> before;
  if (!table_is_empty_ && options_.intent != WriteIntent::kInsert) {
    DAFTAR_ASSIGN_OR_RETURN(const std::optional<std::string> stored, core_->store().Get(key, {}));
    if (stored.has_value()) {
      DAFTAR_ASSIGN_OR_RETURN(before, DecodeRecord(*table_, key, *stored));
    }
  }
  return rules_->CheckRecord(key, before.has_value() ? &*before : nullptr, record, line);
}

absl::Status BulkLoad::Add(std::span<const record::Message> records, uint64_t line) {
  DAFTAR_RETURN_IF_ERROR(CheckSchema());
  // Everything is checked before anything is taken.
  std::vector<codec::EncodedKey> keys;
  NewKeys fresh;
  for (const record::Message& record : records) {
    DAFTAR_ASSIGN_OR_RETURN(codec::EncodedKey key, index::RecordKey(*table_, record));
    if (options_.intent == WriteIntent::kInsert) {
      DAFTAR_RETURN_IF_ERROR(CheckNewKey(key.view(), &fresh));
      DAFTAR_RETURN_IF_ERROR(CheckNewUnique(record, key.view().substr(prefix_.size()), &fresh));
    }
    keys.push_back(std::move(key));
  }
  if (rules_.has_value()) {
    for (size_t i = 0; i < records.size(); ++i) {
      DAFTAR_RETURN_IF_ERROR(CheckRules(keys[i].view(), records[i], line));
    }
  }
  Remember(std::move(fresh), line);
  std::string value;
  for (size_t i = 0; i < records.size(); ++i) {
    value.clear();
    codec::AppendFixed(line, &value);
    value += records[i].bytes();
    DAFTAR_RETURN_IF_ERROR(records_.Add(keys[i].view(), value));
  }
  return absl::OkStatus();
}

absl::Status BulkLoad::AddEntryChanges(std::string_view primary_key, const record::Message* before,
                                       const record::Message& after) {
  for (const catalog::IndexDef& index : table_->indexes) {
    DAFTAR_ASSIGN_OR_RETURN(const index::EntryChanges changes,
                            index::ChangesOf(index, primary_key, before, &after));
    for (const index::Entry& entry : changes.added) {
      DAFTAR_RETURN_IF_ERROR(entries_.Add(entry.key.view(), EncodeChange(true, false, entry)));
    }
    for (const index::Entry& entry : changes.changed) {
      DAFTAR_RETURN_IF_ERROR(entries_.Add(entry.key.view(), EncodeChange(true, true, entry)));
    }
    for (const index::Entry& entry : changes.removed) {
      DAFTAR_RETURN_IF_ERROR(entries_.Add(entry.key.view(), EncodeChange(false, true, entry)));
    }
  }
  return absl::OkStatus();
}

absl::Status BulkLoad::AddGroupChanges(const record::Message* before,
                                       const record::Message& after) {
  for (const catalog::AggregateDef& aggregate : table_->aggregates) {
    DAFTAR_ASSIGN_OR_RETURN(const index::GroupChanges changes,
                            index::ChangesOf(aggregate, before, &after));
    DAFTAR_RETURN_IF_ERROR(groups_.Add(changes));
  }
  return absl::OkStatus();
}

absl::Status BulkLoad::WriteRecord(std::string_view key, std::string_view message,
                                   storage::BulkWriter* writer, journal::EntryWriter* entry,
                                   Result* result) {
  DAFTAR_ASSIGN_OR_RETURN(const record::Message after,
                          record::Message::FromStored(table_->schema, message));
  std::optional<record::Message> before;
  if (!table_is_empty_) {
    DAFTAR_ASSIGN_OR_RETURN(const std::optional<std::string> stored, core_->store().Get(key, {}));
    if (stored.has_value()) {
      DAFTAR_ASSIGN_OR_RETURN(before, DecodeRecord(*table_, key, *stored));
      if (before->bytes() == message) return absl::OkStatus();
      DAFTAR_RETURN_IF_ERROR(tail_.Add(history::HistoryKey(key, next_.last_commit), *stored));
    }
  }
  DAFTAR_RETURN_IF_ERROR(entry->Add({false, std::string(key), journal::HashOf(message)}));
  ++result->records_changed;
  const record::Message* const old = before.has_value() ? &*before : nullptr;
  DAFTAR_RETURN_IF_ERROR(AddEntryChanges(key.substr(prefix_.size()), old, after));
  DAFTAR_RETURN_IF_ERROR(AddGroupChanges(old, after));
  return writer->Put(key, record::EncodeEnvelope(key, {next_.schema, next_.last_commit, message}));
}

absl::Status BulkLoad::WriteRecords(storage::BulkWriter* writer, journal::EntryWriter* entry,
                                    Result* result) {
  DAFTAR_ASSIGN_OR_RETURN(const auto sorted, records_.Finish());
  if (rules_.has_value()) DAFTAR_RETURN_IF_ERROR(rules_->EndRecords());
  std::string key;
  std::string message;
  uint64_t line = 0;
  bool pending = false;
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, sorted->Next());
    const bool same_key = found && pending && sorted->key() == key;
    if (same_key && options_.intent == WriteIntent::kInsert) {
      return AlreadyExists("two lines have the same key")
          .With("line", line)
          .With("other line", codec::ReadFixed<uint64_t>(sorted->value(), 0))
          .With("key", DescribeKey(*table_, std::string_view(key).substr(prefix_.size())));
    }
    if (pending && !same_key) {
      if (rules_.has_value()) DAFTAR_RETURN_IF_ERROR(rules_->NoteKey(key));
      DAFTAR_RETURN_IF_ERROR(WriteRecord(key, message, writer, entry, result));
    }
    if (!found) return rules_.has_value() ? rules_->EndKeys() : absl::OkStatus();
    key = std::string(sorted->key());
    line = codec::ReadFixed<uint64_t>(sorted->value(), 0);
    message = std::string(sorted->value().substr(kLineBytes));
    pending = true;
  }
}

absl::Status BulkLoad::WriteEntries(storage::BulkWriter* writer) {
  DAFTAR_ASSIGN_OR_RETURN(const auto sorted, entries_.Finish());
  UniqueGroup group(table_is_empty_ ? nullptr : &core_->store(), table_);
  // Entries come index by index, in the order of the indexes' prefixes.
  const catalog::IndexDef* index = nullptr;
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, sorted->Next());
    if (!found) {
      if (rules_.has_value()) DAFTAR_RETURN_IF_ERROR(rules_->EndEntries());
      return group.Close();
    }
    const EntryChange change = DecodeChange(sorted->value());
    if (index == nullptr || !sorted->key().starts_with(codec::IndexPrefix(index->id))) {
      for (const catalog::IndexDef& candidate : table_->indexes) {
        if (sorted->key().starts_with(codec::IndexPrefix(candidate.id))) index = &candidate;
      }
    }
    if (index->unique && !change.has_null) {
      DAFTAR_RETURN_IF_ERROR(group.Note(*index, sorted->key(), change.tuple_bytes, change.added));
    }
    if (rules_.has_value()) {
      DAFTAR_RETURN_IF_ERROR(rules_->NoteEntry(*index, sorted->key(), change.added, change.covered,
                                               change.tuple_bytes));
    }
    if (change.replaces) DAFTAR_RETURN_IF_ERROR(KeepEntry(sorted->key()));
    if (change.added) {
      DAFTAR_RETURN_IF_ERROR(
          writer->Put(sorted->key(), index::EncodeEntryValue(next_.last_commit, change.covered)));
    } else {
      DAFTAR_RETURN_IF_ERROR(writer->Delete(sorted->key()));
    }
  }
}

absl::Status BulkLoad::WriteGroups(storage::BulkWriter* writer) {
  DAFTAR_ASSIGN_OR_RETURN(SortedGroups sorted, groups_.Finish());
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, sorted.Next());
    if (!found) return absl::OkStatus();
    DAFTAR_ASSIGN_OR_RETURN(const auto stored, core_->store().Get(sorted.key(), {}));
    const auto after = index::ChangeGroup(stored, sorted.totals(), next_.last_commit);
    if (!after.ok()) return WithContext(after.status(), "table", table_->name);
    if (stored.has_value()) {
      DAFTAR_RETURN_IF_ERROR(
          tail_.Add(history::HistoryKey(sorted.key(), next_.last_commit), *stored));
    }
    DAFTAR_RETURN_IF_ERROR(after->has_value() ? writer->Put(sorted.key(), **after)
                                              : writer->Delete(sorted.key()));
  }
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
  DAFTAR_RETURN_IF_ERROR(WriteRecords(writer.get(), &entry, &result));
  DAFTAR_RETURN_IF_ERROR(WriteEntries(writer.get()));
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
