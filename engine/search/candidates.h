// The names of an index that have some of the keys looked for.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "index/search_entries.h"
#include "search/sought_keys.h"
#include "storage/reader.h"

namespace daftar::search {

// Work is bounded whatever the query and the names are: all keys are read a piece at a time, in
// turn, so that those that few names have are read to their end before much is read of those that
// many have; of these only so much is read that they cannot slow the others down.
// Lifetime: must end before its reader. Thread safety: none.
class Candidates {
 public:
  // `prefix`: of the index.
  Candidates(const storage::Reader& reader, std::string prefix)
      : reader_(reader), prefix_(std::move(prefix)) {}

  // Takes in the names that have some of `keys`. With `needs_all` keys come in pairs, and only
  // names that have one of each pair are wanted. Errors: DataLoss, Unavailable; those of a
  // transaction's reads.
  absl::Status Gather(const std::vector<SoughtKey>& keys, bool needs_all);

  // What is read of a name that is a candidate.
  struct Name {
    std::string id;  // number of the name and primary key, as entries end
    index::HeldName held;
  };
  // The best that were not taken yet, by their keys, the better first. Errors: as Gather.
  absl::StatusOr<std::vector<Name>> Take(size_t count);

  // Whether all names with one of the keys became candidates, and were taken.
  bool complete() const { return complete_ && untaken_ == 0; }
  uint64_t entries_read() const { return entries_read_; }

 private:
  struct Source;
  struct Weight {
    double sum = 0;
    bool taken = false;
  };

  std::vector<Source> Begin(const std::vector<SoughtKey>& keys) const;
  absl::Status ReadInTurn(bool needs_all, std::vector<Source>* sources);
  // Leaves the smallest pair that was read to its end, which has every name that has one of each
  // pair. False: there is none.
  static bool LeaveOne(std::vector<Source>* sources);
  absl::Status ReadOn(size_t count, Source* source);
  absl::Status AskCommonKeys(const std::vector<Source>& sources, std::vector<std::string> few);
  void Weigh(const Source& source);

  const storage::Reader& reader_;
  const std::string prefix_;
  absl::flat_hash_map<std::string, Weight> weights_;  // by id
  size_t untaken_ = 0;
  bool complete_ = true;
  uint64_t entries_read_ = 0;
};

}  // namespace daftar::search
