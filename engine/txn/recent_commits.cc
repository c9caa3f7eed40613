#include "txn/recent_commits.h"

#include <algorithm>

#include "base/status.h"

namespace daftar::txn {
namespace {

constexpr size_t kKeyBytes = sizeof(std::string);

}  // namespace

bool RecentCommits::Written::Hits(const ReadSet& reads) const {
  return reads.ContainsAny(keys) ||
         std::any_of(ranges.begin(), ranges.end(),
                     [&](const storage::KeyRange& range) { return reads.Overlaps(range); });
}

void RecentCommits::Add(Written written) {
  while (!commits_.empty() && commits_.back().written.version >= written.version) {
    bytes_ -= commits_.back().bytes;
    commits_.pop_back();
  }
  size_t bytes = sizeof(Kept);
  for (const std::string& key : written.keys) bytes += kKeyBytes + key.size();
  bytes_ += bytes;
  commits_.push_back({std::move(written), bytes});
  while (bytes_ > bytes_max_ && !commits_.empty()) {
    bytes_ -= commits_.front().bytes;
    dropped_ = commits_.front().written.version;
    commits_.pop_front();
  }
}

absl::StatusOr<bool> RecentCommits::Hit(const ReadSet& reads, CommitVersion since) const {
  if (since < dropped_) {
    return Aborted("too much was committed since the transaction was begun; begin again")
        .With("begun at", since.value());
  }
  const auto first = std::upper_bound(
      commits_.begin(), commits_.end(), since,
      [](CommitVersion version, const Kept& kept) { return version < kept.written.version; });
  for (auto kept = first; kept != commits_.end(); ++kept) {
    if (kept->written.Hits(reads)) return true;
  }
  return false;
}

}  // namespace daftar::txn
