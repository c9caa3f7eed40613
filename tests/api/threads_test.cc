// Transactions, batches, imports and views on many threads at once; also for the thread sanitizer.

#include <atomic>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "api/fixtures.h"

namespace daftar {
namespace {

using testing::MakeDatabase;
using testing::TempDir;

constexpr const char* kAccounts = R"(
struct Account $Daftar.table(name = "account", key = ["id"])
    $Daftar.index(name = "byBalance", on = ["balance desc"], covering = ["owner"]) {
  id @0 :UInt32;
  balance @1 :Int64;
  owner @2 :Text;
}
struct Audit $Daftar.table(name = "audit", key = ["id"]) {
  id @0 :UInt32;
  total @1 :Int64;
}
)";

constexpr int kAccountCount = 12;
constexpr int64_t kTotal = kAccountCount * 100;

std::string Account(int id, int64_t balance) {
  return absl::StrCat("{\"id\":", id, ",\"balance\":", balance, ",\"owner\":\"o", balance % 7,
                      "\"}");
}

absl::StatusOr<int64_t> Balance(const Record& record) {
  auto value = record.Get("balance");
  if (!value.ok()) return value.status();
  return *value->get_if<int64_t>();
}

// The sum of the first column of a query.
absl::StatusOr<int64_t> Sum(absl::StatusOr<Cursor> cursor) {
  if (!cursor.ok()) return cursor.status();
  int64_t sum = 0;
  while (true) {
    auto more = cursor->Next();
    if (!more.ok()) return more.status();
    if (!*more) return sum;
    sum += *cursor->values()[0].get_if<int64_t>();
  }
}

Query Balances(bool by_index) {
  return Query("account").Select({"balance"}).UseIndex(by_index ? "byBalance" : "primary");
}

// A thread of the test: failures are counted, as assertions belong to the main thread.
class Worker {
 public:
  Worker(Database* database, uint32_t seed) : database_(*database), random_(seed) {}

  void Transfer() {
    const int from = Below(kAccountCount);
    const int to = (from + 1 + Below(kAccountCount - 1)) % kAccountCount;
    const int64_t amount = Below(20);
    Expect(database_.Transact(
        [&](Transaction& transaction) -> absl::Status {
          for (const auto& [id, change] : {std::pair(from, -amount), std::pair(to, amount)}) {
            auto record = transaction.Get("account", {id});
            if (!record.ok()) return record.status();
            auto balance = Balance(*record);
            if (!balance.ok()) return balance.status();
            absl::Status status =
                transaction.Put("account", Account(id, *balance + change), WriteIntent::kUpdate);
            if (!status.ok()) return status;
          }
          return absl::OkStatus();
        },
        options_));
  }

  // A transaction that reads everything and writes down what it found.
  void Audit(int id) {
    Expect(database_.Transact(
        [&](Transaction& transaction) -> absl::Status {
          auto sum = Sum(transaction.Run(Balances(Below(2) == 0)));
          if (!sum.ok()) return sum.status();
          return transaction.Put("audit", absl::StrCat("{\"id\":", id, ",\"total\":", *sum, "}"),
                                 WriteIntent::kInsert);
        },
        options_));
  }

  void Look() {
    const ReadView newest = database_.View();
    Expect(Sum(database_.Run(newest, Balances(true))), kTotal);
    Expect(Sum(database_.Run(newest, Balances(false))), kTotal);
    const uint64_t back = static_cast<uint64_t>(Below(50));
    if (newest.version().value() < back + 1) return;
    auto past = database_.View(AsOf::Commit(CommitVersion(newest.version().value() - back)));
    Expect(past);
    if (past.ok()) Expect(Sum(database_.Run(*past, Balances(Below(2) == 0))), kTotal);
  }

  int Below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }
  const std::vector<std::string>& failures() const { return failures_; }

 private:
  template <typename T>
  void Expect(const absl::StatusOr<T>& result) {
    if (!result.ok()) failures_.push_back(result.status().ToString());
  }
  void Expect(const absl::StatusOr<int64_t>& sum, int64_t expected) {
    Expect(sum);
    if (sum.ok() && *sum != expected) failures_.push_back(absl::StrCat("sum ", *sum));
  }

  Database& database_;
  std::mt19937 random_;
  const TransactOptions options_ = {.attempts_max = 100'000};
  std::vector<std::string> failures_;
};

TEST_CASE("threads: transfers keep the total at every moment", "[api][threads]") {
  constexpr int kThreads = 4;
  constexpr int kRounds = 120;
  const bool in_memory = GENERATE(false, true);
  const uint32_t seed = Catch::getSeed();
  CAPTURE(in_memory, seed);
  const TempDir directory;
  REQUIRE_OK_AND_ASSIGN(auto database,
                        MakeDatabase(directory, kAccounts, {.in_memory = in_memory}));
  Batch batch = database->NewBatch();
  for (int id = 0; id < kAccountCount; ++id) REQUIRE_OK(batch.Put("account", Account(id, 100)));
  REQUIRE_OK(database->Commit(std::move(batch)));

  std::vector<std::unique_ptr<Worker>> workers;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    workers.push_back(std::make_unique<Worker>(database.get(), seed + static_cast<uint32_t>(t)));
    threads.emplace_back([worker = workers.back().get(), t] {
      for (int i = 0; i < kRounds; ++i) {
        for (int n = 0; n < 3; ++n) worker->Transfer();
        worker->Look();
        if (i % 10 == 0) worker->Audit(t * kRounds + i);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();

  for (const auto& worker : workers) CHECK(worker->failures() == std::vector<std::string>());
  REQUIRE_OK_AND_ASSIGN(const int64_t total, Sum(database->Run(Balances(true))));
  CHECK(total == kTotal);
  auto audits = database->Run(Query("audit").Select({"total"}));
  int rows = 0;
  while (true) {
    REQUIRE_OK_AND_ASSIGN(const bool more, audits->Next());
    if (!more) break;
    CHECK(audits->values()[0] == Value(kTotal));
    ++rows;
  }
  CHECK(rows == kThreads * kRounds / 10);
  REQUIRE_OK_AND_ASSIGN(const VerifyReport report, database->Verify());
  CHECK(report.problems_found == 0);
}

}  // namespace
}  // namespace daftar
