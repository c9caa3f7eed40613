// For how long a record had its index entries, worked out from its versions.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "daftar/ids.h"
#include "index/entries.h"

namespace daftar::io {

// Where a value ended that is still there: after every commit.
inline constexpr CommitVersion kPresent(UINT64_MAX);

// Whether what ended with a commit may have been removed from a history that begins with `start`:
// nobody asks for it any more, and nothing is said of it.
inline bool MayBeGone(CommitVersion ended, CommitVersion start) {
  return start != CommitVersion() && ended <= start;
}

// An entry that stays when its record changes keeps the commit that made it, so that entries of
// versions that follow one another and say the same are one. Where older versions may have been
// removed, the first one that is left can have entries that are older than itself.
// Thread safety: none.
class EntrySpans {
 public:
  struct Span {
    const index::Entry& entry;
    CommitVersion created;
    CommitVersion ended;  // kPresent: it is still there
    bool may_be_older;    // than `created`
  };
  using Emit = std::function<absl::Status(const Span&)>;

  // `start`: from which commit on the history of the table is whole.
  EntrySpans(CommitVersion start, Emit emit) : start_(start), emit_(std::move(emit)) {}

  // Takes the entries of the version of a record that held from `created` until `ended`.
  // Requires: versions come by record, then in time; `entries` are in key order. Errors: those of
  // `emit`.
  absl::Status Add(std::string_view record_key, CommitVersion created, CommitVersion ended,
                   std::vector<index::Entry> entries);
  // Ends what is open where its version ended. Call it after the last version.
  absl::Status Close();

 private:
  // An entry of the version that was taken last.
  struct Open {
    index::Entry entry;
    CommitVersion created;
    bool may_be_older;
  };

  // Keeps what goes on in the next version, and ends the rest at `created`.
  absl::Status GoOn(CommitVersion created, std::vector<index::Entry> entries);
  absl::Status End(const Open& open, CommitVersion ended) const {
    return emit_({open.entry, open.created, ended, open.may_be_older});
  }

  const CommitVersion start_;
  const Emit emit_;
  std::string record_key_;
  CommitVersion ended_;
  std::vector<Open> open_;
};

}  // namespace daftar::io
