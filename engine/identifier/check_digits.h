// Check digits: what the schemes compute from the rest of a number.
//
// Digits stand for themselves and A to Z for 10 to 35. Requires, everywhere: ASCII digits only, or
// digits and upper-case letters where it says "characters".
#pragma once

#include <string>
#include <string_view>

namespace daftar::identifier {

// The two check digits that belong behind `characters`: "02" to "98", so that the number made of
// all digits leaves the remainder 1 when divided by 97. Source: ISO 7064, MOD 97-10, as ISO 17442
// and ISO 13616 use it.
std::string Mod97CheckDigits(std::string_view characters);

// The check digit that belongs behind `characters`, each letter written as its two digits; every
// other digit is doubled, from the last one on. Source: ISO 6166, "modulus 10, double add double"
// (Luhn).
char LuhnCheckDigit(std::string_view characters);

// The eleventh digit of a shenase melli: the sum of (digit + tenth digit + 2) times
// 29, 27, 23, 19, 17 and so again, modulo 11, and 0 for 10. Source: the rule as Iranian software
// publishes it (python-stdnum, persian-tools); the authority prints none. Requires: 10 digits.
char IranLegalIdCheckDigit(std::string_view digits);

// The tenth digit of a kod-e melli: the sum of digits times 10, 9, … 2 modulo 11 when that is 0 or
// 1, else 11 less it. Source: as above. Requires: 9 digits.
char IranNationalIdCheckDigit(std::string_view digits);

}  // namespace daftar::identifier
