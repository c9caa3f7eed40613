#include "catalog/catalog_codec.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "catalog/resolve.h"
#include "record/envelope.h"
#include "record/sample.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

using catalog::Catalog;
using catalog::CatalogKey;
using catalog::DecodeCatalog;
using catalog::EncodeCatalog;

constexpr const char* kWell = R"(
  struct Well @0xb000000000000001
      $Daftar.table(name = "well", key = ["district", "licence desc"],
                    requires = [actor, decision], historyDays = 3650)
      $Daftar.index(name = "byTown", on = ["place.town", "depth desc nulls first"],
                    covering = ["seal", "owner.share"], unique = true,
                    where = "state in (active, sealed) and depth > 1.5 and place.town is not null")
      $Daftar.index(name = "byCode", on = ["tests.code", "licence"], where = "seal ^= a")
      $Daftar.point(name = "here", latitude = "depth", longitude = "east",
                    where = "state = active") {
    district @0 :Text;
    licence @1 :UInt32;
    place @2 :Place;
    tests @3 :List(Test);
    depth :union { none @4 :Void; metres @5 :Int32 $Daftar.decimal(2); }
    seal @6 :Data;
    state @7 :State;
    owner :group { name @8 :Text; share @9 :UInt16; }
    east @10 :Float64;
  }
  struct Place @0xb000000000000002 { town @0 :Text; }
  struct Test @0xb000000000000003 { code @0 :Text; }
  enum State @0xb000000000000004 { unspecified @0; active @1; sealed @2; }
  struct Other @0xb000000000000005 $Daftar.table(name = "other", key = ["a"]) { a @0 :Int64; })";

constexpr const char* kPlain = R"(
  struct A @0xb000000000000001 $Daftar.table(name = "a", key = ["n"])
      $Daftar.index(name = "byN", on = ["m"], where = "m > 5") { n @0 :Int32; m @1 :Int32; })";

Catalog MakeCatalog(const char* body) {
  REQUIRE_OK_AND_ASSIGN(Catalog catalog, catalog::NewCatalog(Sample(body).set()));
  return catalog;
}

std::string Encode(const Catalog& catalog) {
  REQUIRE_OK_AND_ASSIGN(std::string value, EncodeCatalog(catalog, CommitVersion(9)));
  return value;
}

absl::StatusOr<Catalog> Decode(const Catalog& catalog) {
  return DecodeCatalog(CatalogKey(catalog.version), Encode(catalog));
}

// `catalog` with the schema of `body` in place of its own; its terms stay as they are.
Catalog WithSchema(Catalog catalog, const char* body) {
  const auto before = std::move(catalog.schemas);  // the tables still point into it
  const auto set = Sample(body).set();
  catalog.schemas = set;
  for (catalog::TableDef& table : catalog.tables) {
    REQUIRE_OK_AND_ASSIGN(table.schema, set->Struct(table.schema.getProto().getId()));
  }
  return catalog;
}

void CheckEqual(const catalog::IndexDef& a, const catalog::IndexDef& b) {
  CHECK(a.id == b.id);
  CHECK(a.name == b.name);
  CHECK(a.kind == b.kind);
  CHECK(a.on == b.on);
  CHECK(a.covering == b.covering);
  CHECK(a.unique == b.unique);
  REQUIRE(a.where.size() == b.where.size());
  for (size_t i = 0; i < a.where.size(); ++i) {
    CHECK(a.where[i].path == b.where[i].path);
    CHECK(a.where[i].op == b.where[i].op);
    CHECK(a.where[i].operands == b.where[i].operands);
  }
}

