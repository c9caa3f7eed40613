// $aggregate: what is accepted, refused, stored and shown, and how it may change.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "catalog/catalog_codec.h"
#include "catalog/describe.h"
#include "catalog/evolution_case.h"
#include "catalog/resolve.h"
#include "record/sample.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

using catalog::AggregateDef;
using catalog::Catalog;

// A table of claims under `annotations`.
std::string ClaimText(std::string_view annotations, std::string_view more = "") {
  return absl::StrCat(R"(struct Claim @0xb000000000000001
      $Daftar.table(name = "claim", key = ["no"]) )",
                      annotations, R"( {
      no @0 :UInt32;
      desk @1 :Text;
      price @2 :Money;
      fee :union { none @3 :Void; value @4 :Int64 $Daftar.decimal(2); }
      day :union { none @5 :Void; date @6 :Int32 $Daftar.date; }
      ratio @7 :Float64;
      open @8 :Bool;
      state @9 :State;
      parts @10 :List(Part);
      form @11 :Text $Daftar.json;
      at @12 :Int64 $Daftar.instant;
      rent :union { free @13 :Void; paid @14 :UInt32 $Daftar.money("currency"); }
      currency @15 :Text;
      )",
                      more, R"(
    }
    struct Money @0xb000000000000002 {
      units @0 :Int64 $Daftar.money("currency"); currency @1 :Text;
    }
    struct Part @0xb000000000000003 { hs @0 :Text; weight @1 :UInt16; }
    enum State @0xb000000000000004 { a @0; b @1; })");
}

absl::StatusOr<Catalog> Resolve(const std::string& body) {
  return catalog::NewCatalog(Sample(body).set());
}

TEST_CASE("aggregate: refuses what has no exact total", "[catalog][aggregate]") {
  const auto [name, annotation, message] = GENERATE(table<const char*, const char*, const char*>({
      {"no name", R"($Daftar.aggregate(by = ["desk"]))", "a name is missing"},
      {"by what is not there", R"($Daftar.aggregate(name = "x", by = ["dusk"]))",
       "no such field; struct=Claim; field=dusk"},
      {"by JSON", R"($Daftar.aggregate(name = "x", by = ["form"]))", "a $json field has no order"},
      {"by two lists", R"($Daftar.aggregate(name = "x", by = ["parts.hs", "tags"]))",
       "no such field"},
      {"sum of a float", R"($Daftar.aggregate(name = "x", sum = ["ratio"]))",
       "only integers and decimals have an exact sum; path=ratio; type=float64; aggregate=x; "
       "struct=Claim"},
      {"sum of a date", R"($Daftar.aggregate(name = "x", sum = ["day"]))",
       "only integers and decimals have an exact sum; path=day; type=date"},
      {"sum of an instant", R"($Daftar.aggregate(name = "x", sum = ["at"]))",
       "only integers and decimals have an exact sum; path=at; type=instant"},
      {"sum of a text", R"($Daftar.aggregate(name = "x", sum = ["desk"]))",
       "only integers and decimals have an exact sum; path=desk; type=text"},
      {"sum of a boolean", R"($Daftar.aggregate(name = "x", sum = ["open"]))",
       "only integers and decimals have an exact sum; path=open"},
      {"sum of an enumeration", R"($Daftar.aggregate(name = "x", sum = ["state"]))",
       "only integers and decimals have an exact sum; path=state"},
      {"sum of a list", R"($Daftar.aggregate(name = "x", sum = ["parts.weight"]))",
       "a covered path cannot go into a list; path=parts.weight"},
      {"sum twice", R"($Daftar.aggregate(name = "x", sum = ["no", "no"]))", "a path comes twice"},
      {"sum across currencies", R"($Daftar.aggregate(name = "x", by = ["desk"],
                                                     sum = ["price.units"]))",
       "amounts of several currencies would come together; add the currency to `by`; "
       "path=price.units; currency=price.currency; aggregate=x; struct=Claim"},
      {"sum across currencies, of an optional", R"($Daftar.aggregate(name = "x", sum = ["rent"]))",
       "amounts of several currencies would come together; add the currency to `by`; path=rent; "
       "currency=currency"},
      {"another amount's currency", R"($Daftar.aggregate(name = "x", by = ["currency"],
                                                         sum = ["price.units"]))",
       "path=price.units; currency=price.currency"},
      {"several currencies by the condition",
       R"x($Daftar.aggregate(name = "x", sum = ["rent"], where = "currency in (IRR, PKR)"))x",
       "amounts of several currencies would come together"},
      {"least across currencies", R"($Daftar.index(name = "i", on = ["price.units"])
                                     $Daftar.aggregate(name = "x", min = ["price.units"]))",
       "amounts of several currencies would come together"},
      {"least without an index",
       R"($Daftar.aggregate(name = "x", by = ["desk", "open"], min = ["day"], where = "no > 5"))",
       R"(no index gives the least and greatest values; declare it; path=day; )"
       R"(index=$index(on = ["desk", "open", "day"], where = "no > 5"); aggregate=x)"},
      {"greatest, with an index in another order",
       R"($Daftar.index(name = "i", on = ["day", "desk"])
          $Daftar.aggregate(name = "x", by = ["desk"], max = ["day"]))",
       "no index gives the least and greatest values"},
      {"greatest, with an index that goes further",
       R"($Daftar.index(name = "i", on = ["desk", "open", "day"])
          $Daftar.aggregate(name = "x", by = ["desk"], max = ["day"]))",
       "no index gives the least and greatest values"},
      {"greatest, with an index of fewer records",
       R"($Daftar.index(name = "i", on = ["desk", "day"], where = "open = true")
          $Daftar.aggregate(name = "x", by = ["desk"], max = ["day"]))",
       "no index gives the least and greatest values"},
      {"greatest, with an index of more records",
       R"($Daftar.index(name = "i", on = ["desk", "day"])
          $Daftar.aggregate(name = "x", by = ["desk"], max = ["day"], where = "open = true"))",
       "no index gives the least and greatest values"},
      {"a condition in a list", R"($Daftar.aggregate(name = "x", where = "parts.hs = a"))",
       "`where` cannot go into a list; path=parts.hs"},
      {"one name twice", R"($Daftar.aggregate(name = "x") $Daftar.aggregate(name = "x"))",
       "two aggregates have one name; aggregate=x"},
  }));
  CAPTURE(name);
  CHECK_THAT(Resolve(ClaimText(annotation)), StatusIs(absl::StatusCode::kInvalidArgument, message));
}

