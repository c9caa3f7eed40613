// daftar_bench_writers: synced commits per second, by one writer and by many, in Daftar and SQLite.
// README.md says how to read what it prints.

#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "bench/engine.h"
#include "bench/options.h"
#include "bench/samples.h"
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

struct Peer {
  const char* name;
  std::unique_ptr<Engine> (*make)(const std::filesystem::path& folder);
  Samples one = {};
  Samples many = {};
  std::unique_ptr<Engine> engine = nullptr;
  uint64_t permits = 0;  // inserted so far
};

// Each of `writers` threads inserts one permit after the other for so long; commits per second.
double Measure(Peer& peer, int writers, double seconds) {
  std::atomic<uint64_t> next = peer.permits;
  std::atomic<bool> stop = false;
  std::vector<std::thread> threads;
  const auto started = std::chrono::steady_clock::now();
  for (int i = 0; i < writers; ++i) {
    threads.emplace_back([&] {
      const auto writer = peer.engine->NewWriter();
      while (!stop) writer->Insert(MakePermit(next++));
    });
  }
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  stop = true;
  for (std::thread& thread : threads) thread.join();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
  const uint64_t before = std::exchange(peer.permits, next);
  return static_cast<double>(peer.permits - before) / took.count();
}

int Run(const Options& options) {
  const Workspace workspace(options.folder);
  Peer peers[] = {{"Daftar", &NewDaftar}, {"SQLite", &NewSqlite}};
  std::printf("machine: %s\noptions: %.1f s each, %d repetitions, in %s, syncs %.2f ms longer\n",
              MachineName().c_str(), options.seconds, options.repetitions, options.folder.c_str(),
              options.sync_ms);
  sync_delay_micros = static_cast<int64_t>(options.sync_ms * 1000);
  for (Peer& peer : peers) {
    peer.engine = peer.make(workspace.Fresh(peer.name));
    std::printf("%s: %s\n", peer.name, peer.engine->Settings().c_str());
  }
  for (int i = 0; i < options.repetitions; ++i) {
    for (Peer& peer : peers) peer.one.Add(Measure(peer, 1, options.seconds));
    for (Peer& peer : peers) peer.many.Add(Measure(peer, kManyWriters, options.seconds));
  }
  std::printf("\nsynced commits per second: median (least to most)\n");
  for (Peer& peer : peers) {
    if (peer.engine->Count() != peer.permits) Fail("permits are missing");
    std::printf("  %s  1 writer    %s\n  %s  %d writers  %s\n", peer.name,
                peer.one.ToString().c_str(), peer.name, kManyWriters, peer.many.ToString().c_str());
  }
  std::printf("\nratios\n  Daftar, %d writers to 1          %6.2f\n", kManyWriters,
              peers[0].many.median() / peers[0].one.median());
  std::printf("  Daftar to SQLite, 1 writer        %6.2f\n",
              peers[0].one.median() / peers[1].one.median());
  std::printf("  Daftar to SQLite, %d writers      %6.2f\n", kManyWriters,
              peers[0].many.median() / peers[1].many.median());
  return 0;
}

Options OptionsOf(int argc, char** argv) {
  Options options;
  ParseOptions(argc, argv, [&](std::string_view argument) {
    return Take(argument, "seconds", &options.seconds) ||
           Take(argument, "repetitions", &options.repetitions) ||
           Take(argument, "sync-ms", &options.sync_ms) || Take(argument, "folder", &options.folder);
  });
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
