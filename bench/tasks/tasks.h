// The tasks that peers are compared by. Each puts rows into the report; peers take turns within
// every repetition, and who does not give the same answers ends the program.
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "bench/peers/peer.h"
#include "bench/registry.h"
#include "bench/report/report.h"

namespace daftar::bench {

struct RunOptions {
  uint64_t rows = 100000;
  uint64_t against = 0;  // permits of the other size; 0: there is none
  int repetitions = 5;
  double seconds = 1;  // for which commits are measured
  uint64_t cache_mib = kCacheBytes >> 20;
  size_t cache_bytes() const { return static_cast<size_t>(cache_mib) << 20; }
  uint64_t operations = 10000;     // of a YCSB workload
  std::vector<std::string> only;   // groups of rows; empty: all
  std::string task;                // questions that begin like this
  std::vector<std::string> peers;  // beside Daftar; empty: all
  std::filesystem::path folder = std::filesystem::temp_directory_path();
  std::filesystem::path report;  // folder for the forms of the report; empty: only text is printed
  std::string commit = "not stated";
  std::filesystem::path duckdb;  // its library
  std::string duckdb_missing = "no library was given";
  // Of a process that another one measures.
  std::string memory_of;
  std::filesystem::path data;
};

inline bool Among(const std::vector<std::string>& names, std::string_view name) {
  return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
}
// Whether a group of rows was asked for.
inline bool Wanted(const RunOptions& options, std::string_view group) {
  return Among(options.only, group);
}

using Peers = std::vector<std::unique_ptr<Peer>>;

// The peers there are, Daftar first, with files in a folder of their name in `folder`.
Peers MakePeers(const RunOptions& options, const std::filesystem::path& folder);

// Time to load, and the size of the files then. Leaves all peers loaded and closed.
void CompareLoads(const RunOptions& options, const Dataset& dataset, const Peers& peers,
                  Report* report);
// Memory of a process that loads, opens and asks. Each peer runs in one of its own.
void CompareMemory(const RunOptions& options, const Dataset& dataset, const Peers& peers,
                   Report* report);
// What such a process does.
void MeasureMemory(const RunOptions& options, const Dataset& dataset, Peer& peer);
// Loads, asks every question once, and closes.
void LoadAndAsk(const Dataset& dataset, Peer& peer);
// The questions. Requires: all are open.
void CompareQuestions(const RunOptions& options, const Dataset& dataset, const Peers& peers,
                      Report* report);
// Commits of one permit each. Requires: all are open, and are not asked afterwards.
void CompareCommits(const RunOptions& options, const Dataset& dataset, const Peers& peers,
                    Report* report);
// Daftar with the dataset beside Daftar with options.against permits. Requires: `large` is open.
void CompareSizes(const RunOptions& options, const Dataset& dataset, Peer& large,
                  const std::filesystem::path& folder, Report* report);

}  // namespace daftar::bench
