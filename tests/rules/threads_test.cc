// Rules hold under concurrency: what two commits break together, one of them is refused for.

#include <atomic>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <random>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "rules/zone_book.h"

namespace daftar {
namespace {

using testing::NewZoneBook;
using testing::TempDir;

// DAFTAR_RULE_ATTEMPTS makes more of them.
int Attempts() {
  const char* const wanted = std::getenv("DAFTAR_RULE_ATTEMPTS");
  return wanted == nullptr ? 4000 : std::atoi(wanted);
}

constexpr int kThreads = 8;
constexpr int kPlots = 12;
constexpr int kDays = 400;

// Day `n` of 2024 on as text.
std::string Day(int n) { return Value(Date{19723 + n}).ToString(); }

struct Tally {
  std::atomic<int> accepted = 0;
  std::atomic<int> refused = 0;
  std::atomic<int> without_other = 0;  // refusals that do not name the other record
  std::atomic<int> failed = 0;
};

void Count(const absl::Status& status, bool names_other, Tally* tally) {
  if (status.ok()) {
    ++tally->accepted;
  } else if (absl::IsFailedPrecondition(status)) {
    ++tally->refused;
    if (names_other && status.message().find("other key=") == std::string_view::npos) {
      ++tally->without_other;
    }
  } else {
    ++tally->failed;
  }
}

CommitOptions Buffered() {
  CommitOptions options;
  options.durability = Durability::kBuffered;
  return options;
}

// Leases of a few plots at random times, now and then moved or ended.
void Lease(Database& database, uint64_t seed, int thread, int attempts, Tally* tally) {
  std::mt19937_64 random(seed + static_cast<uint64_t>(thread));
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<uint64_t>(n)); };
  for (int i = 0; i < attempts; ++i) {
    const int from = below(kDays);
    const std::string json = absl::StrCat(
        R"({"no":"L)", thread, "-", below(40), R"(","firm":"F1","plot":"P)", below(kPlots),
        R"(","from":")", Day(from), R"(","to":")", Day(from + 1 + below(20)), "\"}");
    Count(database.Put("lease", json, WriteIntent::kUpsert, Buffered()), true, tally);
  }
}

// Two holders of a firm exchange shares: one commit, two records.
void Exchange(Database& database, uint64_t seed, int thread, int attempts, Tally* tally) {
  std::mt19937_64 random(seed + 100 + static_cast<uint64_t>(thread));
  for (int i = 0; i < attempts; ++i) {
    const auto part = static_cast<int>(random() % 1000001);
    const std::string firm = absl::StrCat("F", 1 + random() % 3);
    // Every tenth writes one of the two only.
    const bool both = random() % 10 != 0;
    Batch batch = database.NewBatch();
    auto status = batch.Put(
        "share", absl::StrCat(R"({"firm":")", firm, R"(","holder":"a","ppm":)", part, "}"));
    if (status.ok() && both) {
      status = batch.Put("share", absl::StrCat(R"({"firm":")", firm, R"(","holder":"b","ppm":)",
                                               1000000 - part, "}"));
    }
    if (status.ok()) status = database.Commit(std::move(batch), Buffered()).status();
    Count(status, false, tally);
  }
}

// Firms come and go while leases refer to them.
void ComeAndGo(Database& database, uint64_t seed, int thread, int attempts, Tally* tally) {
  std::mt19937_64 random(seed + 200 + static_cast<uint64_t>(thread));
  for (int i = 0; i < attempts; ++i) {
    const std::string firm = absl::StrCat("G", random() % 4);
    const std::string lease = absl::StrCat("G", thread, "-", random() % 4);
    absl::Status status;
    switch (random() % 4) {
      case 0:
        status = database.Put("firm", absl::StrCat(R"({"no":")", firm, "\"}"), WriteIntent::kUpsert,
                              Buffered());
        break;
      case 1:
        status = database.Delete("firm", {firm}, Buffered());
        break;
      case 2:
        status =
            database.Put("lease", absl::StrCat(R"({"no":")", lease, R"(","firm":")", firm, "\"}"),
                         WriteIntent::kUpsert, Buffered());
        break;
      default:
        status = database.Delete("lease", {lease}, Buffered());
    }
    if (absl::IsNotFound(status)) status = absl::OkStatus();
    Count(status, false, tally);
  }
}

TEST_CASE("rules: no interleaving of commits breaks one", "[rules][property][threads]") {
  const uint64_t seed = Catch::getSeed();
  CAPTURE(seed);
  const TempDir directory;
  const auto database = NewZoneBook(directory);
  Batch batch = database->NewBatch();
  for (const char* firm : {"F1", "F2", "F3"}) {
    REQUIRE_OK(
        batch.Put("share", absl::StrCat(R"({"firm":")", firm, R"(","holder":"a","ppm":1000000})")));
  }
  REQUIRE_OK(database->Commit(std::move(batch)));
  Tally leases;
  Tally shares;
  Tally references;
  const int each = Attempts() / kThreads / 3;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      Lease(*database, seed, thread, each, &leases);
      Exchange(*database, seed, thread, each, &shares);
      ComeAndGo(*database, seed, thread, each, &references);
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Tally* tally : {&leases, &shares, &references}) {
    CHECK(tally->accepted > 0);
    CHECK(tally->refused > 0);
    CHECK(tally->failed == 0);
    CHECK(tally->without_other == 0);
  }
  REQUIRE_OK_AND_ASSIGN(const AuditReport audit, database->Audit());
  CHECK(audit.violation_count == 0);
  REQUIRE_OK_AND_ASSIGN(const VerifyReport verified, database->Verify());
  CHECK(verified.clean());
}

}  // namespace
}  // namespace daftar
