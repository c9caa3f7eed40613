#include "codec/key.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <limits>
#include <string>
#include <tuple>

#include "codec/hex.h"
#include "codec/keyspace.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

using codec::Direction;
using codec::KeyPart;
using codec::KeyType;
using codec::Nulls;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST_CASE("key: the bytes of each type", "[codec][unit]") {
  using namespace std::string_view_literals;
  const auto [name, type, value, hex] =
      GENERATE(table<const char*, KeyType, OwnedScalar, const char*>(
          {{"false", KeyType::kBool, false, "00"},
           {"true", KeyType::kBool, true, "01"},
           {"smallest int8", KeyType::kInt8, int64_t{-128}, "00"},
           {"minus one", KeyType::kInt8, int64_t{-1}, "7f"},
           {"zero", KeyType::kInt8, int64_t{0}, "80"},
           {"int16", KeyType::kInt16, int64_t{-2}, "7ffe"},
           {"int32", KeyType::kInt32, int64_t{20123}, "80004e9b"},
           {"largest int64", KeyType::kInt64, INT64_MAX, "ffffffffffffffff"},
           {"uint8", KeyType::kUInt8, uint64_t{200}, "c8"},
           {"uint16", KeyType::kUInt16, uint64_t{3}, "0003"},
           {"uint32", KeyType::kUInt32, uint64_t{12}, "0000000c"},
           {"uint64", KeyType::kUInt64, UINT64_MAX, "ffffffffffffffff"},
           {"float32", KeyType::kFloat32, 1.0, "bf800000"},
           {"negative float", KeyType::kFloat32, -1.0, "407fffff"},
           {"zero float", KeyType::kFloat64, 0.0, "8000000000000000"},
           {"negative zero", KeyType::kFloat64, -0.0, "8000000000000000"},
           {"infinity", KeyType::kFloat64, kInfinity, "fff0000000000000"},
           {"NaN", KeyType::kFloat64, kNaN, "fff8000000000000"},
           {"negative NaN", KeyType::kFloat64, -kNaN, "fff8000000000000"},
           {"empty text", KeyType::kText, std::string(), "0001"},
           {"text", KeyType::kText, std::string("ab"), "61620001"},
           {"zero byte", KeyType::kData, std::string("a\0b"sv), "6100ff620001"}}));
  CAPTURE(name);
  std::string key;
  codec::AppendPart({type, Direction::kAscending, Nulls::kNever}, ToView(value), &key);
  CHECK(Hex(key) == hex);
  std::string descending;
  codec::AppendPart({type, Direction::kDescending, Nulls::kNever}, ToView(value), &descending);
  for (char& byte : descending) byte = static_cast<char>(~byte);
  CHECK(descending == key);
}

TEST_CASE("key: nulls stand where the part says, in either direction", "[codec][unit]") {
  const auto [name, direction, nulls, null_hex, value_hex] =
      GENERATE(table<const char*, Direction, Nulls, const char*, const char*>(
          {{"ascending first", Direction::kAscending, Nulls::kFirst, "00", "0105"},
           {"ascending last", Direction::kAscending, Nulls::kLast, "02", "0105"},
           {"descending first", Direction::kDescending, Nulls::kFirst, "00", "01fa"},
           {"descending last", Direction::kDescending, Nulls::kLast, "02", "01fa"}}));
  CAPTURE(name);
  const KeyPart part{KeyType::kUInt8, direction, nulls};
  std::string null, value;
  codec::AppendPart(part, Scalar(), &null);
  codec::AppendPart(part, Scalar(uint64_t{5}), &value);
  CHECK(Hex(null) == null_hex);
  CHECK(Hex(value) == value_hex);
}

