// The journal: one entry for each commit, which says what was changed, by whom and why, and holds
// the hash of the entry before. docs/format.md section 8 is the grammar, with worked bytes.
//
// An entry is stored in parts, so that a commit of any size is written and read in bounded memory.
// Part 0 has the head and the first changes; every part after it has further ones. Hashes do not
// depend on where the parts are cut, except that the head says how many there are.
//
// Rejected: hashing the stored bytes of the parts. The chain would then prove the layout of the
// entries rather than what they say, and could not be computed anew from the records.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "codec/key.h"
#include "daftar/ids.h"
#include "journal/hash.h"

namespace daftar::journal {

inline constexpr uint8_t kEntryFormat = 1;
inline constexpr size_t kActorBytesMax = 1024;
inline constexpr size_t kReasonBytesMax = size_t{64} << 10;
inline constexpr size_t kDecisionBytesMax = 1024;

// What one commit did to one record.
struct Change {
  bool deleted = false;
  std::string key;  // the record's whole key in the store, never empty
  Hash digest{};    // of the new canonical message; all zero when deleted
  friend bool operator==(const Change&, const Change&) = default;
};

// What a commit states about itself. Empty means not stated.
struct Statement {
  std::string_view actor;
  std::string_view reason;
  std::string_view decision;
};

// Errors: InvalidArgument, naming the field, for one that is too long, is not UTF-8 or has control
// characters. The reason may have line ends and tabs.
absl::Status CheckStatement(const Statement& statement);

struct EntryHead {
  CommitVersion version;
  int64_t time = 0;  // microseconds since 1970 UTC
  std::string actor;
  std::string reason;
  std::string decision;
  Hash previous{};  // HashOf(the entry before); all zero for the first
  uint64_t change_count = 0;
  uint32_t part_count = 1;  // with part 0
  Hash changes_hash{};      // of all encoded changes, one after another
  friend bool operator==(const EntryHead&, const EntryHead&) = default;
};

// The hash of an entry: of all fields of its head, and by changes_hash of its changes.
Hash HashOf(const EntryHead& head);

// Where a part is stored. Keys sort by version, then part.
struct PartId {
  CommitVersion version;
  uint32_t part = 0;
  friend auto operator<=>(const PartId&, const PartId&) = default;
};
codec::EncodedKey EncodePartKey(PartId id);
// Errors: DataLoss when `key` is not what EncodePartKey makes.
absl::StatusOr<PartId> DecodePartKey(std::string_view key);

// A part as stored. Lifetime: `changes` points into the value it was decoded from.
struct HeadPart {
  EntryHead head;
  std::string_view changes;  // for ChangeReader; further ones are in the parts after this one
};
struct ChangesPart {
  PartId id;
  std::string_view changes;
};

// Decode part 0 and the parts after it. Errors: DataLoss when the bytes are not exactly what
// EntryWriter wrote at `key`; FailedPrecondition when they are of a newer format. A part alone
// cannot tell whether changes_hash and the counts of its head are right: compare them over all
// parts.
absl::StatusOr<HeadPart> DecodeHead(std::string_view key, std::string_view value);
absl::StatusOr<ChangesPart> DecodePart(std::string_view key, std::string_view value);

// Appends the stored form of a change. changes_hash is SHA-256 over these bytes.
// Requires: change.key is not empty; change.digest is all zero when it is deleted.
void AppendChange(const Change& change, std::string* out);

// Iterates over the changes of one part. Lifetime: as the bytes it reads.
class ChangeReader {
 public:
  explicit ChangeReader(std::string_view changes) : rest_(changes) {}

  // Moves to the next change; false after the last. Errors: DataLoss when the bytes are not what
  // AppendChange writes or keys do not increase; do not call it again after that.
  absl::StatusOr<bool> Next();
  // Requires: Next() gave true. Lifetime: until the next call of Next().
  const Change& change() const { return change_; }

 private:
  std::string_view rest_;
  Change change_;
  std::string previous_key_;
};

}  // namespace daftar::journal