TEST_CASE("aggregate: refuses an amount without its currency", "[catalog][aggregate]") {
  const auto [name, field, message] = GENERATE(table<const char*, const char*, const char*>({
      {"no such field", R"(x @16 :Int64 $Daftar.money("unit");)",
       "$money names a text or enumeration beside the field: its currency; currency='unit'; "
       "struct=Claim; field=x"},
      {"no text", R"(x @16 :Int64 $Daftar.money("no");)", "currency='no'"},
      {"of a text", R"(x @16 :Text $Daftar.money("currency");)",
       "$money stands on an integer or a decimal only; struct=Claim; field=x"},
      {"of a float", R"(x @16 :Float32 $Daftar.money("currency");)",
       "$money stands on an integer or a decimal only"},
      {"of a list", R"(x @16 :List(Int64) $Daftar.money("currency");)",
       "$money stands on an integer or a decimal only"},
      {"of a date", R"(x @16 :Int32 $Daftar.money("currency") $Daftar.date;)",
       "$money stands on an integer or a decimal only"},
  }));
  CAPTURE(name);
  CHECK_THAT(Resolve(ClaimText("", field)), StatusIs(absl::StatusCode::kInvalidArgument, message));
}

TEST_CASE("aggregate: stands on a table only", "[catalog][aggregate]") {
  CHECK_THAT(Resolve(ClaimText("") + R"(struct Odd $Daftar.aggregate(name = "x") { a @0 :Text; })"),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "$aggregate stands on a struct with $table only; struct=Odd"));
}

constexpr const char* kAll = R"(
    $Daftar.index(name = "byDay", on = ["open", "desk desc", "day desc nulls first"],
                  where = "day is not null and no > 5")
    $Daftar.index(name = "byPart", on = ["parts.hs", "parts.weight"])
    $Daftar.aggregate(name = "byDesk", by = ["desk desc nulls first", "open"], sum = ["fee", "no"],
                      min = ["day"], max = ["day"], where = "no > 5")
    $Daftar.aggregate(name = "byHs", by = ["parts.hs"], max = ["parts.weight"])
    $Daftar.aggregate(name = "paid", by = ["desk"], sum = ["rent"], where = "currency = IRR")
    $Daftar.aggregate(name = "prices", by = ["price.currency"], sum = ["price.units"])
    $Daftar.aggregate(name = "all"))";

TEST_CASE("aggregate: shows what it keeps", "[catalog][aggregate]") {
  REQUIRE_OK_AND_ASSIGN(const Catalog catalog, Resolve(ClaimText(kAll)));
  REQUIRE_OK_AND_ASSIGN(const auto described, catalog::Describe(catalog.tables));
  std::string text;
  for (const auto& aggregate : described[0].aggregates) {
    absl::StrAppend(&text, aggregate.name, ": ", aggregate.definition, "\n");
  }
  CHECK(text ==
        "byDesk: by desk desc nulls first, open, count, sum fee, no, min day, max day, "
        "where no > 5\n"
        "byHs: by parts.hs, count, max parts.weight\n"
        "paid: by desk, count, sum rent, where currency = IRR\n"
        "prices: by price.currency, count, sum price.units\n"
        "all: of all, count\n");
}

