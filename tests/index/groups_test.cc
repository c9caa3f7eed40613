#include "index/groups.h"

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <optional>
#include <random>
#include <string>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "catalog/resolve.h"
#include "codec/hex.h"
#include "codec/keyspace.h"
#include "record/sample.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

using index::GroupSum;
using index::GroupTotals;

constexpr const char* kSchema = R"(
  struct Part @0xb000000000000001 $Daftar.table(name = "part", key = ["no"])
      $Daftar.aggregate(name = "byTag", by = ["tags", "open"], sum = ["fee", "weight"],
                        where = "no > 0") {
    no @0 :UInt32;
    tags @1 :List(Text);
    open @2 :Bool;
    fee :union { none @3 :Void; value @4 :Int32; }
    weight @5 :UInt64;
  })";

const catalog::Catalog& TestCatalog() {
  static const catalog::Catalog catalog = catalog::NewCatalog(Sample(kSchema).set()).value();
  return catalog;
}

const catalog::AggregateDef& ByTag() { return TestCatalog().tables[0].aggregates[0]; }

// "x|open 1 fee 1*3 weight 1*7" for each group, "1*3" being one value and the sum 3.
std::string Changes(const char* before, const char* after) {
  const auto record = [](const char* json) {
    return json == nullptr ? std::nullopt
                           : std::optional(MakeRecord(TestCatalog().tables[0].schema, json));
  };
  const auto old_record = record(before);
  const auto new_record = record(after);
  REQUIRE_OK_AND_ASSIGN(const index::GroupChanges changes,
                        index::ChangesOf(ByTag(), old_record.has_value() ? &*old_record : nullptr,
                                         new_record.has_value() ? &*new_record : nullptr));
  std::string text;
  for (const auto& [key, totals] : changes) {
    std::string_view rest = key;
    rest.remove_prefix(codec::AggregatePrefix(ByTag().id).size());
    REQUIRE_OK_AND_ASSIGN(const auto by, codec::TakeTuple(catalog::PartsOf(ByTag().by()), &rest));
    CHECK(rest.empty());
    absl::StrAppend(&text, text.empty() ? "" : "; ", std::get<std::string>(by[0]),
                    std::get<bool>(by[1]) ? "|open " : " ", totals.records);
    for (const GroupSum& sum : totals.sums) absl::StrAppend(&text, " ", sum.values, "*", sum.total);
  }
  return text;
}

TEST_CASE("groups: what a record adds, takes away and moves", "[index][aggregate]") {
  const auto [name, before, after,
              changes] = GENERATE(table<const char*, const char*, const char*, const char*>({
      {"added", nullptr, R"({"no": 1, "tags": ["x", "y"], "fee": -3, "weight": 7})",
       "x 1 1*-3 1*7; y 1 1*-3 1*7"},
      {"added, a null", nullptr, R"({"no": 1, "tags": ["x"]})", "x 1 0*0 1*0"},
      {"added, an element twice", nullptr, R"({"no": 1, "tags": ["x", "x"], "weight": 2})",
       "x 1 0*0 1*2"},
      {"added, no element", nullptr, R"({"no": 1, "weight": 2})", ""},
      {"added, the condition not met", nullptr, R"({"no": 0, "tags": ["x"]})", ""},
      {"deleted", R"({"no": 1, "tags": ["x"], "fee": -3, "weight": 7})", nullptr,
       "x -1 -1*3 -1*-7"},
      {"nothing that counts changed", R"({"no": 1, "tags": ["x", "y"], "weight": 7})",
       R"({"no": 1, "tags": ["y", "x"], "weight": 7})", ""},
      {"another value", R"({"no": 1, "tags": ["x"], "fee": 4})",
       R"({"no": 1, "tags": ["x"], "fee": 6})", "x 0 0*2 0*0"},
      {"a value becomes null", R"({"no": 1, "tags": ["x"], "fee": 4})",
       R"({"no": 1, "tags": ["x"]})", "x 0 -1*-4 0*0"},
      {"zero becomes null", R"({"no": 1, "tags": ["x"], "fee": 0})", R"({"no": 1, "tags": ["x"]})",
       "x 0 -1*0 0*0"},
      {"moved", R"({"no": 1, "tags": ["x"], "weight": 5})",
       R"({"no": 1, "tags": ["x"], "open": true, "weight": 5})",
       "x -1 0*0 -1*-5; x|open 1 0*0 1*5"},
      {"the largest of all", nullptr, R"({"no": 1, "tags": ["x"], "weight": 18446744073709551615})",
       "x 1 0*0 1*18446744073709551615"},
  }));
  CAPTURE(name);
  CHECK(Changes(before, after) == changes);
}

