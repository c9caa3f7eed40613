// Who changed what, when, why and on which decision: versions of a record, commits in order, and
// what differs between two moments.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "daftar/ids.h"
#include "daftar/record.h"
#include "daftar/value.h"

namespace daftar {

namespace internal {
class ChangeFeedState;
struct DatabaseAccess;
}  // namespace internal

// What the journal says of a commit.
struct CommitInfo {
  CommitVersion version;
  // Absent for commits from before there was a journal, of which only the version is known.
  std::optional<Instant> time;
  std::string actor;  // empty: not stated
  std::string reason;
  std::string decision;
  uint64_t changes = 0;  // records that it changed
};

// A part of a record that is not the same in two versions, as JSON; empty where it is not set.
struct FieldChange {
  std::string path;  // "validTo", "names[1].text"
  std::string before;
  std::string after;
};

// One version of a record.
struct RecordVersion {
  CommitInfo commit;             // the commit that made it so
  std::optional<Record> record;  // absent: the commit deleted it
  // What is not as in the version before; for the first, all that is set.
  std::vector<FieldChange> changes;
};

// A record that a commit put or deleted.
struct RecordChange {
  std::string table;  // empty when the schema has dropped it
  Key key;
  bool deleted = false;
  // SHA-256 of the record's canonical bytes in hexadecimal; empty when it was deleted.
  std::string digest;
  // What the commit wrote. Absent when it deleted the record, or when that version was removed as
  // old since.
  std::optional<Record> record;
};

// A record that is not the same at two moments.
struct RecordDifference {
  std::string table;
  Key key;
  std::optional<Record> before;  // absent: it was not there
  std::optional<Record> after;
  std::vector<FieldChange> changes;
};

// Commits one after the other, each with its changes. To go on later, in this process or another
// one, remember the version of the last commit that was taken in and ask Database::Changes for what
// came after it. Lifetime: must end before its database. Thread safety: none.
class ChangeFeed {
 public:
  ChangeFeed(ChangeFeed&&) noexcept;
  ChangeFeed& operator=(ChangeFeed&&) noexcept;
  ~ChangeFeed();

  // Moves to the next commit; false when there was none yet as the feed was made. Errors: DataLoss,
  // Unavailable.
  [[nodiscard]] absl::StatusOr<bool> NextCommit();
  // Requires: NextCommit() gave true. Lifetime: until its next call.
  const CommitInfo& commit() const;
  // Moves to the next change of the current commit; false after its last. Errors: DataLoss, also
  // when a record is not the one whose digest the journal has; Unavailable.
  [[nodiscard]] absl::StatusOr<bool> NextChange();
  // Requires: NextChange() gave true. Lifetime: until the next call.
  const RecordChange& change() const;

 private:
  friend struct internal::DatabaseAccess;
  explicit ChangeFeed(std::unique_ptr<internal::ChangeFeedState> state);
  std::unique_ptr<internal::ChangeFeedState> state_;
};

}  // namespace daftar
