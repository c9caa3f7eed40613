// What the last commits wrote, so that those still running can be checked against them.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "daftar/ids.h"
#include "storage/store.h"
#include "txn/read_set.h"

namespace daftar::txn {

// Thread safety: none; it belongs to whoever holds the write mutex.
class RecentCommits {
 public:
  // Keys of records and index entries that a commit put or deleted; a bulk load names whole ranges.
  struct Written {
    CommitVersion version;
    std::vector<std::string> keys;  // in order
    std::vector<storage::KeyRange> ranges;

    // Whether something of `reads`, which is sealed, was written.
    bool Hits(const ReadSet& reads) const;
  };

  // Keeps at most about `bytes_max` of keys; the oldest go first.
  explicit RecentCommits(size_t bytes_max) : bytes_max_(bytes_max) {}

  size_t bytes_max() const { return bytes_max_; }

  // A version that is there already, with those after it, is replaced: its commit was worked out
  // and could not be written.
  void Add(Written written);
  // Whether a commit after `since` wrote something of `reads`, which is sealed.
  // Errors: Aborted when commits after `since` are no longer known.
  absl::StatusOr<bool> Hit(const ReadSet& reads, CommitVersion since) const;

 private:
  struct Kept {
    Written written;
    size_t bytes = 0;
  };

  const size_t bytes_max_;
  std::deque<Kept> commits_;
  size_t bytes_ = 0;
  CommitVersion dropped_;  // the newest commit that is no longer known
};

}  // namespace daftar::txn
