// Which records have been there since a commit, beside what a list of all states says.
#include "txn/standing_records.h"

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "codec/keyspace.h"
#include "support/status_matchers.h"
#include "txn/firm_table.h"
#include "txn/prune.h"

namespace daftar::testing {
namespace {

constexpr int kCodes = 8;

std::string FirmJson(int code, unsigned size) {
  return absl::StrCat(R"({"code": "c)", code, R"(", "size": )", size, "}");
}

// For each record, since which commit it has been there.
using Births = std::map<std::string, CommitVersion>;

// Puts, deletes, or deletes and puts anew by one commit.
void CommitAny(txn::Core* core, std::mt19937* random, Births* births) {
  const int code = static_cast<int>((*random)() % kCodes);
  const std::string name = absl::StrCat("c", code);
  const bool is_there = births->contains(name);
  const auto kind = (*random)() % 4;
  const std::string json = FirmJson(code, static_cast<unsigned>((*random)() % 1000) + 1);
  if (is_there && kind == 0) {
    REQUIRE_OK(Commit(core, Delete(*core, name)));
    births->erase(name);
    return;
  }
  if (is_there && kind == 1) {
    REQUIRE_OK(Commit(core, Delete(*core, name), Put(*core, json)));
    return;
  }
  REQUIRE_OK(Commit(core, Put(*core, json)));
  if (!is_there) (*births)[name] = core->View().version;
}

// What is said of each record that is there.
std::map<std::string, absl::StatusOr<bool>> Asked(const txn::Core& core, CommitVersion since) {
  const txn::ReadView view = core.View();
  const catalog::TableDef& table = view.catalog->tables[0];
  const txn::StandingRecords standing(view, table, since);
  const std::string prefix = codec::RecordPrefix(table.id);
  std::map<std::string, absl::StatusOr<bool>> said;
  const auto records = view.reader->NewIterator({prefix, codec::PrefixEnd(prefix)}, {});
  while (records->Next().value()) {
    const std::string code = txn::DescribeKey(table, records->key().substr(prefix.size()));
    said.emplace(code, standing.Has(records->key(), records->value()));
  }
  return said;
}

TEST_CASE("standing records: as a list of all states says", "[txn][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const auto core = NewFirmDatabase();
  Births births;
  int standing = 0;
  int others = 0;
  for (int i = 0; i < 300; ++i) {
    CommitAny(core.get(), &random, &births);
    const uint64_t newest = core->View().version.value();
    const uint64_t back = random() % 20;
    const CommitVersion since(newest > back ? newest - back : 0);
    CAPTURE(i, since.value());
    const auto said = Asked(*core, since);
    REQUIRE(said.size() == births.size());
    for (const auto& [code, stands] : said) {
      CAPTURE(code);
      REQUIRE_OK(stands);
      REQUIRE(*stands == (births.at(code) <= since));
      ++(*stands ? standing : others);
    }
  }
  CHECK(standing > 100);
  CHECK(others > 100);
}

TEST_CASE("standing records: without the history that tells, nothing is guessed",
          "[txn][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  int known = 0;
  int unknown = 0;
  for (int round = 0; round < 40; ++round) {
    const auto core = NewFirmDatabase();
    Births births;
    for (int i = 0; i < 40; ++i) CommitAny(core.get(), &random, &births);
    const CommitVersion since(10 + random() % 10);
    PruneOptions options;
    options.table = PruneOptions::TableUntil{
        "firm", AsOf::Commit(CommitVersion(since.value() + random() % 12))};
    REQUIRE_OK(txn::PruneHistory(core.get(), options));
    for (const auto& [code, stands] : Asked(*core, since)) {
      CAPTURE(round, code);
      if (stands.ok()) {
        ++known;
        REQUIRE(*stands == (births.at(code) <= since));
        continue;
      }
      ++unknown;
      REQUIRE_THAT(stands,
                   StatusIs(absl::StatusCode::kFailedPrecondition,
                            absl::StrCat("whether the record was there is no longer known, as its "
                                         "history was removed; delete it and put it anew as it is "
                                         "to be; table=firm; key=",
                                         code, "; as of commit=", since.value())));
    }
  }
  CHECK(known > 100);
  CHECK(unknown > 10);
}

}  // namespace
}  // namespace daftar::testing
