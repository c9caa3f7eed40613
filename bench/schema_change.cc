// daftar_bench_schema_change: what an index that is built costs those who write meanwhile.
// README.md says how to read what it prints.

#include <capnp/message.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <deque>
#include <fstream>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "bench/must.h"
#include "bench/options.h"
#include "bench/permit_record.h"
#include "bench/workspace.h"
#include "daftar/database.h"
#include "daftar/typed.h"
#include "permit.capnp.h"

namespace daftar::bench {
namespace {

constexpr int kWriters = 4;
constexpr size_t kMemoryBytes = size_t{128} << 20;

struct Options {
  uint64_t rows = 1000000;
  double seconds = 10;
  std::filesystem::path folder = std::filesystem::temp_directory_path();
};

// The schema of the other benchmarks, without one of its indexes.
std::filesystem::path WriteSmallerSchema(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "permit.capnp";
  std::ifstream in(DAFTAR_BENCH_SCHEMA);
  std::ofstream out(path);
  std::string line;
  bool left_out = false;
  while (std::getline(in, line)) {
    if (line.find("\"byZone\"") != std::string::npos) {
      left_out = true;
    } else {
      out << line << "\n";
    }
  }
  if (!left_out || !out.flush()) Fail("the schema of the benchmarks is not as expected");
  return path;
}

// Bytes of memory that the process has.
double ResidentBytes() {
  std::ifstream file("/proc/self/statm");
  double total = 0;
  double resident = 0;
  file >> total >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

// Inserts one permit after the other on threads, each in a synced commit of its own, and takes down
// how long each took.
class Writers {
 public:
  Writers(Database* database, uint64_t first) : database_(database), next_(first) {
    for (int i = 0; i < kWriters; ++i) {
      times_.emplace_back();
      threads_.emplace_back([this, i] { Run(&times_[static_cast<size_t>(i)]); });
    }
  }

  struct Summary {
    double per_second = 0;
    double median = 0;  // milliseconds
    double p99 = 0;
    double most = 0;
    uint64_t next = 0;
  };

  Summary Stop() {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started_;
    std::vector<double> all;
    for (const auto& each : times_) all.insert(all.end(), each.begin(), each.end());
    if (all.empty()) Fail("nothing was written");
    std::sort(all.begin(), all.end());
    return {static_cast<double>(all.size()) / took.count(), all[all.size() / 2],
            all[all.size() * 99 / 100], all.back(), next_};
  }

 private:
  void Run(std::vector<double>* times) {
    auto permits = Must(Table<schema::Permit>::Open(*database_));
    while (!stop_) {
      const Permit permit = MakePermit(next_++);
      capnp::MallocMessageBuilder message;
      auto record = message.initRoot<schema::Permit>();
      Fill<schema::State>(permit, record);
      const auto begun = std::chrono::steady_clock::now();
      absl::Status status = permits.Put(record.asReader(), WriteIntent::kInsert);
      // The schema changed between the two halves of a put.
      while (absl::IsAborted(status)) status = permits.Put(record.asReader(), WriteIntent::kInsert);
      Must(status);
      const std::chrono::duration<double, std::milli> took =
          std::chrono::steady_clock::now() - begun;
      times->push_back(took.count());
    }
  }

  Database* const database_;
  std::atomic<uint64_t> next_;
  std::atomic<bool> stop_ = false;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  std::deque<std::vector<double>> times_;
  std::vector<std::thread> threads_;
};

void Print(const char* when, const Writers::Summary& summary) {
  std::printf(
      "  %-16s %8.0f commits/s   median %6.2f ms   99th percentile %6.2f ms   most %7.2f ms\n",
      when, summary.per_second, summary.median, summary.p99, summary.most);
}

int Run(const Options& options) {
  const Workspace workspace(options.folder);
  std::printf("machine: %s\noptions: %llu permits, %d writers, in %s\n", MachineName().c_str(),
              static_cast<unsigned long long>(options.rows), kWriters, options.folder.c_str());
  const std::filesystem::path csv = workspace.folder() / "permits.csv";
  if (!WriteCsv(csv, options.rows)) Fail("the permits could not be written");
  OpenOptions open;
  open.memory_budget_bytes = kMemoryBytes;
  const auto database = Must(Database::Create(
      workspace.folder() / "daftar", SchemaFile{WriteSmallerSchema(workspace.folder()), {}}, open));
  Must(database->Import("permit", csv, ImportOptions{}));

  Writers before(database.get(), options.rows);
  std::this_thread::sleep_for(std::chrono::duration<double>(options.seconds));
  const Writers::Summary idle = before.Stop();

  const double memory = ResidentBytes();
  double most_memory = memory;
  SchemaChangeOptions change;
  change.progress = [&](const IndexProgress&) {
    most_memory = std::max(most_memory, ResidentBytes());
    return true;
  };
  Writers beside(database.get(), idle.next);
  const auto begun = std::chrono::steady_clock::now();
  const SchemaChangeReport report =
      Must(database->ApplySchema(SchemaFile{DAFTAR_BENCH_SCHEMA, {}}, change));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  const Writers::Summary building = beside.Stop();
  if (!report.complete || report.built.size() != 1 || report.built[0].entries < idle.next) {
    Fail("the index was not built");
  }

  std::printf("\nsynced commits of %d writers\n", kWriters);
  Print("before", idle);
  Print("while building", building);
  std::printf("\nan index of %llu entries in %.1f s, %.0f records a second\n",
              static_cast<unsigned long long>(report.built[0].entries), took.count(),
              static_cast<double>(report.built[0].entries) / took.count());
  std::printf("\nratios\n  99th percentile while building to before  %6.2f\n",
              building.p99 / idle.p99);
  std::printf("memory: %.0f MiB more while building\n", (most_memory - memory) / (1 << 20));
  return 0;
}

Options OptionsOf(int argc, char** argv) {
  Options options;
  CLI::App app;
  app.add_option("--rows", options.rows);
  app.add_option("--seconds", options.seconds);
  app.add_option("--folder", options.folder);
  Parse(&app, argc, argv);
  if (options.rows == 0 || options.seconds <= 0) Fail("options out of range");
  return options;
}

}  // namespace
}  // namespace daftar::bench

int main(int argc, char** argv) {
  daftar::bench::RequireMeasurable();
  return daftar::bench::Run(daftar::bench::OptionsOf(argc, argv));
}
