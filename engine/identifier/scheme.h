// The number and code schemes that a registry meets.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace daftar::identifier {

enum class Scheme : uint8_t {
  kLei,               // "lei": legal entity identifier, ISO 17442
  kIban,              // "iban": international bank account number, ISO 13616
  kIsin,              // "isin": international securities identification number, ISO 6166
  kIranLegalId,       // "ir-legal-id": shenase melli, Iranian legal entities
  kIranNationalId,    // "ir-national-id": kod-e melli, Iranian persons
  kCountry,           // "iso3166-1": alpha-2 country codes
  kCurrency,          // "iso4217": alphabetic currency codes
  kSubdivision,       // "iso3166-2": codes of provinces and the like
  kUnLocode,          // "unlocode": places of trade and transport, UNECE Recommendation 16
  kIsic4,             // "isic4": economic activities, ISIC Revision 4
  kHarmonizedSystem,  // "hs": goods, Harmonized System of the World Customs Organization
  kPakistanCnic,      // "pk-cnic": identity card numbers of Pakistan
  kPakistanNtn,       // "pk-ntn": tax numbers of Pakistan
  kPakistanCuin,      // "pk-cuin": company numbers of Pakistan
};

// How much it says that a scheme accepts a text, weakest first.
enum class Evidence : uint8_t {
  kForm,            // Length and kinds of characters fit.
  kList,            // The code, or the country, division or chapter that it begins with, exists.
  kCheckDigit,      // About one wrong number in ten or eleven would have passed.
  kTwoCheckDigits,  // One in ninety-seven.
};

// All schemes, those with the stronger evidence first.
std::span<const Scheme> AllSchemes();

// The name under which a scheme is stored; it never changes.
std::string_view SchemeName(Scheme scheme);

// The scheme of that name, or nothing.
std::optional<Scheme> FindScheme(std::string_view name);

Evidence EvidenceOf(Scheme scheme);

}  // namespace daftar::identifier