TEST_CASE("catalog codec: gives a rich catalog back, byte for byte", "[catalog][format]") {
  const Catalog original = MakeCatalog(kWell);
  REQUIRE_OK_AND_ASSIGN(const Catalog decoded, Decode(original));
  CHECK(decoded.version == original.version);
  CHECK(decoded.next_table == original.next_table);
  CHECK(decoded.next_index == original.next_index);
  CHECK(decoded.schemas->nodes() == original.schemas->nodes());
  REQUIRE(decoded.tables.size() == original.tables.size());
  for (size_t i = 0; i < original.tables.size(); ++i) {
    const catalog::TableDef& table = decoded.tables[i];
    CHECK(table.id == original.tables[i].id);
    CHECK(table.name == original.tables[i].name);
    CHECK(table.key == original.tables[i].key);
    CHECK(catalog::RequiredParts(table) == catalog::RequiredParts(original.tables[i]));
    CHECK(table.history_days == original.tables[i].history_days);
    REQUIRE(table.indexes.size() == original.tables[i].indexes.size());
    for (size_t j = 0; j < table.indexes.size(); ++j) {
      CheckEqual(table.indexes[j], original.tables[i].indexes[j]);
    }
  }
  CHECK(Encode(decoded) == Encode(original));
}

TEST_CASE("catalog codec: a point that does not fit its schema is DataLoss", "[catalog][format]") {
  constexpr const char* kGate = R"(
    struct A @0xb000000000000001 $Daftar.table(name = "a", key = ["n"])
        $Daftar.point(name = "here", latitude = "m", longitude = "o")
    { n @0 :Int32; m @1 :Int32 $Daftar.decimal(3); o @2 :Float32; })";
  constexpr const char* kPlainNumber = R"(
    struct A @0xb000000000000001 $Daftar.table(name = "a", key = ["n"])
    { n @0 :Int32; m @1 :Int32; o @2 :Float32; })";
  REQUIRE_OK_AND_ASSIGN(const Catalog decoded, Decode(MakeCatalog(kGate)));
  CheckEqual(decoded.tables[0].indexes[0], MakeCatalog(kGate).tables[0].indexes[0]);
  CHECK_THAT(Decode(WithSchema(MakeCatalog(kGate), kPlainNumber)),
             StatusIs(absl::StatusCode::kDataLoss,
                      "stored index of points does not fit; cause=a coordinate is a decimal"));
  Catalog one = MakeCatalog(kGate);
  one.tables[0].indexes[0].covering.pop_back();
  CHECK_THAT(Decode(one), StatusIs(absl::StatusCode::kDataLoss, "a point has two coordinates"));
  Catalog unknown = MakeCatalog(kGate);
  unknown.tables[0].indexes[0].kind = static_cast<catalog::IndexKind>(99);
  CHECK_THAT(Decode(unknown),
             StatusIs(absl::StatusCode::kDataLoss, "stored index is of an unknown kind"));
}

TEST_CASE("catalog codec: since when the totals of an aggregate are known", "[catalog][format]") {
  Catalog catalog = MakeCatalog(R"(
    struct A @0xb000000000000001 $Daftar.table(name = "a", key = ["n"])
        $Daftar.aggregate(name = "all") { n @0 :Int32; })");
  catalog::AggregateDef& aggregate = catalog.tables[0].aggregates[0];
  const auto decoded = [&] {
    REQUIRE_OK_AND_ASSIGN(const Catalog read, Decode(catalog));
    return read.tables[0].aggregates[0];
  };
  CHECK(decoded().readable());
  CHECK(decoded().since == CommitVersion());
  aggregate.state = catalog::AggregateState::kBuilding;
  CHECK(!decoded().readable());
  aggregate.state = catalog::AggregateState::kReadable;
  aggregate.since = CommitVersion(4);
  CHECK(decoded().since == CommitVersion(4));
  // The catalogs of this test are those of commit 9.
  aggregate.since = catalog::kThisCommit;
  CHECK(decoded().since == CommitVersion(9));
  aggregate.since = CommitVersion(10);
  CHECK_THAT(Decode(catalog), StatusIs(absl::StatusCode::kDataLoss,
                                       "stored aggregate begins after its catalog; aggregate=all"));
  aggregate.since = CommitVersion();
  aggregate.state = static_cast<catalog::AggregateState>(2);
  CHECK_THAT(Decode(catalog), StatusIs(absl::StatusCode::kDataLoss,
                                       "stored aggregate has an unknown state; aggregate=all"));
}

