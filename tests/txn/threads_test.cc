#include <algorithm>
#include <atomic>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <numeric>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "codec/keyspace.h"
#include "storage/open.h"
#include "support/status_matchers.h"
#include "txn/firm_table.h"

namespace daftar::testing {
namespace {

struct Outcome {
  std::vector<uint64_t> versions;  // of the commits that went through, in order
  int clashes = 0;
  std::vector<std::string> errors;  // anything else
};

// Inserts firms of its own with seals that all threads compete for.
Outcome InsertFirms(txn::Core* core, char thread, int count, uint64_t seed) {
  std::mt19937_64 random(seed);
  Outcome outcome;
  for (int i = 0; i < count; ++i) {
    const std::string json = R"({"code": ")" + std::string(1, thread) + std::to_string(i) +
                             R"(", "seal": ")" + std::to_string(random() % 200) + "\"}";
    const auto version = Commit(core, Put(*core, json, WriteIntent::kInsert));
    if (version.ok()) {
      outcome.versions.push_back(version->value());
    } else if (absl::IsAlreadyExists(version.status())) {
      ++outcome.clashes;
    } else {
      outcome.errors.push_back(version.status().ToString());
    }
  }
  return outcome;
}

TEST_CASE("threads: unique values stay unique and versions are given once", "[txn][property]") {
  constexpr int kThreads = 4;
  constexpr int kEach = 150;
  const unsigned seed = Catch::getSeed();
  const bool in_memory = GENERATE(true, false);
  CAPTURE(seed, in_memory);
  const TempDir directory;
  auto store = in_memory ? storage::NewMemoryStore()
                         : storage::OpenRocksStore(directory.path(), SmallRocksOptions()).value();
  const auto core = NewFirmDatabase(std::move(store));
  std::vector<Outcome> outcomes(kThreads);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&core, &outcomes, i, seed] {
      outcomes[static_cast<size_t>(i)] = InsertFirms(core.get(), static_cast<char>('A' + i), kEach,
                                                     seed + static_cast<uint64_t>(i));
    });
  }
  for (std::thread& thread : threads) thread.join();

  std::vector<uint64_t> all;
  int clashes = 0;
  for (const Outcome& outcome : outcomes) {
    CHECK(outcome.errors == std::vector<std::string>());
    CHECK(std::is_sorted(outcome.versions.begin(), outcome.versions.end()));
    all.insert(all.end(), outcome.versions.begin(), outcome.versions.end());
    clashes += outcome.clashes;
  }
  std::sort(all.begin(), all.end());
  std::vector<uint64_t> expected(all.size());
  std::iota(expected.begin(), expected.end(), 1);
  CHECK(all == expected);
  CHECK(clashes == kThreads * kEach - static_cast<int>(all.size()));
  CHECK(CheckedFirms(core->store()).size() == all.size());
  CHECK(LastCommit(core->store()).value() == all.size());
}

TEST_CASE("threads: a view never sees half a commit", "[txn][property]") {
  const auto core = NewFirmDatabase();
  REQUIRE_OK(Commit(core.get(), Put(*core, R"({"code": "A", "seal": "0"})"),
                    Put(*core, R"({"code": "B", "seal": "1"})")));
  std::atomic<bool> done = false;
  std::thread writer([&] {
    for (int i = 0; i < 300; ++i) {
      // The two records exchange their seals.
      const bool even = i % 2 == 0;
      const auto version =
          Commit(core.get(),
                 Put(*core, std::string(R"({"code": "A", "seal": ")") + (even ? "1\"}" : "0\"}")),
                 Put(*core, std::string(R"({"code": "B", "seal": ")") + (even ? "0\"}" : "1\"}")));
      if (!version.ok()) break;
    }
    done = true;
  });
  std::vector<Model> seen;
  while (!done || seen.empty()) {
    seen.push_back(Contents(*core->View().reader));
    if (seen.size() > 100) seen.erase(seen.begin());
  }
  writer.join();
  CHECK(LastCommit(core->store()) == CommitVersion(301));
  for (const Model& model : seen) {
    size_t records = 0;
    size_t entries = 0;
    for (const auto& [key, value] : model) {
      if (key.front() == static_cast<char>(codec::Space::kRecord)) ++records;
      if (key.front() == static_cast<char>(codec::Space::kIndex)) ++entries;
    }
    REQUIRE(records == 2);
    REQUIRE(entries == 2);
    auto copy = storage::NewMemoryStore();
    storage::Batch batch;
    for (const auto& [key, value] : model) batch.Put(key, value);
    REQUIRE_OK(copy->Write(batch, storage::Durability::kBuffered));
    CHECK(CheckedFirms(*copy).size() == 2);
  }
}

}  // namespace
}  // namespace daftar::testing
