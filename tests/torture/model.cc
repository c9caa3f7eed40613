#include "torture/model.h"

#include <algorithm>

#include "base/check.h"
#include "codec/keyspace.h"
#include "index/entries.h"
#include "record/envelope.h"

namespace daftar::torture {
namespace {

std::vector<index::Entry> Entries(const catalog::IndexDef& index, std::string_view primary_key,
                                  const std::optional<record::Message>& message) {
  if (!message.has_value()) return {};
  return index::EntriesOf(index, primary_key, *message).value();
}

}  // namespace

void Model::End(const std::string& key) {
  const auto found = keys_.find(key);
  DAFTAR_CHECK(found != keys_.end() && found->second.back().live());
  found->second.back().until = last();
}

void Model::Begin(const std::string& key, std::string value) {
  keys_[key].push_back({last(), {}, std::move(value)});
  ++values_;
}

void Model::ApplyGroup(const std::string& key, const index::GroupTotals& change) {
  if (change.IsZero()) return;
  std::optional<std::string> before;
  const auto found = keys_.find(key);
  if (found != keys_.end() && found->second.back().live()) before = found->second.back().value;
  std::optional<std::string> after = index::ChangeGroup(before, change, last()).value();
  if (before.has_value()) End(key);
  if (after.has_value()) Begin(key, *std::move(after));
}

void Model::ApplyChange(const RowChange& change, std::vector<journal::Change>* changes,
                        index::GroupChanges* groups) {
  const Row& row = change.row;
  const catalog::TableDef& table = TableOf(catalog_, row);
  const codec::EncodedKey encoded = KeyOf(catalog_, row);
  const std::string key(encoded.view());
  const std::string_view primary_key = encoded.view().substr(codec::RecordPrefix(table.id).size());
  const auto place = std::pair{row.partition, std::pair{row.table, row.number}};
  const auto found = rows_.find(place);

  std::optional<record::Message> before;
  std::optional<record::Message> after;
  if (found != rows_.end()) before = MessageOf(catalog_, found->second);
  if (!change.deleted) after = MessageOf(catalog_, row);
  for (const catalog::IndexDef& index : table.indexes) {
    const index::EntryChanges entries =
        index::Difference(Entries(index, primary_key, before), Entries(index, primary_key, after));
    for (const index::Entry& entry : entries.removed) End(std::string(entry.key.view()));
    for (const index::Entry& entry : entries.changed) End(std::string(entry.key.view()));
    for (const auto* added : {&entries.changed, &entries.added}) {
      for (const index::Entry& entry : *added) {
        Begin(std::string(entry.key.view()), index::EncodeEntryValue(last(), entry.covered));
      }
    }
  }
  for (const catalog::AggregateDef& aggregate : table.aggregates) {
    const auto added = index::ChangesOf(aggregate, before.has_value() ? &*before : nullptr,
                                        after.has_value() ? &*after : nullptr)
                           .value();
    for (const auto& [group, totals] : added) {
      DAFTAR_CHECK(index::AddTotals(totals, &(*groups)[group]).ok());
    }
  }
  if (before.has_value()) End(key);
  if (after.has_value()) {
    Begin(key, record::EncodeEnvelope(key, {catalog_.version, last(), after->bytes()}));
    rows_[place] = row;
    changes->push_back({false, key, journal::HashOf(after->bytes())});
  } else {
    rows_.erase(place);
    changes->push_back({true, key, {}});
  }
}

void Model::Apply(const Op& op) {
  commits_.push_back({op.id, {}});
  std::vector<journal::Change> changes;
  index::GroupChanges groups;
  for (const RowChange& change : op.changes) ApplyChange(change, &changes, &groups);
  for (const auto& [key, totals] : groups) ApplyGroup(key, totals);
  std::sort(changes.begin(), changes.end(),
            [](const auto& a, const auto& b) { return a.key < b.key; });
  commits_.back().changes = std::move(changes);
}

const std::string* Model::ValueAt(std::string_view key, CommitVersion version) const {
  const auto found = keys_.find(key);
  if (found == keys_.end()) return nullptr;
  for (const Held& held : found->second) {
    if (held.HeldAt(version)) return &held.value;
  }
  return nullptr;
}

Rows Model::RowsOf(uint8_t partition) const {
  Rows rows;
  for (const auto& [place, row] : rows_) {
    if (place.first == partition) rows[place.second] = row;
  }
  return rows;
}

void Model::Falsify() {
  for (auto& [key, values] : keys_) {
    if (!values.back().live()) continue;
    values.back().value.back() = static_cast<char>(values.back().value.back() ^ 1);
    return;
  }
}

}  // namespace daftar::torture
