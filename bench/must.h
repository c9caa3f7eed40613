// What must work in a benchmark ends the program with a message when it does not.
#pragma once

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "bench/workspace.h"

namespace daftar::bench {

inline void Must(const absl::Status& status) {
  if (!status.ok()) Fail(status.ToString());
}

template <typename T>
T Must(absl::StatusOr<T> result) {
  Must(result.status());
  return *std::move(result);
}

}  // namespace daftar::bench
