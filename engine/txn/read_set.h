// What a transaction has read: keys, and stretches of the ordered key space.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "storage/reader.h"

namespace daftar::txn {

// A stretch reads every key inside it, also those that are not there: whoever writes one of them
// later changes what was read. Thread safety: none.
class ReadSet {
 public:
  // The half-open stretch [lower, upper), or to the end. Grows while a scan goes on.
  struct Range {
    std::string lower;
    std::string upper;
    bool to_end = false;
  };

  explicit ReadSet(size_t bytes_max = SIZE_MAX) : bytes_max_(bytes_max) {}

  void AddKey(std::string_view key);
  // Everything in `range`.
  void AddRange(const storage::KeyRange& range);
  // Everything that `other` has read. Requires: neither is sealed.
  void AddAll(const ReadSet& other);
  // A stretch to be grown by the caller, which says so by Note(). Lifetime: as long as the set.
  Range* NewRange(std::string_view lower, std::string_view upper);
  // Takes note that a range has grown by so many bytes.
  void Note(size_t bytes) { bytes_ += bytes; }

  // Errors: ResourceExhausted when more was read than a transaction may.
  absl::Status CheckSize() const;
  bool empty() const { return keys_.empty() && ranges_.empty(); }

  // Forget what was read; for planting faults.
  void ClearKeys() { keys_.clear(); }
  void ClearRanges() { ranges_.clear(); }

  // Sorts the ranges, so that Contains() and Overlaps() are fast. Call it after the last read.
  void Seal();
  // Requires: Seal() was called.
  bool Contains(std::string_view key) const;
  // Whether it contains one of `keys`, which are in order.
  bool ContainsAny(const std::vector<std::string>& keys) const;
  bool Overlaps(const storage::KeyRange& range) const;

 private:
  const size_t bytes_max_;
  size_t bytes_ = 0;
  absl::flat_hash_set<std::string> keys_;
  std::deque<Range> ranges_;   // places stay while it grows
  std::vector<Range> sealed_;  // sorted, disjoint, none empty
};

// `base`, with everything that is read from it entered into `reads`. Not safe for many threads.
std::shared_ptr<const storage::Reader> NewTrackingReader(
    std::shared_ptr<const storage::Reader> base, std::shared_ptr<ReadSet> reads);

}  // namespace daftar::txn