void CheckEqual(const AggregateDef& a, const AggregateDef& b) {
  const auto same = [](const AggregateDef::Extreme& x, const AggregateDef::Extreme& y) {
    return x.path == y.path && x.index == y.index;
  };
  CHECK(a.id == b.id);
  CHECK(a.name() == b.name());
  CHECK(a.by() == b.by());
  CHECK(a.sums() == b.sums());
  CHECK(std::equal(a.mins.begin(), a.mins.end(), b.mins.begin(), b.mins.end(), same));
  CHECK(std::equal(a.maxs.begin(), a.maxs.end(), b.maxs.begin(), b.maxs.end(), same));
  CHECK(std::equal(a.groups.where.begin(), a.groups.where.end(), b.groups.where.begin(),
                   b.groups.where.end(), catalog::SameCondition));
}

TEST_CASE("aggregate: a stored catalog gives it back", "[catalog][aggregate]") {
  REQUIRE_OK_AND_ASSIGN(const Catalog catalog, Resolve(ClaimText(kAll)));
  const auto& aggregates = catalog.tables[0].aggregates;
  REQUIRE(aggregates.size() == 5);
  CHECK(aggregates[0].id == AggregateId(1));
  CHECK(aggregates[4].id == AggregateId(5));
  CHECK(catalog.next_aggregate == AggregateId(6));
  CHECK(catalog.has_aggregates());
  REQUIRE_OK_AND_ASSIGN(const std::string stored,
                        catalog::EncodeCatalog(catalog, CommitVersion(0)));
  REQUIRE_OK_AND_ASSIGN(const Catalog read,
                        catalog::DecodeCatalog(catalog::CatalogKey(catalog.version), stored));
  CHECK(read.next_aggregate == catalog.next_aggregate);
  REQUIRE(read.tables[0].aggregates.size() == aggregates.size());
  for (size_t i = 0; i < aggregates.size(); ++i) {
    CheckEqual(read.tables[0].aggregates[i], aggregates[i]);
  }
  REQUIRE_OK_AND_ASSIGN(const std::string again, catalog::EncodeCatalog(read, CommitVersion(0)));
  CHECK(again == stored);
}

TEST_CASE("aggregate: a stored one of a future id is damage", "[catalog][aggregate]") {
  REQUIRE_OK_AND_ASSIGN(Catalog catalog, Resolve(ClaimText(kAll)));
  catalog.next_aggregate = AggregateId(5);
  REQUIRE_OK_AND_ASSIGN(const std::string stored,
                        catalog::EncodeCatalog(catalog, CommitVersion(0)));
  CHECK_THAT(catalog::DecodeCatalog(catalog::CatalogKey(catalog.version), stored),
             StatusIs(absl::StatusCode::kDataLoss, "stored aggregate has a future id"));
}

TEST_CASE("aggregate: judges how it changes", "[catalog][aggregate]") {
#define DESK R"($Daftar.aggregate(name = "x", by = ["desk"], sum = ["fee"]))"
#define DAY R"($Daftar.index(name = "i", on = ["desk", "day"]))"
  const auto [name, from, to, verdict, findings] =
      GENERATE(table<const char*, const char*, const char*, Verdict, const char*>({
          {"added", "", DESK, Verdict::kRebuild, "26 aggregate x"},
          {"dropped", DESK, "", Verdict::kSafe, "16 aggregate x"},
          {"renamed", DESK, R"($Daftar.aggregate(name = "y", by = ["desk"], sum = ["fee"]))",
           Verdict::kSafe, "17 aggregate x"},
          {"by something else", DESK,
           R"($Daftar.aggregate(name = "x", by = ["open"], sum = ["fee"]))", Verdict::kRebuild,
           "27 aggregate x"},
          {"in another order", DESK,
           R"($Daftar.aggregate(name = "x", by = ["desk desc"], sum = ["fee"]))", Verdict::kRebuild,
           "27 aggregate x"},
          {"another sum", DESK, R"($Daftar.aggregate(name = "x", by = ["desk"], sum = ["no"]))",
           Verdict::kRebuild, "27 aggregate x"},
          {"of fewer records", DESK,
           R"($Daftar.aggregate(name = "x", by = ["desk"], sum = ["fee"], where = "open = true"))",
           Verdict::kRebuild, "27 aggregate x"},
          {"least value added", DAY DESK,
           DAY R"($Daftar.aggregate(name = "x", by = ["desk"], sum = ["fee"], min = ["day"]))",
           Verdict::kSafe, ""},
          {"renamed and another one added", DESK,
           R"($Daftar.aggregate(name = "y", by = ["desk"], sum = ["fee"])
          $Daftar.aggregate(name = "x", by = ["open"]))",
           Verdict::kRebuild, "26 aggregate x, 17 aggregate x"},
      }));
#undef DESK
#undef DAY
  CAPTURE(name);
  CheckEvolutionCase({name, ClaimText(from).c_str(), ClaimText(to).c_str(), verdict, findings});
}

}  // namespace
}  // namespace daftar::testing
