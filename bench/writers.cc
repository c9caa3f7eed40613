// daftar_bench_writers: synced commits per second, by one writer and by many, in Daftar and SQLite.
// README.md says how to read what it prints.

#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <thread>

#include "bench/options.h"
#include "bench/peers/peer.h"
#include "bench/registry.h"
#include "bench/samples.h"
#include "bench/tasks/commit_rate.h"
#include "bench/workspace.h"

namespace daftar::bench {
namespace {

constexpr int kManyWriters = 16;

// What each sync takes longer than this machine's disk does.
std::atomic<int64_t> sync_delay_micros{0};

int Sync(long number, int file) {
  const int64_t micros = sync_delay_micros;
  if (micros > 0) std::this_thread::sleep_for(std::chrono::microseconds(micros));
  return static_cast<int>(syscall(number, file));
}

struct Options {
  double seconds = 2;
  int repetitions = 5;
  double sync_ms = 0;
  std::filesystem::path folder = std::filesystem::temp_directory_path();
};

// The registry that permits are inserted into: enough firms for them to belong to.
constexpr uint64_t kPermitsAtFirst = 1000;

struct Measured {
  std::unique_ptr<Peer> peer;
  uint64_t next = kPermitsAtFirst;
  Samples one = {};
  Samples many = {};
};

int Run(const Options& options) {
  const Workspace workspace(options.folder);
  const Dataset dataset = DatasetOf(kPermitsAtFirst, workspace.Fresh("data"));
  WriteFiles(dataset);
  std::printf("machine: %s\noptions: %.1f s each, %d repetitions, in %s, syncs %.2f ms longer\n",
              MachineName().c_str(), options.seconds, options.repetitions, options.folder.c_str(),
              options.sync_ms);
  Measured both[2];
  both[0].peer = NewDaftarPeer(workspace.folder() / "Daftar", kCacheBytes);
  both[1].peer = NewSqlitePeer(workspace.folder() / "SQLite", kCacheBytes);
  for (const Measured& each : both) {
    each.peer->Load(dataset);
    each.peer->Open();
    std::printf("%s: %s\n", each.peer->name().data(), each.peer->Settings().c_str());
  }
  sync_delay_micros = static_cast<int64_t>(options.sync_ms * 1000);
  const auto measure = [&](Measured* each, int writers) {
    return CommitsPerSecond(*each->peer, dataset, Safety::kSynced, writers, options.seconds,
                            &each->next);
  };
  for (int i = 0; i < options.repetitions; ++i) {
    for (Measured& each : both) each.one.Add(measure(&each, 1));
    for (Measured& each : both) each.many.Add(measure(&each, kManyWriters));
  }
  std::printf("\nsynced commits per second: median (least to most)\n");
  for (const Measured& each : both) {
    if (each.peer->Count() != each.next) Fail("permits are missing");
    std::printf("  %s  1 writer    %s\n  %s  %d writers  %s\n", each.peer->name().data(),
                each.one.ToString().c_str(), each.peer->name().data(), kManyWriters,
                each.many.ToString().c_str());
  }
  std::printf("\nratios\n  Daftar, %d writers to 1          %6.2f\n", kManyWriters,
              both[0].many.median() / both[0].one.median());
  std::printf("  Daftar to SQLite, 1 writer        %6.2f\n",
              both[0].one.median() / both[1].one.median());
  std::printf("  Daftar to SQLite, %d writers      %6.2f\n", kManyWriters,
              both[0].many.median() / both[1].many.median());
  return 0;
}

Options OptionsOf(int argc, char** argv) {
  Options options;
  CLI::App app;
  app.add_option("--seconds", options.seconds);
  app.add_option("--repetitions", options.repetitions);
  app.add_option("--sync-ms", options.sync_ms);
  app.add_option("--folder", options.folder);
  Parse(&app, argc, argv);
  if (options.seconds <= 0 || options.repetitions < 1 || options.sync_ms < 0)
    Fail("options out of range");
  return options;
}

}  // namespace
}  // namespace daftar::bench

// In place of the C library's, for both peers: RocksDB and SQLite call these.
extern "C" int fdatasync(int file) { return daftar::bench::Sync(SYS_fdatasync, file); }
extern "C" int fsync(int file) { return daftar::bench::Sync(SYS_fsync, file); }

int main(int argc, char** argv) {
  daftar::bench::RequireMeasurable();
  return daftar::bench::Run(daftar::bench::OptionsOf(argc, argv));
}
