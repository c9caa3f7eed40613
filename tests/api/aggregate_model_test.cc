// Aggregates against a plain map: random transactions and imports, savepoints, as-of reads,
// reopening; and many threads.

#include <atomic>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <functional>
#include <random>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "api/claims.h"

namespace daftar {
namespace {

using testing::Claim;
using testing::Claims;
using testing::GroupLines;
using testing::LinesAt;
using testing::LinesOf;
using testing::NewClaims;
using testing::RandomClaim;
using testing::TempDir;
using testing::ToJson;

constexpr int kIds = 30;

class Simulation {
 public:
  explicit Simulation(uint32_t seed) : random_(seed), database_(NewClaims(directory_)) {
    states_.push_back(LinesOf(claims_));
  }

  void Run(int steps) {
    for (int step = 0; step < steps; ++step) {
      CAPTURE(step);
      if (Below(10) == 0) {
        Import();
      } else {
        Commit();
      }
      REQUIRE(LinesOf(*database_) == states_.back());
      if (step % 50 == 0) Reopen();
    }
    CheckPast();
    REQUIRE_OK_AND_ASSIGN(const VerifyReport report, database_->Verify());
    CHECK(report.problems_found == 0);
    CHECK(report.groups == states_.back().size());
  }

 private:
  int Below(int n) { return static_cast<int>(random_() % static_cast<uint32_t>(n)); }

  // A random write, also to `claims`.
  void Write(Transaction& transaction, Claims* claims) {
    const int id = 1 + Below(kIds);
    if (claims->contains(id) && Below(3) == 0) {
      REQUIRE_OK(transaction.Delete("claim", {id}));
      claims->erase(id);
      return;
    }
    const Claim claim = RandomClaim(&random_);
    REQUIRE_OK(transaction.Put("claim", ToJson(id, claim)));
    (*claims)[id] = claim;
  }

  void Commit() {
    REQUIRE_OK_AND_ASSIGN(Transaction transaction, database_->Begin());
    Claims claims = claims_;
    for (int n = Below(6); n > 0; --n) Write(transaction, &claims);
    if (Below(3) == 0) {
      REQUIRE(LinesOf(transaction) == LinesOf(claims));
      const auto savepoint = transaction.MakeSavepoint();
      Claims tried = claims;
      for (int n = Below(4); n > 0; --n) Write(transaction, &tried);
      REQUIRE(LinesOf(transaction) == LinesOf(tried));
      REQUIRE_OK(transaction.RollbackTo(savepoint));
      REQUIRE(LinesOf(transaction) == LinesOf(claims));
    }
    REQUIRE_OK_AND_ASSIGN(const CommitVersion version,
                          std::move(transaction).Commit({.durability = Durability::kBuffered}));
    Committed(version, std::move(claims));
  }

  void Import() {
    std::string lines;
    Claims claims = claims_;
    for (int n = 1 + Below(20); n > 0; --n) {
      const int id = 1 + Below(kIds);
      claims[id] = RandomClaim(&random_);
      absl::StrAppend(&lines, ToJson(id, claims[id]), "\n");
    }
    testing::WriteFile(directory_ / "claims.jsonl", lines);
    ImportOptions options;
    options.mode = ImportMode::kUpsert;
    REQUIRE_OK(database_->Import("claim", directory_ / "claims.jsonl", options));
    Committed(database_->View().version(), std::move(claims));
  }

  void Committed(CommitVersion version, Claims claims) {
    claims_ = std::move(claims);
    if (version.value() == states_.size()) states_.push_back(LinesOf(claims_));
    REQUIRE(version.value() + 1 == states_.size());
  }

  void Reopen() {
    database_.reset();
    auto opened = Database::Open(directory_ / "db");
    REQUIRE_OK(opened);
    database_ = *std::move(opened);
  }

