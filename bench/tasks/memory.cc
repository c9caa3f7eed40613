#include <spawn.h>
#include <sys/wait.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "bench/tasks/tasks.h"
#include "bench/workspace.h"

namespace daftar::bench {
namespace {

// Loading again and again says little: the most that a process had hardly differs.
constexpr int kRepetitionsMax = 3;
constexpr uint64_t kRowsOfOne = 200000;  // from so many permits on, once

// Where such a process says how much it had, in KiB.
std::filesystem::path AnswerIn(const std::filesystem::path& folder) { return folder / "answer"; }

// The most memory that this program has when it does nothing but load and ask one peer. Pages of
// files that are mapped count, as they do for whoever looks at the process.
double MostMebibytes(const RunOptions& options, const Dataset& dataset, std::string_view peer) {
  const std::filesystem::path folder = options.folder / "memory";
  std::filesystem::create_directories(folder);
  std::vector<std::string> words = {"daftar_bench",
                                    absl::StrCat("--memory-of=", peer),
                                    absl::StrCat("--rows=", dataset.permits),
                                    absl::StrCat("--cache=", options.cache_mib),
                                    absl::StrCat("--data=", dataset.folder.string()),
                                    absl::StrCat("--folder=", folder.string())};
  if (!options.duckdb.empty()) words.push_back("--duckdb=" + options.duckdb.string());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t child = 0;
  int status = 0;
  if (posix_spawn(&child, "/proc/self/exe", nullptr, nullptr, arguments.data(), environ) != 0 ||
      waitpid(child, &status, 0) != child || status != 0) {
    Fail(absl::StrCat("measuring the memory of ", peer, " failed"));
  }
  double kibibytes = 0;
  std::ifstream(AnswerIn(folder)) >> kibibytes;
  std::filesystem::remove_all(folder);
  if (kibibytes == 0) Fail("the process said nothing of its memory");
  return kibibytes / 1024;
}

}  // namespace

void MeasureMemory(const RunOptions& options, const Dataset& dataset, Peer& peer) {
  LoadAndAsk(dataset, peer);
  std::ifstream in("/proc/self/status");
  std::string word;
  // What the process had before it became this program does not count in there, as it does in
  // getrusage.
  while (in >> word && word != "VmHWM:") {
  }
  in >> word;
  std::ofstream(AnswerIn(options.folder)) << word;
}

void CompareMemory(const RunOptions& options, const Dataset& dataset, const Peers& peers,
                   Report* report) {
  Row row{"memory", "memory, load and questions", "MiB"};
  const int repetitions =
      dataset.permits < kRowsOfOne ? std::min(options.repetitions, kRepetitionsMax) : 1;
  for (int i = 0; i < repetitions; ++i) {
    for (const auto& peer : peers) {
      // These cannot be loaded without Daftar beside them.
      if (peer->name() == "RocksDB" || peer->name() == "LMDB") continue;
      row.Add(peer->name(), MostMebibytes(options, dataset, peer->name()));
    }
  }
  report->rows.push_back(std::move(row));
}

}  // namespace daftar::bench
