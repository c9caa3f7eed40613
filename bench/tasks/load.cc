#include "bench/tasks/tasks.h"

namespace daftar::bench {
namespace {

double FileBytes(const std::filesystem::path& folder) {
  uintmax_t bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) bytes += entry.file_size();
  }
  return static_cast<double>(bytes);
}

}  // namespace

void CompareLoads(const RunOptions& options, const Dataset& dataset, const Peers& peers,
                  Report* report) {
  Row load{"load", "bulk load", "ms", {{"SQLite", 10}, {"RocksDB", 0.5}}};
  // At most 0.4 times SQLite's size and 1.2 times that of the bare bytes.
  Row disk{"disk", "disk", "MiB", {{"SQLite", 1 / 0.4}, {"RocksDB", 1 / 1.2}}};
  for (int i = 0; i < options.repetitions; ++i) {
    // Daftar first: others are loaded with its bytes.
    for (const auto& peer : peers) {
      load.Add(peer->name(), peer->Load(dataset) * 1e3);
      disk.Add(peer->name(), FileBytes(options.folder / peer->name()) / (1 << 20));
    }
  }
  report->rows.push_back(std::move(load));
  report->rows.push_back(std::move(disk));
}

}  // namespace daftar::bench