  void CheckPast() {
    for (int i = 0; i < 100; ++i) {
      const auto version = static_cast<size_t>(Below(static_cast<int>(states_.size())));
      CAPTURE(version);
      REQUIRE_OK_AND_ASSIGN(const ReadView view,
                            database_->View(AsOf::Commit(CommitVersion(version))));
      REQUIRE(LinesAt(*database_, view) == states_[version]);
    }
  }

  const TempDir directory_;
  std::mt19937 random_;
  std::unique_ptr<Database> database_;
  Claims claims_;
  std::vector<GroupLines> states_;  // after each number of commits
};

TEST_CASE("aggregate: random transactions and imports equal a plain map, at every moment",
          "[api][aggregate][property]") {
  const uint32_t seed = Catch::getSeed();
  CAPTURE(seed);
  Simulation(seed).Run(600);
}

// Runs `body` in threads, each with a number.
void InThreads(int count, const std::function<void(int)>& body) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back([&body, i] { body(i); });
  for (std::thread& thread : threads) thread.join();
}

TEST_CASE("aggregate: many threads write in few groups and never disturb each other",
          "[api][aggregate][threads]") {
  constexpr int kThreads = 4;
  constexpr uint32_t kPerThread = 150;
  const uint32_t seed = Catch::getSeed();
  CAPTURE(seed);
  const TempDir directory;
  const auto database = NewClaims(directory);
  std::vector<Claims> claims(kThreads);
  std::atomic<int> refused = 0;
  InThreads(kThreads, [&](int thread) {
    std::mt19937 random(seed + static_cast<uint32_t>(thread));
    Claims& own = claims[static_cast<size_t>(thread)];
    for (uint32_t i = 0; i < kPerThread; ++i) {
      const int id = thread * 1000 + static_cast<int>(random() % 40);
      auto transaction = database->Begin();
      if (!transaction.ok()) ++refused;
      absl::Status status;
      if (own.contains(id) && random() % 3 == 0) {
        status = transaction->Delete("claim", {id});
        own.erase(id);
      } else {
        own[id] = RandomClaim(&random);
        status = transaction->Put("claim", ToJson(id, own[id]));
      }
      const auto committed = std::move(*transaction).Commit({.durability = Durability::kBuffered});
      if (!status.ok() || !committed.ok()) ++refused;
    }
  });
  CHECK(refused == 0);
  Claims all;
  for (const Claims& own : claims) all.insert(own.begin(), own.end());
  CHECK(LinesOf(*database) == LinesOf(all));
  REQUIRE_OK_AND_ASSIGN(const VerifyReport report, database->Verify());
  CHECK(report.problems_found == 0);
}

// A number that nobody else takes: the count of all, read in the transaction that uses it.
absl::Status TakeNumber(Transaction& transaction) {
  auto cursor = transaction.Aggregate({"claim", "all", {}});
  if (!cursor.ok()) return cursor.status();
  const auto found = cursor->Next();
  if (!found.ok()) return found.status();
  const int next = *found ? static_cast<int>(cursor->group().count) : 0;
  return transaction.Put("claim", ToJson(next, {.amount = next}), WriteIntent::kUpsert);
}

TEST_CASE("aggregate: what a transaction counts still holds when it commits",
          "[api][aggregate][threads]") {
  constexpr int kThreads = 3;
  constexpr uint32_t kPerThread = 40;
  const TempDir directory;
  const auto database = NewClaims(directory);
  TransactOptions options;
  options.commit.durability = Durability::kBuffered;
  options.attempts_max = 10000;
  std::atomic<int> failed = 0;
  InThreads(kThreads, [&](int) {
    for (uint32_t i = 0; i < kPerThread; ++i) {
      if (!database->Transact(TakeNumber, options).ok()) ++failed;
    }
  });
  CHECK(failed == 0);
  REQUIRE_OK_AND_ASSIGN(const DatabaseStats stats, database->Stats());
  CHECK(stats.tables[0].records == kThreads * kPerThread);
  CHECK(stats.tables[0].aggregates[0].groups == 1);
}

}  // namespace
}  // namespace daftar
