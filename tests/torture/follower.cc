#include "torture/follower.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <iostream>
#include <random>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"

namespace daftar::torture {
namespace {

constexpr int64_t kAccounts = 200;
constexpr int64_t kBalance = 1000;
constexpr int64_t kTotal = kAccounts * kBalance;
constexpr std::chrono::milliseconds kPause(20);

constexpr const char* kSchema = R"(@0xbf5147cbbecf40c1;
using Daftar = import "/daftar/daftar.capnp";
struct Account $Daftar.table(name = "account", key = ["id"])
    $Daftar.index(name = "byBalance", on = ["balance"]) {
  id @0 :Int64;
  balance @1 :Int64;
}
)";

std::string Json(int64_t id, int64_t balance) {
  return absl::StrCat("{\"id\":", id, ",\"balance\":", balance, "}");
}

// The sum of the balances of accounts from `first` on and below `end`.
absl::StatusOr<int64_t> Sum(const Database& database, const ReadView& view, const char* index,
                            int64_t first, int64_t end) {
  auto cursor = database.Run(view, Query("account")
                                       .Where("id", Operator::kGreaterOrEqual, first)
                                       .Where("id", Operator::kLess, end)
                                       .UseIndex(index)
                                       .Select({"balance"}));
  if (!cursor.ok()) return cursor.status();
  int64_t sum = 0;
  while (true) {
    const auto more = cursor->Next();
    if (!more.ok()) return more.status();
    if (!*more) return sum;
    sum += *cursor->values()[0].get_if<int64_t>();
  }
}

class Follower {
 public:
  Follower(Database& database, bool read_two_states)
      : database_(database), read_two_states_(read_two_states) {}

  // Catches up again and again, for as long as it is not told to stop: a thread of its own, as a
  // program has it whose questions take long.
  absl::Status KeepUp(const std::atomic<bool>& stop) {
    while (!stop) {
      // Asked before, the lag is what a reader lives with between two looks.
      const auto lag = database_.Lag();
      if (!lag.ok()) return lag.status();
      lags_ms_.push_back(static_cast<double>(lag->time.count()) / 1000);
      if (auto status = database_.CatchUp(); !status.ok()) return status;
      std::this_thread::sleep_for(kPause);
    }
    return absl::OkStatus();
  }

  // Checks what is there now, and at an earlier moment, while the store moves on.
  absl::Status Step() {
    const ReadView now = database_.View();
    if (auto status = Check(now, "primary"); !status.ok()) return status;
    if (auto status = Check(now, "byBalance"); !status.ok()) return status;
    // An earlier state; and the same state again after that.
    const uint64_t newest = now.version().value();
    const auto then = database_.View(AsOf::Commit(CommitVersion(1 + random_() % newest)));
    if (!then.ok()) return then.status();
    if (auto status = Check(*then, "byBalance"); !status.ok()) return status;
    return Check(now, "primary");
  }

  // Adds what was counted to the file.
  void Save(const std::filesystem::path& file) const {
    std::ofstream out(file, std::ios::app);
    out << "states " << states_ << "\nviolations " << violations_ << "\n";
    for (const double lag : lags_ms_) out << "lag " << lag << "\n";
  }
  bool clean() const { return violations_ == 0; }

 private:
  absl::Status Check(const ReadView& view, const char* index) {
    const auto first = Sum(database_, view, index, 0, kAccounts / 2);
    if (!first.ok()) return first.status();
    const auto second =
        Sum(database_, read_two_states_ ? Later(view) : view, index, kAccounts / 2, kAccounts);
    if (!second.ok()) return second.status();
    ++states_;
    if (*first + *second == kTotal) return absl::OkStatus();
    ++violations_;
    std::cerr << "beside: commit " << view.version().value() << " by " << index << ": "
              << *first + *second << " instead of " << kTotal << "\n";
    return absl::OkStatus();
  }

  ReadView Later(const ReadView& view) const {
    const auto later = database_.View(
        AsOf::Commit(CommitVersion(std::max<uint64_t>(view.version().value() / 2, 1))));
    return later.ok() ? *later : view;
  }

  Database& database_;
  const bool read_two_states_;
  std::mt19937_64 random_{1};
  uint64_t states_ = 0;
  uint64_t violations_ = 0;
  std::vector<double> lags_ms_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Database>> MakeAccounts(const std::filesystem::path& folder) {
  std::ofstream(folder / "schema.capnp") << kSchema;
  auto database = Database::Create(folder / "db", {folder / "schema.capnp", {}});
  if (!database.ok()) return database;
  Batch batch = (*database)->NewBatch();
  for (int64_t id = 0; id < kAccounts; ++id) {
    if (auto status = batch.Put("account", Json(id, kBalance)); !status.ok()) return status;
  }
  const auto committed = (*database)->Commit(std::move(batch));
  if (!committed.ok()) return committed.status();
  return database;
}

absl::Status MoveMoney(Transaction& transaction, uint64_t random) {
  const auto from = static_cast<int64_t>(random % kAccounts);
  const auto to = static_cast<int64_t>((random / kAccounts) % kAccounts);
  const auto amount = static_cast<int64_t>(random % 100);
  if (from == to) return absl::OkStatus();
  const std::pair<int64_t, int64_t> changes[] = {{from, -amount}, {to, amount}};
  for (const auto& [id, change] : changes) {
    const auto account = transaction.Get("account", {id});
    if (!account.ok()) return account.status();
    const auto balance = account->Get("balance");
    if (!balance.ok()) return balance.status();
    const auto status = transaction.Put("account", Json(id, *balance->get_if<int64_t>() + change));
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

int RunFollower(const std::filesystem::path& folder, const std::string& plant) {
  auto database = Database::Open(folder / "db", {.read_only = true, .follow = true});
  absl::Status status = database.status();
  if (status.ok()) {
    Follower follower(**database, plant == "read-two-states");
    std::atomic<bool> stop = false;
    absl::Status kept_up;
    std::thread keeper([&] { kept_up = follower.KeepUp(stop); });
    while (status.ok() && !std::filesystem::exists(folder / "stop")) {
      status = follower.Step();
      std::this_thread::sleep_for(kPause);
    }
    stop = true;
    keeper.join();
    status.Update(kept_up);
    follower.Save(folder / "counts");
    if (status.ok()) return follower.clean() ? 0 : 1;
  }
  std::cerr << "beside: the reader: " << status << "\n";
  return 2;
}

FollowerCounts ReadFollowerCounts(const std::filesystem::path& folder) {
  FollowerCounts counts;
  std::vector<double> lags;
  std::ifstream in(folder / "counts");
  std::string name;
  double value = 0;
  while (in >> name >> value) {
    if (name == "states") counts.states += static_cast<uint64_t>(value);
    if (name == "violations") counts.violations += static_cast<uint64_t>(value);
    if (name == "lag") lags.push_back(value);
  }
  if (lags.empty()) return counts;
  std::sort(lags.begin(), lags.end());
  counts.lag_max_ms = lags.back();
  counts.lag_p99_ms = lags[static_cast<size_t>(0.99 * static_cast<double>(lags.size() - 1))];
  return counts;
}

}  // namespace daftar::torture
