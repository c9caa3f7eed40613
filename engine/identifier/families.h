// The canonical form within each scheme, given what was written. The way in is canonical.h.
//
// Each function gives the canonical form or InvalidArgument with what is wrong, and names the
// source of its rule.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "identifier/written.h"

namespace daftar::identifier {

// 18 letters or digits and 2 check digits. Source: ISO 17442; ISO 7064 MOD 97-10.
absl::StatusOr<std::string> CanonicalLei(const Written& written);

// Country, 2 check digits, and an account number of the form that the country has. Source:
// ISO 13616, its registry of forms, ISO 7064 MOD 97-10.
absl::StatusOr<std::string> CanonicalIban(const Written& written);

// Country, 9 letters or digits and a check digit. The country is one of ISO 3166-1 or a code that
// numbering agencies use besides. Source: ISO 6166.
absl::StatusOr<std::string> CanonicalIsin(const Written& written);

// 11 digits, the last a check digit. Numbers of one digit repeated, of which 33333333333 would fit,
// are what forms are filled with, and refused. Source: see IranLegalIdCheckDigit.
absl::StatusOr<std::string> CanonicalIranLegalId(const Written& written);

// 10 digits, the last a check digit. Numbers of one digit repeated, which all fit, are refused.
// Leading zeros are part of the number. Source: see IranNationalIdCheckDigit.
absl::StatusOr<std::string> CanonicalIranNationalId(const Written& written);

// Alpha-2, also read from alpha-3. Source: ISO 3166-1 as ICU has it.
absl::StatusOr<std::string> CanonicalCountry(const Written& written);

// A country and 1 to 3 letters or digits, with a hyphen: "IR-11". Whether the country has such a
// subdivision is not checked. Source: ISO 3166-2.
absl::StatusOr<std::string> CanonicalSubdivision(const Written& written);

// A country, or XZ for waters of none, and 3 letters or digits 2 to 9: "IRTHR". Whether the place
// is listed is not checked. Source: UNECE Recommendation 16.
absl::StatusOr<std::string> CanonicalUnLocode(const Written& written);

// A code that ISO 4217 has or had. Source: ICU's list with what came after it, see currency.cc.
absl::StatusOr<std::string> CanonicalCurrency(const Written& written);

// A section's letter A to U, or a division, group or class: 2, 3 or 4 digits of which the first two
// are a division that exists. Whether the group or class exists is not checked. Source: United
// Nations, ISIC Revision 4.
absl::StatusOr<std::string> CanonicalIsic4(const Written& written);

// A chapter, heading or subheading: 2, 4 or 6 digits, chapters 01 to 97 without 77, which is kept
// free. Countries add digits to 8, 10 or 12 in all, and chapters 98 and 99 of their own. Whether
// the heading exists is not checked. Source: World Customs Organization, Harmonized System.
absl::StatusOr<std::string> CanonicalHarmonizedSystem(const Written& written);

// 13 digits of which the first, the province, is 1 to 8. No rule for a check digit is published and
// none is checked. Source: NADRA's numbering as it is described in public.
absl::StatusOr<std::string> CanonicalPakistanCnic(const Written& written);

// 7 digits, or 8 with a check digit. The rule of that digit is not published, so any digit is
// taken, and kept: the same number with and without it has two canonical forms, and one is the
// beginning of the other. Source: org-id.guide, list PK-NTN.
absl::StatusOr<std::string> CanonicalPakistanNtn(const Written& written);

// 7 digits, leading zeros among them. It has no check digit that is known of. Source: the numbers
// that the Securities and Exchange Commission of Pakistan prints.
absl::StatusOr<std::string> CanonicalPakistanCuin(const Written& written);

}  // namespace daftar::identifier
