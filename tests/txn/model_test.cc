// Random batches against a plain map, on every backend.
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "storage/open.h"
#include "support/status_matchers.h"
#include "txn/firm_table.h"

namespace daftar::testing {
namespace {

struct PlainFirm {
  std::optional<std::string> seal;
  std::set<std::string> tags;
  int size = 0;

  std::string Json(const std::string& code) const {
    std::string json = R"({"code":")" + code + "\"";
    if (seal.has_value()) json += R"(,"seal":")" + *seal + "\"";
    if (!tags.empty()) {
      std::string list;
      for (const std::string& tag : tags) list += (list.empty() ? "\"" : ",\"") + tag + "\"";
      json += R"(,"tags":[)" + list + "]";
    }
    return json + R"(,"size":)" + std::to_string(size) + "}";
  }
};

using PlainTable = std::map<std::string, PlainFirm>;

bool IsUnique(const PlainTable& table) {
  std::set<std::string> seals, tags;
  for (const auto& [code, firm] : table) {
    if (firm.seal.has_value() && !seals.insert(*firm.seal).second) return false;
    for (const std::string& tag : firm.tags) {
      if (!tags.insert(tag).second) return false;
    }
  }
  return true;
}

class Simulation {
 public:
  Simulation(bool in_memory, unsigned seed) : in_memory_(in_memory), random_(seed) {
    core_ = NewFirmDatabase(in_memory ? storage::NewMemoryStore() : OpenRocks());
  }

  void Run(int batches) {
    for (int i = 0; i < batches; ++i) {
      CAPTURE(i);
      CommitBatch();
      if (i % 40 != 0) continue;
      Firms expected;
      for (const auto& [code, firm] : table_) expected[code] = firm.Json(code);
      REQUIRE(CheckedFirms(core_->store()) == expected);
      if (!in_memory_) Reopen();
    }
    CHECK(accepted_ > batches / 10);
    CHECK(refused_ > batches / 10);
  }

 private:
  size_t Below(size_t limit) {
    return std::uniform_int_distribution<size_t>(0, limit - 1)(random_);
  }
  std::string Letter(size_t count) { return std::string(1, static_cast<char>('a' + Below(count))); }

  std::unique_ptr<storage::Store> OpenRocks() {
    return storage::OpenRocksStore(directory_.path(), SmallRocksOptions()).value();
  }
  void Reopen() {
    core_.reset();
    core_ = txn::Core::Open(OpenRocks()).value();
  }

  // Adds a write to `writes` and does it to `after`; the status that the engine must give, if not
  // OK.
  absl::StatusCode AddWrite(PlainTable* after, std::vector<txn::RecordWrite>* writes) {
    const std::string code = Letter(8);
    const bool exists = after->contains(code);
    if (Below(5) == 0) {
      writes->push_back(Delete(*core_, code));
      after->erase(code);
      return exists ? absl::StatusCode::kOk : absl::StatusCode::kNotFound;
    }
    PlainFirm firm;
    if (Below(3) != 0) firm.seal = Letter(8);
    for (size_t n = Below(3); n > 0; --n) firm.tags.insert(Letter(20));
    firm.size = static_cast<int>(Below(3));
    const WriteIntent intent = std::vector{WriteIntent::kInsert, WriteIntent::kUpdate,
                                           WriteIntent::kUpsert, WriteIntent::kUpsert}[Below(4)];
    writes->push_back(Put(*core_, firm.Json(code), intent));
    (*after)[code] = firm;
    if (intent == WriteIntent::kInsert && exists) return absl::StatusCode::kAlreadyExists;
    if (intent == WriteIntent::kUpdate && !exists) return absl::StatusCode::kNotFound;
    return absl::StatusCode::kOk;
  }

  void CommitBatch() {
    PlainTable after = table_;
    std::vector<txn::RecordWrite> writes;
    absl::StatusCode expected = absl::StatusCode::kOk;
    for (size_t n = 1 + Below(3); n > 0 && expected == absl::StatusCode::kOk; --n) {
      expected = AddWrite(&after, &writes);
    }
    if (expected == absl::StatusCode::kOk && !IsUnique(after)) {
      expected = absl::StatusCode::kAlreadyExists;
    }
    const auto version = Commit(core_.get(), writes);
    INFO(version.status());
    REQUIRE(version.status().code() == expected);
    if (!version.ok()) {
      ++refused_;
      return;
    }
    ++accepted_;
    REQUIRE(version->value() >= last_);
    REQUIRE(version->value() <= last_ + 1);
    last_ = version->value();
    table_ = std::move(after);
  }

  const bool in_memory_;
  const TempDir directory_;
  std::mt19937_64 random_;
  std::unique_ptr<txn::Core> core_;
  PlainTable table_;
  uint64_t last_ = 0;
  int accepted_ = 0;
  int refused_ = 0;
};

TEST_CASE("commit: random batches do what a plain map does", "[txn][property]") {
  const unsigned seed = Catch::getSeed();
  const bool in_memory = GENERATE(true, false);
  CAPTURE(seed, in_memory);
  Simulation(in_memory, seed).Run(in_memory ? 4000 : 800);
}

}  // namespace
}  // namespace daftar::testing