TEST_CASE("catalog codec: keeps each combination of what commits must state", "[catalog][format]") {
  for (int parts = 0; parts < 8; ++parts) {
    CAPTURE(parts);
    Catalog catalog = MakeCatalog(kPlain);
    catalog.tables[0].requires_actor = (parts & 1) != 0;
    catalog.tables[0].requires_reason = (parts & 2) != 0;
    catalog.tables[0].requires_decision = (parts & 4) != 0;
    catalog.tables[0].history_days = parts == 7 ? UINT32_MAX : static_cast<uint32_t>(parts);
    REQUIRE_OK_AND_ASSIGN(const Catalog decoded, Decode(catalog));
    const catalog::TableDef& table = decoded.tables[0];
    CHECK(table.requires_actor == catalog.tables[0].requires_actor);
    CHECK(table.requires_reason == catalog.tables[0].requires_reason);
    CHECK(table.requires_decision == catalog.tables[0].requires_decision);
    CHECK(table.history_days == catalog.tables[0].history_days);
    CHECK(catalog::RequiredParts(table).size() ==
          static_cast<size_t>((parts & 1) + (parts >> 1 & 1) + (parts >> 2)));
  }
}

TEST_CASE("catalog codec: every flipped bit and every prefix is DataLoss", "[catalog][property]") {
  const Catalog catalog = MakeCatalog(kWell);
  const std::string key = CatalogKey(catalog.version);
  std::string value = Encode(catalog);
  for (size_t bit = 0; bit < value.size() * 8; ++bit) {
    value[bit / 8] = static_cast<char>(value[bit / 8] ^ (1 << (bit % 8)));
    const absl::Status status = DecodeCatalog(key, value).status();
    if (!absl::IsDataLoss(status)) FAIL("bit " << bit << ": " << status);
    value[bit / 8] = static_cast<char>(value[bit / 8] ^ (1 << (bit % 8)));
  }
  for (size_t bytes = 0; bytes < value.size(); ++bytes) {
    const absl::Status status = DecodeCatalog(key, value.substr(0, bytes)).status();
    if (!absl::IsDataLoss(status)) FAIL(bytes << " bytes: " << status);
  }
  REQUIRE_OK(DecodeCatalog(key, value));
}

TEST_CASE("catalog codec: renamed fields keep their keys, indexes and conditions",
          "[catalog][unit]") {
  const Catalog renamed = WithSchema(MakeCatalog(kWell), R"(
    struct Bore @0xb000000000000001 {
      region @0 :Text;
      permit @1 :UInt32;
      site @2 :Place;
      trials @3 :List(Trial);
      extent :union { no @4 :Void; cm @5 :Int32 $Daftar.decimal(2); }
      stamp @6 :Data;
      phase @7 :State;
      holder :group { title @8 :Text; part @9 :UInt16; }
      eastward @10 :Float64;
    }
    struct Place @0xb000000000000002 { city @0 :Text; }
    struct Trial @0xb000000000000003 { sign @0 :Text; }
    enum State @0xb000000000000004 { unknown @0; running @1; closed @2; }
    struct Other @0xb000000000000005 { a @0 :Int64; })");
  REQUIRE_OK_AND_ASSIGN(const Catalog decoded, Decode(renamed));
  const catalog::TableDef& table = decoded.tables[0];
  CHECK(table.name == "well");
  CHECK(catalog::ToString(table.key[1]) == "permit desc");
  const catalog::IndexDef& by_town = *table.FindIndex("byTown");
  CHECK(catalog::ToString(by_town.on[0]) == "site.city");
  CHECK(catalog::ToString(by_town.on[1]) == "extent desc nulls first");
  CHECK(catalog::ToString(by_town.covering[1]) == "holder.part");
  CHECK(by_town.where[0].ToString() == "phase in (running, closed)");
  CHECK(by_town.where[1].ToString() == "extent > 1.50");
  CHECK(by_town.where[2].ToString() == "site.city is not null");
  CHECK(catalog::ToString(table.FindIndex("byCode")->on[0]) == "trials.sign");
  CHECK(catalog::ToString(table.FindIndex("here")->covering[1]) == "eastward");
  const record::Message record = MakeRecord(table.schema, R"({
    "site": {"city": "Qeshm"}, "phase": "running", "extent": 2, "trials": [{"sign": "x"}]})");
  CHECK(record::MatchesAll(by_town.where, record));
  CHECK(AllValues(by_town.on[0].path, record) == "Qeshm");
  CHECK(AllValues(table.FindIndex("byCode")->on[0].path, record) == "x");
}

