// Whether the versions of a table's records are those that the journal speaks of.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "catalog/catalog.h"
#include "io/verify_journal.h"
#include "io/verify_walk.h"

namespace daftar::io {

// What a stored version says of itself. Absent digest: it does not verify, which is reported
// already.
struct VersionContent {
  CommitVersion created;
  std::optional<journal::Hash> digest;
};

// The journal's changes, record by record; all tables share one. Lifetime: as the findings.
class ChangeStream {
 public:
  explicit ChangeStream(storage::SortedReader* changes) : changes_(changes) {}

  // Moves to the next change; false after the last. Errors: those of SortedReader.
  absl::StatusOr<bool> Next();
  bool has_change() const { return has_change_; }
  // Of the current change. Requires: has_change().
  std::string_view key() const { return key_; }
  CommitVersion commit() const { return commit_; }
  bool deleted() const { return deleted_; }
  const journal::Hash& digest() const { return digest_; }

 private:
  storage::SortedReader* const changes_;
  bool has_change_ = false;
  std::string_view key_;
  CommitVersion commit_;
  bool deleted_ = false;
  journal::Hash digest_{};
};

// Compares what is stored with what follows from the journal: a version for each put, which ended
// at the next change. Lifetime: everything given outlives it.
class VersionCheck {
 public:
  // Requires: `changes` stands at the first change of the table, or beyond.
  VersionCheck(VerifyRun* run, const catalog::TableDef& table, const JournalFindings& journal,
               ChangeStream* changes);

  // Gives the commit that made the version: what it says itself, unless the journal knows better.
  // Requires: versions come as VersionWalk gives them.
  absl::StatusOr<CommitVersion> Compare(const StoredVersion& version,
                                        const VersionContent& content);
  // To be called after the last version.
  absl::Status Finish();
  // Whether the journal and the versions say the same.
  bool agrees() const { return agrees_; }

 private:
  // A version that the journal says was.
  struct Expected {
    std::string key;
    CommitVersion created;
    CommitVersion ended;
    journal::Hash digest{};
  };

  // Moves to the next expected version that is still kept, if there is one.
  absl::Status LoadExpected();
  // Requires: the version ended as expected.
  CommitVersion CompareContent(const StoredVersion& version, const VersionContent& content);
  void ReportMissing();
  void ReportUnknownDeletion(const Expected& deletion);
  void Report(ProblemKind kind, std::string_view key, CommitVersion ended, std::string message);

  VerifyRun* const run_;
  const catalog::TableDef& table_;
  const JournalFindings& journal_;
  ChangeStream* const changes_;
  const std::string prefix_;
  const CommitVersion start_;
  bool loaded_ = false;
  std::optional<Expected> expected_;
  std::string put_key_;  // the record of the last change, when that was a put
  // The record that a damaged entry may have changed: what its versions should be is not known.
  std::string doubtful_key_;
  bool old_reported_ = false;
  bool agrees_ = true;
};

}  // namespace daftar::io
