#include "identifier/scheme.h"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

namespace daftar::identifier {
namespace {

TEST_CASE("scheme: names are these and find their scheme", "[identifier][format]") {
  const std::vector<std::string> expected = {
      "lei",       "iban",     "isin",  "ir-legal-id", "ir-national-id", "iso3166-1", "iso4217",
      "iso3166-2", "unlocode", "isic4", "hs",          "pk-cnic",        "pk-ntn",    "pk-cuin"};
  std::vector<std::string> names;
  for (const Scheme scheme : AllSchemes()) {
    names.emplace_back(SchemeName(scheme));
    CHECK(FindScheme(SchemeName(scheme)) == scheme);
  }
  CHECK(names == expected);
}

TEST_CASE("scheme: FindScheme finds nothing under another name", "[identifier][unit]") {
  CHECK(FindScheme("") == std::nullopt);
  CHECK(FindScheme("LEI") == std::nullopt);
  CHECK(FindScheme("lei ") == std::nullopt);
  CHECK(FindScheme("iso") == std::nullopt);
}

TEST_CASE("scheme: AllSchemes has the stronger evidence first", "[identifier][unit]") {
  for (size_t i = 1; i < AllSchemes().size(); ++i) {
    CHECK(EvidenceOf(AllSchemes()[i - 1]) >= EvidenceOf(AllSchemes()[i]));
  }
  CHECK(EvidenceOf(Scheme::kLei) == Evidence::kTwoCheckDigits);
  CHECK(EvidenceOf(Scheme::kIranNationalId) == Evidence::kCheckDigit);
  CHECK(EvidenceOf(Scheme::kCurrency) == Evidence::kList);
  CHECK(EvidenceOf(Scheme::kPakistanNtn) == Evidence::kForm);
}

}  // namespace
}  // namespace daftar::identifier