TEST_CASE("key: refuses bytes that AppendPart does not write", "[codec][unit]") {
  const auto [name, type, nulls, hex, message] =
      GENERATE(table<const char*, KeyType, Nulls, const char*, const char*>(
          {{"boolean of 2", KeyType::kBool, Nulls::kNever, "02", "key part is not a boolean"},
           {"negative zero", KeyType::kFloat64, Nulls::kNever, "7fffffffffffffff",
            "key part is not a canonical float"},
           {"another NaN", KeyType::kFloat64, Nulls::kNever, "fff8000000000001",
            "key part is not a canonical float"},
           {"negative NaN", KeyType::kFloat32, Nulls::kNever, "003fffff",
            "key part is not a canonical float"},
           {"wrong escape", KeyType::kText, Nulls::kNever, "6100020001",
            "key part has a wrong escape"},
           {"no terminator", KeyType::kText, Nulls::kNever, "6162", "key part has no end"},
           {"half a terminator", KeyType::kText, Nulls::kNever, "616200", "key part has no end"},
           {"nothing", KeyType::kText, Nulls::kFirst, "", "key part is missing"},
           {"null at the other end", KeyType::kUInt8, Nulls::kFirst, "02",
            "key part has an unknown marker; byte=2"},
           {"unknown marker", KeyType::kUInt8, Nulls::kLast, "0305",
            "key part has an unknown marker; byte=3"},
           {"cut short", KeyType::kInt64, Nulls::kNever, "00112233445566",
            "key part is cut short; at=0x00112233445566"}}));
  CAPTURE(name);
  const std::string bytes = Unhex(hex);
  std::string_view input = bytes;
  CHECK_THAT(codec::TakePart({type, Direction::kAscending, nulls}, &input),
             StatusIs(absl::StatusCode::kDataLoss, message));
}

TEST_CASE("key: TakeTuple fails with its first bad part", "[codec][unit]") {
  const std::string bytes = Unhex("0502");
  std::string_view input = bytes;
  const KeyPart number{KeyType::kUInt8, Direction::kAscending, Nulls::kNever};
  const KeyPart flag{KeyType::kBool, Direction::kAscending, Nulls::kNever};
  CHECK_THAT(codec::TakeTuple({number, flag}, &input),
             StatusIs(absl::StatusCode::kDataLoss, "key part is not a boolean"));
}

TEST_CASE("ordered varint: bytes and refusals", "[codec][unit]") {
  const auto [value, hex] =
      GENERATE(table<uint64_t, const char*>({{0, "00"},
                                             {247, "f7"},
                                             {248, "f8f8"},
                                             {255, "f8ff"},
                                             {256, "f90100"},
                                             {65536, "fa010000"},
                                             {UINT64_MAX, "ffffffffffffffffff"}}));
  std::string bytes;
  codec::AppendOrderedVarint(value, &bytes);
  CHECK(Hex(bytes) == hex);
  for (const char* longer : {"f800", "f8f7", "f900ff", "ff00ffffffffffffff"}) {
    CAPTURE(longer);
    const std::string wrong = Unhex(longer);
    std::string_view input = wrong;
    CHECK_THAT(codec::TakeOrderedVarint(&input),
               StatusIs(absl::StatusCode::kDataLoss, "number is not in its shortest form"));
  }
}

TEST_CASE("PrefixEnd: carries over trailing 0xff bytes", "[codec][unit]") {
  const auto [prefix, end] = GENERATE(table<const char*, const char*>({{"61", "62"},
                                                                       {"61ff", "62"},
                                                                       {"61ffff", "62"},
                                                                       {"7f", "80"},
                                                                       {"ff", ""},
                                                                       {"", ""},
                                                                       {"ff00", "ff01"}}));
  CHECK(Hex(codec::PrefixEnd(Unhex(prefix))) == end);
}

TEST_CASE("keyspace: prefixes of tables and indexes", "[codec][unit]") {
  CHECK(Hex(codec::SpacePrefix(codec::Space::kHeader)) == "00");
  CHECK(Hex(codec::SpacePrefix(codec::Space::kCatalog)) == "01");
  CHECK(Hex(codec::RecordPrefix(TableId(7))) == "0207");
  CHECK(Hex(codec::RecordPrefix(TableId(300))) == "02f9012c");
  CHECK(Hex(codec::IndexPrefix(IndexId(248))) == "03f8f8");
}

}  // namespace
}  // namespace daftar::testing
