// Writes one journal entry change by change.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "journal/entry.h"

namespace daftar::journal {

// A part takes no further changes once it has more bytes of them than this.
inline constexpr size_t kPartChangeBytes = size_t{1} << 20;

// Cuts the changes into parts and hands out each as soon as it is full, so that at most two are in
// memory: the first, which waits for the head, and the one being filled. Part 0 comes last.
//
// After an error the entry cannot be finished: throw away the writer and what it handed out.
class EntryWriter {
 public:
  // Takes one part to be stored. Lifetime: key and value live during the call.
  using Sink = std::function<absl::Status(std::string_view key, std::string_view value)>;

  EntryWriter(CommitVersion version, Sink sink, size_t part_change_bytes = kPartChangeBytes);
  EntryWriter(const EntryWriter&) = delete;
  EntryWriter& operator=(const EntryWriter&) = delete;

  // Requires: as AppendChange; Finish was not called. Errors: Internal when keys do not increase;
  // those of the sink.
  absl::Status Add(const Change& change);

  // Hands out the last part and then part 0. `time` is in microseconds since 1970 UTC, `previous`
  // the hash of the entry before. Requires: called once. Errors: those of CheckStatement, before
  // anything is handed out; those of the sink.
  absl::StatusOr<EntryHead> Finish(const Statement& statement, int64_t time, const Hash& previous);

 private:
  // Ends the part being filled: the first is put aside, others are handed out.
  absl::Status ClosePart();

  const CommitVersion version_;
  const Sink sink_;
  const size_t part_change_bytes_;

  std::string first_;  // the changes of part 0, once it is full
  std::string value_;  // the part being filled, behind room for its frame
  std::string last_key_;
  Sha256 changes_hash_;
  uint64_t change_count_ = 0;
  uint32_t closed_parts_ = 0;
  bool finished_ = false;
};

}  // namespace daftar::journal
