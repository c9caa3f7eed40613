// Currencies of ISO 4217 on a date, and their minor units.
//
// ICU's tables carry the days on which each currency was money somewhere. What the standard
// changed after the oldest ICU that Daftar is built with (72, of 2022) stands in currency.cc.
#pragma once

#include <optional>
#include <string_view>

#include "daftar/value.h"

namespace daftar::identifier {

// Whether ISO 4217 has or had the code, in upper case. Codes withdrawn before about 1990, and three
// units of account that had no number, are not known.
bool IsCurrency(std::string_view code);

// Whether the currency was money anywhere on that day. Units such as gold (XAU) always are. Source:
// CLDR through ICU, which follows when a currency could be paid with, not when the standard listed
// it: El Salvador's colón (SVC), listed still, ended in 2001. False for an unknown code.
bool CurrencyInUse(std::string_view code, Date day);

// The digits after the point that ISO 4217 gives a currency: 2 for IRR, of which ICU says 0 because
// nobody writes them. Nothing for units without any, such as XAU, and for unknown codes. For
// currencies of the past, which the standard lists without, what was written.
std::optional<int> MinorUnits(std::string_view code);

}  // namespace daftar::identifier
