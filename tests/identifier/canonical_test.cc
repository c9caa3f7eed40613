#include "identifier/canonical.h"

#include <algorithm>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <random>
#include <tuple>

#include "support/status_matchers.h"

namespace daftar::identifier {
namespace {

using testing::StatusIs;

Scheme Named(std::string_view name) {
  const std::optional<Scheme> scheme = FindScheme(name);
  REQUIRE(scheme);
  return *scheme;
}

// Scheme, as written, canonical, as printed.
struct Example {
  const char* scheme;
  const char* written;
  const char* canonical;
  const char* printed;
};

constexpr Example kExamples[] = {
    {"lei", "506700ge1g29325qx363", "506700GE1G29325QX363", "506700GE1G29325QX363"},
    {"lei", "5067-00GE-1G29325QX3-63", "506700GE1G29325QX363", "506700GE1G29325QX363"},
    {"iban", "PK36 SCBL 0000 0011 2345 6702", "PK36SCBL0000001123456702",
     "PK36 SCBL 0000 0011 2345 6702"},
    {"iban", "pk36scbl0000001123456702", "PK36SCBL0000001123456702",
     "PK36 SCBL 0000 0011 2345 6702"},
    {"iban", "DE89370400440532013000", "DE89370400440532013000", "DE89 3704 0044 0532 0130 00"},
    {"iban", "NO93 8601 1117 947", "NO9386011117947", "NO93 8601 1117 947"},
    {"iban", "MT84MALT011000012345MTLCAST001S", "MT84MALT011000012345MTLCAST001S",
     "MT84 MALT 0110 0001 2345 MTLC AST0 01S"},
    {"isin", "US0378331005", "US0378331005", "US0378331005"},
    {"isin", "us-037833100-5", "US0378331005", "US0378331005"},
    {"isin", "XS2021462440", "XS2021462440", "XS2021462440"},
    {"isin", "AN8068571086", "AN8068571086", "AN8068571086"},
    {"ir-legal-id", "10380284790", "10380284790", "10380284790"},
    {"ir-legal-id", "۱۰۳۸۰۲۸۴۷۹۰", "10380284790", "10380284790"},
    {"ir-legal-id", "١٠٣٨٠٢٨٤٧٩٠", "10380284790", "10380284790"},
    {"ir-legal-id", "\u200f۱۰۳۸۰\u200c۲۸۴۷۹۰\u200e", "10380284790", "10380284790"},
    {"ir-national-id", "000-000001-9", "0000000019", "000-000001-9"},
    {"ir-national-id", "۰۰۰۰۰۰۰۰۱۹", "0000000019", "000-000001-9"},
    {"iso3166-1", "ir", "IR", "IR"},
    {"iso3166-1", "PAK", "PK", "PK"},
    {"iso3166-1", " IR\n", "IR", "IR"},
    {"iso3166-2", "ir-۱۱", "IR-11", "IR-11"},
    {"iso3166-2", "PKBA", "PK-BA", "PK-BA"},
    {"iso3166-2", "FR 75C", "FR-75C", "FR-75C"},
    {"iso3166-2", "ES–M", "ES-M", "ES-M"},
    {"unlocode", "IR THR", "IRTHR", "IR THR"},
    {"unlocode", "pkgwd", "PKGWD", "PK GWD"},
    {"unlocode", "US 2AC", "US2AC", "US 2AC"},
    {"unlocode", "XZAAA", "XZAAA", "XZ AAA"},
    {"iso4217", "irr", "IRR", "IRR"},
    {"iso4217", "DEM", "DEM", "DEM"},
    {"iso4217", "XCG", "XCG", "XCG"},
    {"isic4", "c", "C", "C"},
    {"isic4", "01", "01", "01"},
    {"isic4", "۰۱۱۲", "0112", "0112"},
    {"isic4", "990", "990", "990"},
    {"hs", "08", "08", "08"},
    {"hs", "08.04", "0804", "08.04"},
    {"hs", "8471.30", "847130", "8471.30"},
    {"hs", "8471.30.00", "84713000", "8471.30.00"},
    {"hs", "8471.3000", "84713000", "8471.30.00"},
    {"hs", "9801.1000", "98011000", "9801.10.00"},
    {"hs", "0804 1020 0000", "080410200000", "0804.10.20.00.00"},
    {"pk-ntn", "4174941", "4174941", "4174941"},
    {"pk-ntn", "4174941-3", "41749413", "4174941-3"},
    {"pk-cnic", "12345-1234567-1", "1234512345671", "12345-1234567-1"},
    {"pk-cnic", "8123412345672", "8123412345672", "81234-1234567-2"},
    {"pk-cuin", "0012345", "0012345", "0012345"},
};

TEST_CASE("canonical: Canonical reads numbers as people write them", "[identifier][unit]") {
  for (const Example& example : kExamples) {
    CAPTURE(example.scheme, example.written);
    const Scheme scheme = Named(example.scheme);
    REQUIRE_OK_AND_ASSIGN(const std::string canonical, Canonical(scheme, example.written));
    CHECK(canonical == example.canonical);
    CHECK(Printed(scheme, canonical) == example.printed);
    CHECK(std::ranges::count(SchemesOf(example.written), scheme) == 1);
  }
}

TEST_CASE("canonical: Canonical says what is wrong and where", "[identifier][unit]") {
  const auto [scheme, text, message] = GENERATE(table<const char*, const char*, const char*>(
      {{"lei", "", "the number is too short; characters=0; expected=20; scheme=lei"},
       {"lei", "506700GE1G29325QX36", "too short; characters=19; expected=20"},
       {"lei", "506700GE1G29325QX3630", "too long; characters=21; expected=20"},
       {"lei", "506700GE1G29325QX364",
        "the check digits do not fit the rest of the number; found=64; expected=63; scheme=lei"},
       {"lei", "506700GE1G29325QX3 6A",
        "a letter where a digit must stand; position=21; found=A; scheme=lei"},
       {"lei", "5067Ø0GE1G29325QX363",
        "a character that is neither digit nor letter; position=5; found=U+00D8; scheme=lei"},
       {"lei", "5067\xff", "neither digit nor letter; position=5; scheme=lei"},
       {"iban", "IR", "the number is too short; characters=2; expected=26; scheme=iban"},
       {"iban", "US64SVBKUS6S3300958879",
        "the number does not begin with a country that issues IBANs; found=US; scheme=iban"},
       {"iban", "", "does not begin with a country that issues IBANs; found=;"},
       {"iban", "PK37SCBL0000001123456702", "found=37; expected=36"},
       {"iban", "PK36 5CBL 0000 0011 2345 6702",
        "a digit where a letter must stand; position=6; found=5"},
       {"isin", "US0378331004",
        "the check digit does not fit the rest of the number; found=4; expected=5; scheme=isin"},
       {"isin", "ZZ0378331005", "the number does not begin with a country; found=ZZ"},
       {"isin", "US037833100X", "a letter where a digit must stand; position=12; found=X"},
       {"ir-legal-id", "10380284791", "found=1; expected=0; scheme=ir-legal-id"},
       {"ir-legal-id", "۱۰۳۸۰۲۸۴۷۹", "too short; characters=10; expected=11"},
       {"ir-legal-id", "33333333333", "the number is one digit repeated, and no such number"},
       {"ir-national-id", "1111111111",
        "the number is one digit repeated, and no such number is issued; scheme=ir-national-id"},
       {"ir-national-id", "19", "too short; characters=2; expected=10"},
       {"ir-national-id", "0000000018", "found=8; expected=9"},
       {"iso3166-1", "XX", "ISO 3166-1 has no such country; found=XX; scheme=iso3166-1"},
       {"iso3166-1", "XK", "no such country; found=XK"},
       {"iso3166-1", "XKK", "no such country; found=XKK"},
       {"iso3166-1", "364", "a digit where a letter must stand; position=1; found=3"},
       {"iso3166-2", "IR", "too short; characters=2; expected=3"},
       {"iso3166-2", "IR-1111", "too long; characters=6; expected=5"},
       {"iso3166-2", "XX-11", "no such country; found=XX; scheme=iso3166-2"},
       {"unlocode", "IRTH", "too short; characters=4; expected=5"},
       {"unlocode", "IR TH1", "codes of places do not use the digits 0 and 1; position=6; found=1"},
       {"unlocode", "XXTHR", "no such country; found=XX"},
       {"iso4217", "ABC", "ISO 4217 has no such currency; found=ABC; scheme=iso4217"},
       {"iso4217", "CNH", "no such currency"},
       {"iso4217", "US$", "neither digit nor letter; position=3; found=U+0024"},
       {"isic4", "V", "sections of ISIC are A to U; found=V; scheme=isic4"},
       {"isic4", "1", "a digit where a letter must stand"},
       {"isic4", "00", "ISIC Revision 4 has no such division; found=00"},
       {"isic4", "0411", "no such division; found=04"},
       {"isic4", "01121", "too long; characters=5; expected=4"},
       {"isic4", "A01", "a letter where a digit must stand; position=1; found=A"},
       {"hs", "", "too short; characters=0; expected=2"},
       {"hs", "080", "a code of goods has an even number of digits; characters=3; scheme=hs"},
       {"hs", "7701", "the Harmonized System has no such chapter; found=77"},
       {"hs", "00", "no such chapter; found=00"},
       {"hs", "980110", "no such chapter; found=98"},
       {"hs", "0804102000001", "too long; characters=13; expected=12"},
       {"hs", "0804..10",
        "a separator must stand between two characters of the number; position=6"},
       {"pk-ntn", "417494", "too short; characters=6; expected=7"},
       {"pk-ntn", "4174941-33", "too long; characters=9; expected=7"},
       {"pk-ntn", "-4174941", "a separator must stand between two characters"},
       {"pk-ntn", "4174941-",
        "a separator must stand between two characters of the number; position=8"},
       {"pk-cnic", "02345-1234567-1",
        "the first digit stands for a province and must be 1 to 8; found=0; scheme=pk-cnic"},
       {"pk-cnic", "92345-1234567-1", "must be 1 to 8; found=9"},
       {"pk-cnic", "12345-1234567", "too short; characters=12; expected=13"},
       {"pk-cuin", "12345678", "too long; characters=8; expected=7"}}));
  CAPTURE(scheme, text);
  CHECK_THAT(Canonical(Named(scheme), text), StatusIs(absl::StatusCode::kInvalidArgument, message));
}

TEST_CASE("canonical: no number of one digit repeated is Iranian", "[identifier][unit]") {
  for (char digit = '0'; digit <= '9'; ++digit) {
    CAPTURE(digit);
    CHECK_FALSE(Canonical(Scheme::kIranLegalId, std::string(11, digit)).ok());
    CHECK_FALSE(Canonical(Scheme::kIranNationalId, std::string(10, digit)).ok());
  }
}

TEST_CASE("canonical: SchemesOf puts check digits before lists before forms",
          "[identifier][unit]") {
  using enum Scheme;
  using Schemes = std::vector<Scheme>;
  const auto [text, schemes] =
      GENERATE(table<const char*, Schemes>({{"506700GE1G29325QX363", {kLei}},
                                            {"PK36 SCBL 0000 0011 2345 6702", {kIban}},
                                            {"۱۰۳۸۰۲۸۴۷۹۰", {kIranLegalId}},
                                            {"0804102019", {kHarmonizedSystem}},
                                            {"0000000019", {kIranNationalId}},
                                            {"4174941", {kPakistanNtn, kPakistanCuin}},
                                            {"4174941-3", {kHarmonizedSystem, kPakistanNtn}},
                                            {"ALL", {kCurrency, kSubdivision}},
                                            {"IRN", {kCountry, kSubdivision}},
                                            {"IRTHR", {kSubdivision, kUnLocode}},
                                            {"0112", {kIsic4, kHarmonizedSystem}},
                                            {"12345-1234567-1", {kPakistanCnic}},
                                            {"", {}},
                                            {"hello, world", {}}}));
  CAPTURE(text);
  CHECK(SchemesOf(text) == schemes);
}

// What every answer of Canonical must be, whatever was read.
void CheckLaws(const std::string& text) {
  const std::vector<Scheme> accepting = SchemesOf(text);
  for (const Scheme scheme : AllSchemes()) {
    const absl::StatusOr<std::string> canonical = Canonical(scheme, text);
    REQUIRE(canonical.ok() == (std::ranges::count(accepting, scheme) == 1));
    if (!canonical.ok()) {
      REQUIRE(canonical.status().code() == absl::StatusCode::kInvalidArgument);
      continue;
    }
    CAPTURE(SchemeName(scheme), *canonical);
    REQUIRE(std::ranges::all_of(*canonical, [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '-';
    }));
    REQUIRE_OK_AND_ASSIGN(const std::string again, Canonical(scheme, *canonical));
    REQUIRE(again == *canonical);
    REQUIRE_OK_AND_ASSIGN(const std::string read, Canonical(scheme, Printed(scheme, *canonical)));
    REQUIRE(read == *canonical);
  }
}

TEST_CASE("canonical: random bytes are refused or read as themselves", "[identifier][property]") {
  const auto seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  for (int i = 0; i < 10000; ++i) {
    std::string text(random() % 40, '\0');
    for (char& c : text) c = static_cast<char>(random());
    CAPTURE(text);
    CheckLaws(text);
  }
}

TEST_CASE("canonical: altered examples are refused or read as themselves",
          "[identifier][property]") {
  const auto seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  constexpr std::string_view kPieces[] = {
      "0", "7", "9",      "A",    "z",    "-", ".", " ",
      "۳", "٤", "\u200c", "\xe2", "\xdb", "",  "پ", std::string_view("\0", 1)};
  for (int i = 0; i < 10000; ++i) {
    std::string text = kExamples[random() % std::size(kExamples)].written;
    for (size_t changes = random() % 4; changes > 0; --changes) {
      const size_t start = random() % (text.size() + 1);
      text.replace(start, random() % 3, kPieces[random() % std::size(kPieces)]);
    }
    CAPTURE(text);
    CheckLaws(text);
  }
}

TEST_CASE("canonical: Persian and Arabic-Indic digits mean what ASCII digits mean",
          "[identifier][property]") {
  for (const Example& example : kExamples) {
    std::string persian;
    std::string arabic;
    for (const char c : std::string_view(example.canonical)) {
      const bool is_digit = c >= '0' && c <= '9';
      persian +=
          is_digit ? std::string{'\xdb', static_cast<char>(0xb0 + (c - '0'))} : std::string(1, c);
      arabic +=
          is_digit ? std::string{'\xd9', static_cast<char>(0xa0 + (c - '0'))} : std::string(1, c);
    }
    CAPTURE(example.scheme, persian, arabic);
    REQUIRE_OK_AND_ASSIGN(const std::string a, Canonical(Named(example.scheme), persian));
    CHECK(a == example.canonical);
    REQUIRE_OK_AND_ASSIGN(const std::string b, Canonical(Named(example.scheme), arabic));
    CHECK(b == example.canonical);
  }
}

}  // namespace
}  // namespace daftar::identifier
