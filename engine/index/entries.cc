#include "index/entries.h"

#include <algorithm>
#include <cmath>

#include "base/status.h"
#include "codec/keyspace.h"
#include "geography/cell.h"
#include "index/search_entries.h"
#include "record/kj_fence.h"

namespace daftar::index {
namespace {

// A coordinate in degrees; nothing when it is null. `type` is that of a decimal or float.
std::optional<double> Degrees(const record::FieldType& type, const Scalar& value) {
  if (IsNull(value)) return std::nullopt;
  if (const double* degrees = std::get_if<double>(&value)) return *degrees;
  const auto unscaled = static_cast<double>(std::get<int64_t>(value));
  return unscaled / std::pow(10.0, type.scale());
}

std::optional<Point> PointFrom(const catalog::IndexDef& index, const Scalar& latitude,
                               const Scalar& longitude) {
  const auto north = Degrees(index.covering[0].path.type(), latitude);
  const auto east = Degrees(index.covering[1].path.type(), longitude);
  if (!north || !east || !geography::IsPoint({*north, *east})) return std::nullopt;
  return Point{*north, *east};
}

// A value outside of lists: read where it lies when it can be.
Scalar ValueOf(const record::FieldPath& path, const record::Message& record) {
  const auto value = path.Read(record.bytes());
  return value.has_value() ? *value : path.Evaluate(record.root(), {});
}

// Fills all of an entry but what it covers. `elements`: of each list that the terms walk through.
void SetKey(std::string_view prefix, const catalog::IndexDef& index, std::string_view primary_key,
            const record::Message& record, record::ListElements elements, Entry* entry) {
  std::string& key = entry->key.bytes();
  key = prefix;
  entry->has_null = false;
  for (const catalog::Term& term : index.on) {
    const size_t lists = term.path.list_count();
    const Scalar value = lists == 0 ? ValueOf(term.path, record)
                                    : term.path.Evaluate(record.root(), elements.first(lists));
    if (IsNull(value)) entry->has_null = true;
    codec::AppendPart(term.part, value, &key);
  }
  entry->tuple_bytes = key.size();
  key += primary_key;
}

void AppendCovered(const catalog::IndexDef& index, const record::Message& record,
                   std::string* covered) {
  for (const catalog::Term& term : index.covering) {
    codec::AppendPart(term.part, ValueOf(term.path, record), covered);
  }
}

// Builds the entries of one record by walking its lists.
class EntryBuilder {
 public:
  EntryBuilder(std::string prefix, const catalog::IndexDef& index, std::string_view primary_key,
               const record::Message& record)
      : index_(index),
        primary_key_(primary_key),
        record_(record),
        prefix_(std::move(prefix)),
        list_count_(index.list_count()) {}

  absl::StatusOr<std::vector<Entry>> Build() {
    if (!record::MatchesAll(index_.where, record_)) return std::vector<Entry>();
    AppendCovered(index_, record_, &covered_);
    DAFTAR_RETURN_IF_ERROR(index_.kind == catalog::IndexKind::kPoint ? AddCell() : Expand());
    std::sort(entries_.begin(), entries_.end(),
              [](const Entry& a, const Entry& b) { return a.key < b.key; });
    entries_.erase(std::unique(entries_.begin(), entries_.end()), entries_.end());
    return std::move(entries_);
  }

 private:
  absl::Status Expand() {
    if (elements_.size() == list_count_) return AddEntry();
    const auto list = index_.longest_fan_out().List(record_.root(), elements_);
    for (uint i = 0; i < list.size(); ++i) {
      elements_.push_back(list[i]);
      DAFTAR_RETURN_IF_ERROR(Expand());
      elements_.pop_back();
    }
    return absl::OkStatus();
  }

  // Nothing for a record that is nowhere.
  absl::Status AddCell() {
    const std::optional<Point> point = PointOf(index_, record_);
    if (!point.has_value()) return absl::OkStatus();
    Entry entry;
    entry.key.bytes() = prefix_;
    codec::AppendPart(index_.on.front().part, Scalar(geography::CellOf(*point)),
                      &entry.key.bytes());
    entry.tuple_bytes = entry.key.bytes().size();
    entry.key.bytes() += primary_key_;
    entry.covered = covered_;
    entries_.push_back(std::move(entry));
    return absl::OkStatus();
  }

  absl::Status AddEntry() {
    if (entries_.size() == kEntriesPerRecordMax) {
      return ResourceExhausted("record has too many entries in one index")
          .With("index", index_.name)
          .With("limit", kEntriesPerRecordMax);
    }
    Entry entry;
    SetKey(prefix_, index_, primary_key_, record_, elements_, &entry);
    entry.covered = covered_;
    entries_.push_back(std::move(entry));
    return absl::OkStatus();
  }