TEST_CASE("catalog codec: a schema that does not fit the stored terms is DataLoss",
          "[catalog][unit]") {
  CHECK_THAT(Decode(WithSchema(MakeCatalog(kPlain),
                               "struct A @0xb000000000000001 { n @0 :Int32; m @1 :Int64; }")),
             StatusIs(absl::StatusCode::kDataLoss, "stored term does not fit the schema; path=m"));
  CHECK_THAT(Decode(WithSchema(MakeCatalog(kPlain), R"(
                 struct A @0xb000000000000001 {
                   n @0 :Int32;
                   u :union { m @1 :Int32; none @2 :Void; }
                 })")),
             StatusIs(absl::StatusCode::kDataLoss, "stored term does not fit the schema; path=u"));
  CHECK_THAT(
      Decode(WithSchema(MakeCatalog(kPlain), "struct A @0xb000000000000001 { n @0 :Int32; }")),
      StatusIs(absl::StatusCode::kDataLoss,
               "stored catalog contradicts itself; cause=schema lacks a field of a stored path"));
}

TEST_CASE("catalog codec: contradictions behind a right checksum are DataLoss", "[catalog][unit]") {
  const auto* cause = "";
  Catalog catalog = MakeCatalog(kPlain);
  SECTION("table beyond the next id") {
    catalog.next_table = TableId(1);
    cause = "stored table has a future id";
  }
  SECTION("index beyond the next id") {
    catalog.next_index = IndexId(1);
    cause = "stored index has a future id";
  }
  SECTION("comparison without an operand") {
    catalog.tables[0].indexes[0].where[0].operands.clear();
    cause = "stored condition does not fit its operator; path=m";
  }
  SECTION("null test with an operand") {
    catalog.tables[0].indexes[0].where[0].op = Operator::kIsNull;
    cause = "stored condition does not fit its operator";
  }
  SECTION("prefix of a number") {
    catalog.tables[0].indexes[0].where[0].op = Operator::kStartsWith;
    cause = "stored condition does not fit its operator";
  }
  SECTION("unknown operator") {
    catalog.tables[0].indexes[0].where[0].op = static_cast<Operator>(99);
    cause = "stored operator is unknown";
  }
  SECTION("unknown direction") {
    catalog.tables[0].key[0].part.direction = static_cast<codec::Direction>(2);
    cause = "stored term does not fit the schema; path=n";
  }
  SECTION("unknown place of nulls") {
    catalog.tables[0].key[0].part.nulls = static_cast<codec::Nulls>(3);
    cause = "stored term does not fit the schema; path=n";
  }
  CHECK_THAT(Decode(catalog), StatusIs(absl::StatusCode::kDataLoss, cause));
}

TEST_CASE("catalog codec: a version under another's key is DataLoss", "[catalog][unit]") {
  const Catalog catalog = MakeCatalog(kPlain);
  const std::string value = Encode(catalog);
  const std::string other = CatalogKey(SchemaVersion(2));
  CHECK_THAT(DecodeCatalog(other, value), StatusIs(absl::StatusCode::kDataLoss, "wrong checksum"));
  REQUIRE_OK_AND_ASSIGN(const record::Envelope envelope,
                        record::DecodeEnvelope(CatalogKey(catalog.version), value));
  CHECK_THAT(
      DecodeCatalog(other, record::EncodeEnvelope(other, envelope)),
      StatusIs(absl::StatusCode::kDataLoss, "stored catalog is another version than its key says"));
}

}  // namespace
}  // namespace daftar::testing
