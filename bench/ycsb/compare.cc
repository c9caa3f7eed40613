#include "bench/ycsb/compare.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "bench/stopwatch.h"
#include "bench/workspace.h"
#include "bench/ycsb/workload.h"

namespace daftar::bench::ycsb {
namespace {

constexpr uint64_t kRecordsMax = 100000;

struct Workload {
  char letter;
  const char* what;
};
constexpr Workload kWorkloads[] = {
    {'A', "half updates"}, {'B', "5 % updates"},  {'C', "reads"},
    {'F', "half changes"}, {'D', "newest, read"}, {'E', "scans"},
};

std::vector<std::unique_ptr<Store>> MakeStores(const std::filesystem::path& folder,
                                               size_t cache_bytes) {
  std::vector<std::unique_ptr<Store>> stores;
  const auto fresh = [&](const char* name) {
    std::filesystem::create_directories(folder / name);
    return folder / name;
  };
  stores.push_back(NewDaftarStore(folder / "daftar", cache_bytes));
  stores.push_back(NewSqliteStore(fresh("sqlite"), cache_bytes));
  stores.push_back(NewRocksStore(fresh("rocksdb"), cache_bytes));
  stores.push_back(NewLmdbStore(fresh("lmdb")));
  return stores;
}

}  // namespace

void CompareWorkloads(const RunOptions& options, const std::filesystem::path& folder,
                      Report* report) {
  std::filesystem::create_directories(folder);
  const auto stores = MakeStores(folder, options.cache_bytes());
  const uint64_t records = std::min(options.rows / 10 + 1, kRecordsMax);
  for (const auto& store : stores) {
    for (uint64_t i = 0; i < records; ++i) store->Insert(KeyOf(i), FieldsOf(i));
  }
  Workloads workloads(records);
  for (const Workload& workload : kWorkloads) {
    Row row{"ycsb", absl::StrCat("YCSB ", std::string(1, workload.letter), ", ", workload.what),
            "us"};
    // The first round warms up.
    for (int i = 0; i <= options.repetitions; ++i) {
      const auto operations = workloads.Draw(workload.letter, options.operations);
      Digest first;
      for (const auto& store : stores) {
        Digest digest;
        const double seconds = SecondsOf([&] { RunAll(operations, *store, &digest); });
        if (store == stores.front()) first = digest;
        if (digest.value() != first.value() || digest.rows() != first.rows()) {
          Fail(absl::StrCat(row.task, ": what ", store->name(), " reads is not what Daftar reads"));
        }
        if (i > 0) row.Add(store->name(), seconds * 1e6 / static_cast<double>(operations.size()));
      }
    }
    report->rows.push_back(std::move(row));
  }
}

}  // namespace daftar::bench::ycsb
