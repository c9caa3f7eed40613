// The entries of a plan, one after the other, in the order in which it scans.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "columns/projection.h"
#include "query/plan.h"
#include "storage/reader.h"

namespace daftar::query {

// Where an entry stands in a projection of its index.
struct ColumnRow {
  const columns::Chunk* chunk = nullptr;
  size_t row = 0;
};

enum class StreamStep {
  kEntry,    // there is an entry
  kNothing,  // something was read, but which entry is next is not known yet
  kEnd,
};

// Reads at most one entry of the store a step, so that a limit can be kept to the entry.
// Lifetime: must end before its reader and plan. Thread safety: none.
class EntryStream {
 public:
  virtual ~EntryStream() = default;
  // Errors: DataLoss, Unavailable; not to be called again then.
  virtual absl::StatusOr<StreamStep> Next() = 0;
  // Passes over up to so many entries without reading them, and gives how many: none where that is
  // not possible.
  virtual uint64_t PassOver(uint64_t) { return 0; }
  // After a step that gave kNothing: the key of an entry of which is known since then that it is
  // not given, nor is any before it that was not; empty when there is none. Lifetime: until the
  // next call.
  virtual std::string_view passed() const { return {}; }
  // Requires: the last Next() gave kEntry. Lifetime: until the next call.
  virtual std::string_view key() const = 0;
  // Empty when there is a column_row().
  virtual std::string_view value() const = 0;
  // Whether key() stays that of the last entry until Next() gives another one, whatever it gives
  // meanwhile.
  virtual bool keeps_key() const { return false; }
  // Where its values stand, which takes less than to decode them; null: only in its bytes.
  virtual const ColumnRow* column_row() const { return nullptr; }
};

// Of one range that is walked one way: each step gives an entry or the end.
class SeekingStream : public EntryStream {
 public:
  // Moves so that the following Next() gives the first entry, in the direction of the walk, that is
  // not before `key`. Requires: no entry behind `key` was given.
  virtual void Seek(std::string_view key) = 0;
};

// What entries are read from. Lifetime: must outlive the stream.
struct EntrySource {
  const storage::Reader& reader;
  // Of the plan's index, for the same state. Null: none.
  const columns::Projection* projection = nullptr;
  // The same of the plan's intersected scans. Empty: none of them has one.
  std::vector<const columns::Projection*> intersected = {};
};

// Whether a plan reads entries of an index in a way for which a projection can stand.
bool ReadsColumns(const Plan& plan);

// Counts what it reads in `entries_read`. Requires: no projection unless ReadsColumns(plan).
// Errors: InvalidArgument when the place that the query goes on after does not fit the plan.
absl::StatusOr<std::unique_ptr<EntryStream>> NewEntryStream(const EntrySource& source,
                                                            const Plan& plan,
                                                            uint64_t* entries_read);

// Whether a plan walks its ranges one after the other in one direction, entry by entry, so that a
// part of it can be walked alone.
bool WalksRanges(const Plan& plan);
// The entries of a part of such a plan, from the store. Counts as above.
std::unique_ptr<EntryStream> NewPartStream(const storage::Reader& reader, const Plan& plan,
                                           const storage::KeyRange& part, uint64_t* entries_read);

}  // namespace daftar::query
