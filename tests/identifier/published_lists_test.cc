// Whole code lists: every code in them is accepted, and where a list is complete, no other.
#include <catch2/catch_test_macros.hpp>
#include <set>

#include "absl/strings/str_cat.h"
#include "identifier/canonical.h"
#include "identifier/currency.h"
#include "identifier/separated_file.h"
#include "support/test_data.h"

namespace daftar::identifier {
namespace {

using Rows = std::vector<std::map<std::string, std::string>>;

Rows ReadList(const char* folder, const char* name) {
  const std::filesystem::path path = testing::SharedData(folder);
  DAFTAR_REQUIRE_FOLDER(path);
  return testing::ReadRows(path / name, ',');
}

void CheckAccepted(Scheme scheme, const std::string& code) {
  CAPTURE(SchemeName(scheme), code);
  const absl::StatusOr<std::string> canonical = Canonical(scheme, code);
  CAPTURE(canonical.status().ToString());
  REQUIRE(canonical.ok());
  REQUIRE(*canonical == code);
}

std::string Letters(int number, int length) {
  std::string text;
  for (; length > 0; --length, number /= 26) text += static_cast<char>('A' + number % 26);
  return text;
}

TEST_CASE("published lists: countries are those of ISO 3166-1", "[identifier][vectors]") {
  std::map<std::string, std::string> alpha3;
  for (const auto& row : ReadList("country-codes", "country-codes.csv")) {
    alpha3[row.at("ISO3166-1-Alpha-3")] = row.at("ISO3166-1-Alpha-2");
    CheckAccepted(Scheme::kCountry, row.at("ISO3166-1-Alpha-2"));
  }
  CHECK(alpha3.size() == 249);
  size_t countries = 0;
  for (int i = 0; i < 26 * 26; ++i) countries += Canonical(Scheme::kCountry, Letters(i, 2)).ok();
  CHECK(countries == alpha3.size());
  for (int i = 0; i < 26 * 26 * 26; ++i) {
    const std::string code = Letters(i, 3);
    const auto found = alpha3.find(code);
    CAPTURE(code);
    const std::string read = Canonical(Scheme::kCountry, code).value_or("");
    if (read != (found == alpha3.end() ? "" : found->second)) FAIL_CHECK(read);
  }
}

TEST_CASE("published lists: currencies are those of ISO 4217", "[identifier][vectors]") {
  constexpr int32_t kDay = 20507;  // 2026-02-23
  std::set<std::string> known;
  std::set<std::string> current;
  for (const auto& row : ReadList("currency-codes", "codes-all.csv")) {
    const std::string& code = row.at("AlphabeticCode");
    if (code.empty()) continue;
    known.insert(code);
    CheckAccepted(Scheme::kCurrency, code);
    if (!row.at("WithdrawalDate").empty()) continue;
    current.insert(code);
    const std::optional<int> digits = MinorUnits(code);
    CAPTURE(code);
    CHECK((digits ? absl::StrCat(*digits) : "-") == row.at("MinorUnit"));
  }
  std::set<std::string> in_use;
  for (int i = 0; i < 26 * 26 * 26; ++i) {
    const std::string code = Letters(i, 3);
    if (IsCurrency(code) != known.contains(code)) FAIL_CHECK(code);
    if (CurrencyInUse(code, Date{kDay})) in_use.insert(code);
  }
  in_use.insert("SVC");  // Listed by the standard, not in use: see CurrencyInUse.
  CHECK(in_use == current);
}

TEST_CASE("published lists: activities are those of ISIC Revision 4", "[identifier][vectors]") {
  std::set<std::string> high;  // sections and divisions
  for (const auto& row : ReadList("isic-rev4", "isic-rev4.csv")) {
    CheckAccepted(Scheme::kIsic4, row.at("code"));
    if (row.at("level") == "section" || row.at("level") == "division") high.insert(row.at("code"));
  }
  CHECK(high.size() == 21 + 88);
  size_t accepted = 0;
  for (int i = 0; i < 26; ++i) accepted += Canonical(Scheme::kIsic4, Letters(i, 1)).ok();
  for (int i = 0; i < 100; ++i) {
    accepted += Canonical(Scheme::kIsic4, absl::StrCat(absl::Dec(i, absl::kZeroPad2))).ok();
  }
  CHECK(accepted == high.size());
}

TEST_CASE("published lists: goods of the Harmonized System", "[identifier][vectors]") {
  std::set<std::string> chapters;
  for (const auto& row : ReadList("harmonized-system", "harmonized-system.csv")) {
    const std::string& code = row.at("hscode");
    // "TOTAL" and what trade statistics put under 99 are not of the System.
    if (code.starts_with("T") || code.starts_with("99")) continue;
    chapters.insert(code.substr(0, 2));
    CheckAccepted(Scheme::kHarmonizedSystem, code);
  }
  CHECK(chapters.size() == 96);
  size_t accepted = 0;
  for (int i = 0; i < 100; ++i) {
    accepted +=
        Canonical(Scheme::kHarmonizedSystem, absl::StrCat(absl::Dec(i, absl::kZeroPad2))).ok();
  }
  CHECK(accepted == chapters.size());
}

TEST_CASE("published lists: places and subdivisions", "[identifier][vectors]") {
  for (const auto& row : ReadList("un-locode", "iran-pakistan.csv")) {
    CheckAccepted(Scheme::kUnLocode, row.at("country") + row.at("location"));
  }
  for (const auto& row : ReadList("un-locode-aux", "subdivision-codes.csv")) {
    CheckAccepted(Scheme::kSubdivision, row.at("SUCountry") + "-" + row.at("SUCode"));
  }
}

}  // namespace
}  // namespace daftar::identifier
