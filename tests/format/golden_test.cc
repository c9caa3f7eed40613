// The bytes of format versions 2 to 6. They are never edited: other bytes are another format.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <map>
#include <string>
#include <tuple>

#include "codec/hex.h"
#include "format/example.h"
#include "txn/header.h"
#include "txn/schema_work.h"

namespace daftar::testing {
namespace {

const std::map<std::string, std::string>& Engine() {
  static const std::map<std::string, std::string> bytes = EngineBytes();
  return bytes;
}

TEST_CASE("format 2: the bytes of the worked example", "[format][format]") {
  const auto [name, hex] = GENERATE(table<const char*, const char*>(
      {{"varints", "00f7f8f8f9012cfa010000ffffffffffffffffff"},
       {"parts",
        "017f800180004ec87fffffffffffff6a0700030000000c0000000000000001bfc000008000000000000000"
        "400ffffffffffffffff8000000000000616200016100ff6200019e9dfffe0001000301fffc02"},
       {"header-key", "00"},
       {"header",
        "6461667461720d0a02000000010000002c010000000000002e2e3521daf7a2000000000000000000"
        "0000000031831560"},
       {"catalog-key", "0101"},
       {"record-key", "020151465a0001fffffff3"},
       {"record",
        "01000000010000002c010000000000000d0000009c54c6a80000000003000300"
        "0c0000000100010048e8010000000000c84e0000000000000900000022000000"
        "090000002a000000090000001600000051465a00000000005061727300000000"
        "050000002200000005000000220000006f696c00000000006761730000000000"},
       {"byHolder-1-key", "03010150617273000151465a0001fffffff3"},
       {"byHolder-1-value", "f9012c800000000001e848"},
       {"byValidTo-1-key", "0302017fffb13751465a0001fffffff3"},
       {"byValidTo-1-value", "f9012c"},
       {"byTag-1-key", "030367617300010000000c51465a0001fffffff3"},
       {"byTag-2-key", "03036f696c00010000000c51465a0001fffffff3"},
       {"history-record-key", "05020151465a0001fffffff3000000000000012d"},
       {"history-entry-key", "0503010150617273000151465a0001fffffff3000000000000012d"},
       {"history-start-key", "080101"},
       {"history-start-value", "f9012c"},
       {"anchor",
        "01daf7a2000000000000000000000000002c01000000000000000083efce300600"
        "d99507c9e2998048c1eab990deec1b18e0a7173011bde8eb7d51ebbed2a685c5"},
       {"journal-0-key", "06000000000000012c00000000"},
       {"journal-0-value",
        "01000000cd44d7ac000083efce300600020000000000000002000000090000000700000007000000"
        "0cc0ed54325e3aa571970ecbfcfc4cb5cd53e811d10e385625a1c7e1d02cfedc5dd41c1b6d49ba1c"
        "ddf1817c5c17f12f49c3fbbe87792b81089684e3b218587d72656769737472617272656e65776564"
        "313430332f37370b020151465a0001fffffff30162d193d3f5f49017a8ec5df2be2baf0edfc8ff86"
        "1f7b0951d8f1420e21b3357a"},
       {"journal-1-key", "06000000000000012c00000001"},
       {"journal-1-value", "01000000898611c90b020151465a0001fffffff400"},
       {"journal-hash", "d99507c9e2998048c1eab990deec1b18e0a7173011bde8eb7d51ebbed2a685c5"}}));
  CAPTURE(name);
  REQUIRE(Engine().contains(name));
  CHECK(Engine().at(name) == hex);
}

TEST_CASE("format 3: the bytes of the example with an aggregate", "[format][format]") {
  const auto [name, hex] = GENERATE(table<const char*, const char*>(
      {{"group-key",
        "04010161620001"
        "01"},
       {"group-value",
        "f9012c01"
        "011efbffffffffffffffffffffffffffff"
        "0000000000000000000000000000000000"},
       {"header-3",
        "6461667461720d0a03000000010000002c01000000000000d02339d3daf7a2000000000000000000"
        "0000000031831560"}}));
  CAPTURE(name);
  REQUIRE(Engine().contains(name));
  CHECK(Engine().at(name) == hex);
}

TEST_CASE("format 5: rules leave nothing on disk but the number", "[format][format]") {
  catalog::Catalog catalog;
  catalog.tables.emplace_back();
  CHECK(txn::FormatFor(catalog) == txn::kOldestFormat);
  catalog.tables.back().rules.permanent = true;
  CHECK(txn::FormatFor(catalog) == txn::kRulesFormat);
  CHECK(txn::kRulesFormat == 5);
}

TEST_CASE("format 4: the bytes of a change of schema", "[format][format]") {
  CHECK(Engine().at("build-key") == "080401");
  CHECK(Engine().at("build-value") == "010000008e627750010202");
  CHECK(Hex(txn::TombstoneKey(IndexId(300))) == "0805f9012c");
  CHECK(Hex(txn::TombstoneKey(AggregateId(2))) == "080602");
  CHECK(txn::kBuildingFormat == 4);
}

TEST_CASE("format 5: the entries of a name", "[format][format]") {
  const auto [name, hex] = GENERATE(
      table<const char*, const char*>({{"names-1-key", "0301616e616674000100000000000c"},
                                       {"names-1-value", "f9012c"},
                                       {"names-2-key", "03016b3d6f696c000100000000000c"},
                                       {"names-2-value", "f9012c"},
                                       {"names-3-key", "03016b6e6674000100000000000c"},
                                       {"names-3-value", "f9012c"},
                                       {"names-4-key", "03016b7e6e6674000100000000000c"},
                                       {"names-4-value", "f9012c"},
                                       {"names-5-key", "03016e000100000000000c"},
                                       {"names-5-value", "f9012c004e6166740001000180004ec8"},
                                       {"names-6-key", "0301706e616674000100000000000c"},
                                       {"names-6-value", "f9012c"},
                                       {"names-7-key", "030173616674000100000000000c"},
                                       {"names-7-value", "f9012c"},
                                       {"names-8-key", "0301736674000100000000000c"},
                                       {"names-8-value", "f9012c"},
                                       {"names-9-key", "03017374000100000000000c"},
                                       {"names-9-value", "f9012c"},
                                       {"names-10-key", "0301776e616674000100000000000c"},
                                       {"names-10-value", "f9012c"},
                                       {"header-5",
                                        "6461667461720d0a05000000010000002c0100000000000036e2c9f4da"
                                        "f7a20000000000000000000000000031831560"}}));
  CAPTURE(name);
  REQUIRE(Engine().contains(name));
  CHECK(Engine().at(name) == hex);
}

TEST_CASE("format 5: the bytes of an index of points", "[format][format]") {
  CHECK(Engine().at("point-key") == "0301cc8f576fbd24de4600000007");
  CHECK(Engine().at("point-value") == "f9012c018f14794001a41ed380");
  CHECK(Engine().at("header-5") ==
        "6461667461720d0a05000000010000002c0100000000000036e2c9f4daf7a2000000000000000000"
        "0000000031831560");
  CHECK(txn::kPointsFormat == 5);
}

TEST_CASE("format 6: the bytes of a check of texts", "[format][format]") {
  CHECK(Engine().at("check-key") == "080801");
  CHECK(Engine().at("check-value") ==
        "01000000e7371b3d01f9012ce3b0c44298fc1c149afbf4c8996fb924"
        "27ae41e4649b934ca495991b7852b8550202");
}

TEST_CASE("format 6: the bytes of a migration", "[format][format]") {
  CHECK(Engine().at("migration-key") == "080973686f7574");
  CHECK(Engine().at("migration-value") ==
        "010000007aae807501f9012bf9012c010101067065726d69740a7a6f6e65203c3e2027270106686f"
        "6c6465720d757070657228686f6c646572290202");
  // Abandoned: a format of the value's own.
  CHECK(Engine().at("abandoned-value") ==
        "020000000bf87b6602f9012cf9012b00000001067065726d69740a7a6f6e65203c3e2027270106686f6c646572"
        "0d757070657228686f6c64657229");
}

TEST_CASE("format 6: the bytes of an aggregate that is being counted", "[format][format]") {
  CHECK(Engine().at("count-key") == "080701");
  CHECK(Engine().at("count-value") == "01000000a76ed849010202");
  CHECK(Engine().at("header-6") ==
        "6461667461720d0a06000000010000002c01000000000000c58231e7daf7a2000000000000000000"
        "0000000031831560");
  CHECK(txn::kLateAggregatesFormat == 6);
}

}  // namespace
}  // namespace daftar::testing
