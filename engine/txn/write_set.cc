#include "txn/write_set.h"

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "codec/keyspace.h"
#include "txn/unique_group.h"

namespace daftar::txn {
namespace {

std::string_view PrimaryKey(const catalog::TableDef& table, std::string_view key) {
  return key.substr(codec::RecordPrefix(table.id).size());
}

}  // namespace

std::string DescribeKey(const catalog::TableDef& table, std::string_view primary_key) {
  std::string text;
  for (const catalog::Term& term : table.key) {
    auto value = codec::TakePart(term.part, &primary_key);
    if (!value.ok()) return text;
    absl::StrAppend(&text, text.empty() ? "" : ", ",
                    term.path.type().ToValue(ToView(*value)).ToString());
  }
  return text;
}

absl::StatusOr<record::Message> DecodeRecord(const catalog::TableDef& table, std::string_view key,
                                             std::string_view value) {
  auto envelope = record::DecodeEnvelope(key, value);
  if (!envelope.ok()) return WithContext(envelope.status(), "table", table.name);
  return record::Message::FromStored(table.schema, envelope->message);
}

absl::StatusOr<std::optional<record::Message>> ReadRecord(const storage::Store& store,
                                                          const catalog::TableDef& table,
                                                          const codec::EncodedKey& key,
                                                          const storage::ReadOptions& options) {
  DAFTAR_ASSIGN_OR_RETURN(const std::optional<std::string> value, store.Get(key.view(), options));
  if (!value.has_value()) return std::optional<record::Message>();
  DAFTAR_ASSIGN_OR_RETURN(record::Message record, DecodeRecord(table, key.view(), *value));
  return std::optional<record::Message>(std::move(record));
}

absl::StatusOr<std::optional<record::Message>> WriteSet::Current(const RecordWrite& write) const {
  const auto changed = changes_.find(write.key.view());
  if (changed == changes_.end()) return ReadRecord(*store_, *write.table, write.key, {});
  if (!changed->second.has_value()) return std::optional<record::Message>();
  DAFTAR_ASSIGN_OR_RETURN(record::Message record,
                          DecodeRecord(*write.table, write.key.view(), *changed->second));
  return std::optional<record::Message>(std::move(record));
}

absl::Status WriteSet::Apply(const RecordWrite& write) {
  DAFTAR_ASSIGN_OR_RETURN(const std::optional<record::Message> before, Current(write));
  const auto refuse = [&](Error error) {
    return std::move(error)
        .With("table", write.table->name)
        .With("key", DescribeKey(*write.table, PrimaryKey(*write.table, write.key.view())));
  };
  if (write.record.has_value() && write.intent == WriteIntent::kInsert && before.has_value()) {
    return refuse(AlreadyExists("a record with this key exists; use upsert to replace it"));
  }
  if (!before.has_value() && (!write.record.has_value() || write.intent == WriteIntent::kUpdate)) {
    return refuse(NotFound("no record with this key"));
  }
  if (write.record.has_value() && before.has_value() && write.record->bytes() == before->bytes()) {
    return absl::OkStatus();  // Nothing changes, so no version is spent on it.
  }
  DAFTAR_RETURN_IF_ERROR(UpdateIndexes(write, before.has_value() ? &*before : nullptr));
  std::optional<std::string> value;
  if (write.record.has_value()) {
    value = record::EncodeEnvelope(write.key.view(), {schema_, version_, write.record->bytes()});
  }
  changes_[std::string(write.key.view())] = std::move(value);
  return absl::OkStatus();
}

absl::Status WriteSet::UpdateIndexes(const RecordWrite& write, const record::Message* before) {
  const std::string_view primary_key = PrimaryKey(*write.table, write.key.view());
  for (const catalog::IndexDef& index : write.table->indexes) {
    std::vector<index::Entry> old_entries;
    std::vector<index::Entry> new_entries;
    if (before != nullptr) {
      DAFTAR_ASSIGN_OR_RETURN(old_entries, index::EntriesOf(index, primary_key, *before));
    }
    if (write.record.has_value()) {
      DAFTAR_ASSIGN_OR_RETURN(new_entries, index::EntriesOf(index, primary_key, *write.record));
    }
    index::EntryChanges changes = index::Difference(std::move(old_entries), std::move(new_entries));
    for (index::Entry& entry : changes.removed) changes_[entry.key.bytes()] = std::nullopt;
    for (index::Entry& entry : changes.changed) {
      changes_[entry.key.bytes()] = index::EncodeEntryValue(version_, entry.covered);
    }
    for (index::Entry& entry : changes.added) {
      if (index.unique && !entry.has_null) {
        unique_checks_.push_back({write.table, &index, entry.key.bytes(), entry.tuple_bytes});
      }
      changes_[entry.key.bytes()] = index::EncodeEntryValue(version_, entry.covered);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<std::string>> WriteSet::FindClash(const UniqueCheck& check) const {
  const std::string prefix = check.entry_key.substr(0, check.tuple_bytes);
  for (auto it = changes_.lower_bound(prefix);
       it != changes_.end() && it->first.starts_with(prefix); ++it) {
    if (it->second.has_value() && it->first != check.entry_key) {
      return std::optional<std::string>(it->first);
    }
  }
  auto entries = store_->NewIterator({prefix, codec::PrefixEnd(prefix)}, {});
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, entries->Next());
    if (!found) return std::optional<std::string>();
    // What this set writes or deletes was looked at above.
    if (!changes_.contains(entries->key())) return std::optional<std::string>(entries->key());
  }
}

absl::Status WriteSet::CheckUnique() const {
  for (const UniqueCheck& check : unique_checks_) {
    // A later write of the same set may have taken the entry away again.
    const auto entry = changes_.find(check.entry_key);
    if (entry == changes_.end() || !entry->second.has_value()) continue;
    DAFTAR_ASSIGN_OR_RETURN(const std::optional<std::string> clash, FindClash(check));
    if (!clash.has_value()) continue;
    return UniqueClash(*check.table, *check.index, check.entry_key, *clash, check.tuple_bytes);
  }
  return absl::OkStatus();
}

void WriteSet::AppendTo(storage::Batch* batch) const {
  for (const auto& [key, value] : changes_) {
    if (value.has_value()) {
      batch->Put(key, *value);
    } else {
      batch->Delete(key);
    }
  }
}

}  // namespace daftar::txn
