// Runs random transactions on threads and records what they did and saw.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "torture/history.h"
#include "txn/commit_group.h"

namespace daftar::torture {

struct HistoryOptions {
  uint64_t seed = 0;
  size_t transactions = 0;
  int threads = 0;
  std::filesystem::path directory;  // of a new store in files; empty: in memory
  txn::PlantedFaults faults = {};
};

struct HistoryRun {
  History history;
  size_t writes = 0;  // of the store, each with a group of commits
  double seconds = 0;
  bool verified = false;  // the book's records and indexes agree in the end
  // Commits that failed for another reason than there can be.
  std::vector<std::string> odd_failures;
};

// Errors: of a read, which should have none, or the store could not be made.
absl::StatusOr<HistoryRun> RunHistory(const HistoryOptions& options);

}  // namespace daftar::torture