TEST_CASE("groups: a stored total gives back what it was made of", "[index][aggregate][format]") {
  const auto [name, totals, hex] = GENERATE(table<const char*, GroupTotals, const char*>({
      {"no sums", {3, {}}, "f9012c03"},
      {"a sum", {300, {{2, 5}}}, "f9012cf9012c0205000000000000000000000000000000"},
      {"a negative one", {1, {{1, -2}}}, "f9012c0101feffffffffffffffffffffffffffffff"},
      {"null", {1, {{0, 0}}}, "f9012c010000000000000000000000000000000000"},
      {"the greatest", {1, {{1, absl::Int128Max()}}}, "f9012c0101ffffffffffffffffffffffffffffff7f"},
  }));
  CAPTURE(name);
  const std::string value = index::EncodeGroup(CommitVersion(300), totals);
  CHECK(Hex(value) == hex);
  REQUIRE_OK_AND_ASSIGN(const index::GroupValue group,
                        index::DecodeGroup(totals.sums.size(), value));
  CHECK(group.created == CommitVersion(300));
  CHECK(group.totals == totals);
  for (size_t bytes = 0; bytes < value.size(); ++bytes) {
    CHECK_THAT(index::DecodeGroup(totals.sums.size(), value.substr(0, bytes)),
               StatusIs(absl::StatusCode::kDataLoss, ""));
  }
  CHECK_THAT(index::DecodeGroup(totals.sums.size(), value + '\0'),
             StatusIs(absl::StatusCode::kDataLoss, "totals of a group do not decode"));
}

TEST_CASE("groups: a change of totals that cannot have been is damage", "[index][aggregate]") {
  const auto [name, stored, change] =
      GENERATE(table<const char*, std::optional<GroupTotals>, GroupTotals>({
          {"fewer than none", std::nullopt, {-1, {{0, 0}}}},
          {"fewer than there were", GroupTotals{1, {{1, 5}}}, {-2, {{-1, -5}}}},
          {"a sum of no records", GroupTotals{1, {{1, 5}}}, {-1, {{-1, -4}}}},
          {"a sum of no values", GroupTotals{2, {{1, 5}}}, {-1, {{-1, -4}}}},
          {"values without records", std::nullopt, {1, {{2, 5}}}},
          {"fewer values than none", GroupTotals{1, {{0, 0}}}, {1, {{-1, -4}}}},
      }));
  CAPTURE(name);
  std::optional<std::string> value;
  if (stored.has_value()) value = index::EncodeGroup(CommitVersion(1), *stored);
  CHECK_THAT(
      index::ChangeGroup(value, change, CommitVersion(2)),
      StatusIs(absl::StatusCode::kDataLoss,
               "an aggregate does not agree with its records; run `daftar verify --repair`"));
}

TEST_CASE("groups: a total that does not fit is refused", "[index][aggregate]") {
  const auto [name, stored, change] = GENERATE(table<const char*, GroupTotals, GroupTotals>({
      {"above", {1, {{1, absl::Int128Max()}}}, {1, {{1, 1}}}},
      {"below", {1, {{1, absl::Int128Min()}}}, {1, {{1, -1}}}},
      {"too many records", {INT64_MAX, {{1, 0}}}, {1, {{1, 0}}}},
  }));
  CAPTURE(name);
  CHECK_THAT(
      index::ChangeGroup(index::EncodeGroup(CommitVersion(1), stored), change, CommitVersion(2)),
      StatusIs(absl::StatusCode::kResourceExhausted, "a total of an aggregate does not fit"));
  REQUIRE_OK(index::ChangeGroup(index::EncodeGroup(CommitVersion(1), {1, {{1, -1}}}),
                                {1, {{1, absl::Int128Max()}}}, CommitVersion(2)));
}

TEST_CASE("groups: changes add up to what there is in the end", "[index][aggregate][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  std::optional<std::string> stored;
  std::vector<int64_t> values;
  for (uint64_t step = 1; step < 3000; ++step) {
    CAPTURE(step);
    GroupTotals change{0, {{0, 0}}};
    if (!values.empty() && random() % 2 == 0) {
      const size_t at = random() % values.size();
      change = {-1, {{-1, -absl::int128(values[at])}}};
      values.erase(values.begin() + static_cast<std::ptrdiff_t>(at));
    } else {
      values.push_back(static_cast<int64_t>(random()));
      change = {1, {{1, values.back()}}};
    }
    REQUIRE_OK_AND_ASSIGN(stored, index::ChangeGroup(stored, change, CommitVersion(step)));
    REQUIRE(stored.has_value() == !values.empty());
    if (values.empty()) continue;
    GroupTotals expected{0, {{0, 0}}};
    for (const int64_t value : values) {
      ++expected.records;
      ++expected.sums[0].values;
      expected.sums[0].total += value;
    }
    REQUIRE_OK_AND_ASSIGN(const index::GroupValue group, index::DecodeGroup(1, *stored));
    REQUIRE(group.totals == expected);
    REQUIRE(group.created == CommitVersion(step));
  }
}

}  // namespace
}  // namespace daftar::testing
