// Index entries of a record: what they are, and what changes when the record does.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "catalog/catalog.h"
#include "codec/key.h"
#include "daftar/point.h"
#include "record/message.h"

namespace daftar::index {

// The most entries one record may have in one index.
inline constexpr size_t kEntriesPerRecordMax = 10000;

struct Entry {
  codec::EncodedKey key;
  // The entry's value without its version: the covered fields as a tuple.
  std::string covered;
  // The part of the key before the primary key; what a unique index compares.
  size_t tuple_bytes = 0;
  // Whether some value of the tuple is null; then a unique index does not compare it.
  bool has_null = false;

  friend bool operator==(const Entry& a, const Entry& b) {
    return a.key == b.key && a.covered == b.covered;
  }
};

// The key of a record: its table's prefix and its primary key.
// Errors: InvalidArgument naming a key field that is not set.
absl::StatusOr<codec::EncodedKey> RecordKey(const catalog::TableDef& table,
                                            const record::Message& record);

// The entries of `record` in `index`, in key order, each once; none when the record does not meet
// the index's condition. `primary_key` is the record key without the table's prefix.
// Errors: ResourceExhausted above kEntriesPerRecordMax; DataLoss.
absl::StatusOr<std::vector<Entry>> EntriesOf(const catalog::IndexDef& index,
                                             std::string_view primary_key,
                                             const record::Message& record);

// The same with `prefix` before their keys instead of the index's.
absl::StatusOr<std::vector<Entry>> EntriesUnder(std::string prefix, const catalog::IndexDef& index,
                                                std::string_view primary_key,
                                                const record::Message& record);

// Whether every record has exactly one entry in the index: it has no condition and goes through no
// list, and is neither of names nor of points.
bool HasOneEntry(const catalog::IndexDef& index);
// That entry, into memory that is used again. Requires: HasOneEntry(index). Errors: DataLoss.
absl::Status TheEntryOf(std::string_view prefix, const catalog::IndexDef& index,
                        std::string_view primary_key, const record::Message& record, Entry* entry);

// Where the record is by an index of points; nothing when a coordinate is not set or the two are no
// place on the Earth. Requires: kPoint; runs inside Fenced().
std::optional<Point> PointOf(const catalog::IndexDef& index, const record::Message& record);
// The same from the covered fields of an entry. Errors: DataLoss.
absl::StatusOr<Point> PointOf(const catalog::IndexDef& index, std::string_view covered);

// What turns the entries `before` into `after`; both in key order.
struct EntryChanges {
  std::vector<Entry> removed;
  std::vector<Entry> added;    // new keys
  std::vector<Entry> changed;  // same key, other covered fields
};
EntryChanges Difference(std::vector<Entry> before, std::vector<Entry> after);

// What changes in an index when a record becomes another one; null: there is none. Errors: as
// EntriesOf.
absl::StatusOr<EntryChanges> ChangesOf(const catalog::IndexDef& index, std::string_view primary_key,
                                       const record::Message* before, const record::Message* after);

// The stored value of an entry: the commit that wrote it, then the covered fields.
std::string EncodeEntryValue(CommitVersion created, std::string_view covered);

struct EntryValue {
  CommitVersion created;
  std::string_view covered;  // points into the decoded value
};
absl::StatusOr<EntryValue> DecodeEntryValue(std::string_view value);

}  // namespace daftar::index
