// The commits that were attempted and acknowledged, in memory that outlives a killed process.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "torture/op.h"
#include "torture/shared.h"

namespace daftar::torture {

struct LoggedOp {
  Op op;
  std::optional<CommitVersion> acknowledged;
  std::string error;  // the refusal, when it was refused
};

// One process at a time writes. Thread safety: full.
class OpLog {
 public:
  // Call it before the first attempt to commit. False: the log is full, attempt nothing.
  bool Begin(const Op& op);
  void Acknowledge(uint64_t id, CommitVersion version);
  void Refuse(uint64_t id, const absl::Status& status);
  void Clear() { area_->end = 0; }

  std::vector<LoggedOp> Read() const;

 private:
  static constexpr size_t kBytesMax = size_t{4} << 20;
  struct Area {
    std::atomic<size_t> end;
    char bytes[kBytesMax];
  };
  bool Append(const std::string& bytes);

  std::mutex mutex_;  // between the threads of the process that writes
  const Shared<Area> area_;
};

}  // namespace daftar::torture
