// What a run of a query has done, against what it may do.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "daftar/query.h"

namespace daftar::query {

// Adds the time until it ends, when it is to be measured at all.
class Stopwatch {
 public:
  Stopwatch(bool is_on, std::chrono::nanoseconds* sum) : sum_(is_on ? sum : nullptr) {
    if (sum_ != nullptr) started_ = std::chrono::steady_clock::now();
  }
  ~Stopwatch() {
    if (sum_ != nullptr) *sum_ += std::chrono::steady_clock::now() - started_;
  }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

 private:
  std::chrono::nanoseconds* const sum_;
  std::chrono::steady_clock::time_point started_;
};

// Thread safety: none.
class Meter {
 public:
  Meter(const QueryLimits& limits, bool timed)
      : is_timed(timed), limits_(limits), started_(std::chrono::steady_clock::now()) {}

  const bool is_timed;
  QueryCounts counts;
  QueryTimes times;
  uint64_t row_bytes = 0;  // of the rows given

  // Sets how many entries may have been read in all before that limit is reached.
  void AllowEntries(uint64_t entries_read_max) { limits_.entries_read_max = entries_read_max; }

  // The limit that is reached, if one is, before another entry is read.
  std::optional<StopReason> Reached() const {
    if (counts.entries_read >= limits_.entries_read_max) return StopReason::kEntryLimit;
    if (counts.entries_read % kTimeCheckInterval != 0) return ReachedByBytes();
    return ReachedByRows();
  }
  // The same before another row is given for which all was read.
  std::optional<StopReason> ReachedByRows() const {
    if (limits_.time_max.has_value() &&
        std::chrono::steady_clock::now() - started_ >= *limits_.time_max) {
      return StopReason::kTimeLimit;
    }
    return ReachedByBytes();
  }
  std::optional<StopReason> ReachedByBytes() const {
    if (row_bytes >= limits_.row_bytes_max) return StopReason::kByteLimit;
    return std::nullopt;
  }

 private:
  // How often the clock is asked, in entries.
  static constexpr uint64_t kTimeCheckInterval = 64;

  QueryLimits limits_;
  const std::chrono::steady_clock::time_point started_;
};

}  // namespace daftar::query