  const catalog::IndexDef& index_;
  const std::string_view primary_key_;
  const record::Message& record_;
  const std::string prefix_;
  const size_t list_count_;
  std::string covered_;
  std::vector<capnp::DynamicValue::Reader> elements_;
  std::vector<Entry> entries_;
};

// Whether two records have the same values in all that makes their entries. False is no answer.
bool HaveSameValues(const catalog::IndexDef& index, const record::Message& a,
                    const record::Message& b) {
  const auto same = [&](const record::FieldPath& path) {
    if (path.fans_out()) return false;
    const auto left = path.Read(a.bytes());
    return left.has_value() && left == path.Read(b.bytes());
  };
  const auto same_term = [&](const catalog::Term& term) { return same(term.path); };
  return std::all_of(index.on.begin(), index.on.end(), same_term) &&
         std::all_of(index.covering.begin(), index.covering.end(), same_term) &&
         std::all_of(index.where.begin(), index.where.end(),
                     [&](const record::Condition& condition) { return same(condition.path); });
}

}  // namespace

absl::StatusOr<codec::EncodedKey> RecordKey(const catalog::TableDef& table,
                                            const record::Message& record) {
  codec::EncodedKey key(codec::RecordPrefix(table.id));
  for (const catalog::Term& term : table.key) {
    DAFTAR_ASSIGN_OR_RETURN(const Scalar value, record.Get(term.path));
    if (IsNull(value)) {
      return InvalidArgument("key field is not set; give it a value")
          .With("table", table.name)
          .With("field", term.path.text());
    }
    codec::AppendPart(term.part, value, &key.bytes());
  }
  return key;
}

absl::StatusOr<std::vector<Entry>> EntriesOf(const catalog::IndexDef& index,
                                             std::string_view primary_key,
                                             const record::Message& record) {
  return EntriesUnder(codec::IndexPrefix(index.id), index, primary_key, record);
}

absl::StatusOr<std::vector<Entry>> EntriesUnder(std::string prefix, const catalog::IndexDef& index,
                                                std::string_view primary_key,
                                                const record::Message& record) {
  return record::Fenced(absl::StatusCode::kDataLoss, "record does not decode", [&] {
    if (index.search) return SearchEntries(std::move(prefix), index, primary_key, record);
    return EntryBuilder(std::move(prefix), index, primary_key, record).Build();
  });
}

bool HasOneEntry(const catalog::IndexDef& index) {
  return index.where.empty() && !index.search.has_value() &&
         index.kind == catalog::IndexKind::kOrdered && !index.fans_out();
}

absl::Status TheEntryOf(std::string_view prefix, const catalog::IndexDef& index,
                        std::string_view primary_key, const record::Message& record, Entry* entry) {
  return record::Fenced(absl::StatusCode::kDataLoss, "record does not decode", [&] {
    SetKey(prefix, index, primary_key, record, {}, entry);
    entry->covered.clear();
    AppendCovered(index, record, &entry->covered);
    return absl::OkStatus();
  });
}

std::optional<Point> PointOf(const catalog::IndexDef& index, const record::Message& record) {
  return PointFrom(index, ValueOf(index.covering[0].path, record),
                   ValueOf(index.covering[1].path, record));
}

absl::StatusOr<Point> PointOf(const catalog::IndexDef& index, std::string_view covered) {
  DAFTAR_ASSIGN_OR_RETURN(const OwnedScalar latitude,
                          codec::TakePart(index.covering[0].part, &covered));
  DAFTAR_ASSIGN_OR_RETURN(const OwnedScalar longitude,
                          codec::TakePart(index.covering[1].part, &covered));
  const auto point = PointFrom(index, ToView(latitude), ToView(longitude));
  if (!point.has_value()) return DataLoss("an entry of a point holds none");
  return *point;
}

EntryChanges Difference(std::vector<Entry> before, std::vector<Entry> after) {
  EntryChanges changes;
  size_t b = 0;
  size_t a = 0;
  while (b < before.size() || a < after.size()) {
    if (a == after.size() || (b < before.size() && before[b].key < after[a].key)) {
      changes.removed.push_back(std::move(before[b++]));
    } else if (b == before.size() || after[a].key < before[b].key) {
      changes.added.push_back(std::move(after[a++]));
    } else {
      if (before[b].covered != after[a].covered) changes.changed.push_back(std::move(after[a]));
      ++a;
      ++b;
    }
  }
  return changes;
}

absl::StatusOr<EntryChanges> ChangesOf(const catalog::IndexDef& index, std::string_view primary_key,
                                       const record::Message* before,
                                       const record::Message* after) {
  // A name has many entries, and stays when most of its record changes.
  if (index.search && before != nullptr && after != nullptr) {
    DAFTAR_ASSIGN_OR_RETURN(const bool same, HaveSameNames(index, *before, *after));
    if (same) return EntryChanges();
  } else if (before != nullptr && after != nullptr && HaveSameValues(index, *before, *after)) {
    return EntryChanges();
  }
  std::vector<Entry> old_entries;
  std::vector<Entry> new_entries;
  if (before != nullptr) {
    DAFTAR_ASSIGN_OR_RETURN(old_entries, EntriesOf(index, primary_key, *before));
  }
  if (after != nullptr) {
    DAFTAR_ASSIGN_OR_RETURN(new_entries, EntriesOf(index, primary_key, *after));
  }
  return Difference(std::move(old_entries), std::move(new_entries));
}

std::string EncodeEntryValue(CommitVersion created, std::string_view covered) {
  std::string value;
  codec::AppendOrderedVarint(created.value(), &value);
  value += covered;
  return value;
}

absl::StatusOr<EntryValue> DecodeEntryValue(std::string_view value) {
  DAFTAR_ASSIGN_OR_RETURN(const uint64_t created, codec::TakeOrderedVarint(&value));
  return EntryValue{CommitVersion(created), value};
}

}  // namespace daftar::index
