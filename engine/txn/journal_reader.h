// Reading the journal out of a state.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "journal/entry.h"
#include "storage/reader.h"

namespace daftar::txn {

// The end of the journal: what the next entry follows.
struct JournalEnd {
  journal::Hash hash{};  // of the newest entry; zero when there is none
  int64_t time = 0;      // of the newest entry, microseconds since 1970 UTC
};

// The head of the entry of commit `version`, or nothing. Errors: DataLoss, Unavailable.
absl::StatusOr<std::optional<journal::EntryHead>> FindEntry(const storage::Reader& reader,
                                                            CommitVersion version);
// The same where it must be there. Errors: also DataLoss when it is not.
absl::StatusOr<journal::EntryHead> ReadEntry(const storage::Reader& reader, CommitVersion version);

// The heads of the first entry at or after `version` and at most at `last`, if there is one.
absl::StatusOr<std::optional<journal::EntryHead>> FirstEntryFrom(const storage::Reader& reader,
                                                                 CommitVersion version,
                                                                 CommitVersion last);

struct CommitRange {
  CommitVersion first;
  CommitVersion last;
  bool backwards = false;  // the newest first
};

// Walks through the heads of the entries of some commits, reading none but theirs. Thread safety:
// none.
class EntryWalk {
 public:
  // Lifetime: shares `reader`.
  EntryWalk(std::shared_ptr<const storage::Reader> reader, const CommitRange& commits);

  // Moves to the next entry; false after the last. Errors: DataLoss, Unavailable.
  [[nodiscard]] absl::StatusOr<bool> Next();
  // Requires: Next() gave true. Lifetime: until the next call; it may be taken out.
  journal::EntryHead& head() { return head_; }

 private:
  // The head of the entry that the iterator stands in, wherever that is; nothing when it lacks.
  absl::StatusOr<std::optional<journal::EntryHead>> HeadHere(journal::PartId here) const;
  // Passes over the other parts of the entry, however many there are.
  void LeaveParts(journal::PartId here, const journal::EntryHead& head);

  const std::shared_ptr<const storage::Reader> reader_;
  const CommitRange commits_;
  std::unique_ptr<storage::Iterator> parts_;  // null: no commit is in the range
  journal::EntryHead head_;
};

// The newest commit up to `last` whose time is not after `time`; zero when there is none. Times
// never decrease from commit to commit.
absl::StatusOr<CommitVersion> CommitAt(const storage::Reader& reader, CommitVersion last,
                                       int64_t time);

// Checks that the journal ends with the entry of `last` and that the `count` entries before it
// follow one another without a gap; a gap that the entry after it accounts for, by the hash of the
// one before the gap, is none. Errors: DataLoss naming what is missing.
absl::Status CheckJournalTail(const storage::Reader& reader, CommitVersion last, uint64_t count);

// The changes of one entry, from all its parts, one by one. Errors of its reads: DataLoss also when
// parts or changes are missing or their hash is not the one in the head.
class EntryChanges {
 public:
  // Lifetime: shares `reader`.
  EntryChanges(std::shared_ptr<const storage::Reader> reader, const journal::EntryHead& head);

  // Moves to the next change; false after the last.
  absl::StatusOr<bool> Next();
  // Requires: Next() gave true. Lifetime: until the next call of Next().
  const journal::Change& change() const { return changes_->change(); }

 private:
  // Loads the next part; false when there is none.
  absl::StatusOr<bool> NextPart();

  const std::shared_ptr<const storage::Reader> reader_;
  const journal::EntryHead head_;
  uint32_t next_part_ = 0;
  uint64_t changes_read_ = 0;
  std::string value_;  // the part that is being read
  std::optional<journal::ChangeReader> changes_;
  journal::Sha256 hash_;
};

}  // namespace daftar::txn
