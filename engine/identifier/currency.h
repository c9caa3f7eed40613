// Currencies of ISO 4217 on a date, and their minor units.
//
// ICU's tables carry the days on which each currency was money somewhere. What the standard
// changed after the oldest ICU that Daftar is built with (72, of 2022) stands in currency.cc.
#pragma once

#include <optional>
#include <string_view>

#include "daftar/value.h"

namespace daftar::identifier {

// Whether ISO 4217 has or had the code, in upper case.
bool IsCurrency(std::string_view code);

// Whether the currency was money anywhere on that day. Units such as gold (XAU) always are. Source:
// CLDR through ICU, which follows when a currency could be paid with, not when the standard listed
// it: El Salvador's colon (SVC), listed still, ended in 2001. False for an unknown code, and for
// some withdrawn long ago (ZWN, GHP) whose days ICU does not have.
bool CurrencyInUse(std::string_view code, Date day);

// The digits after the point that ISO 4217 gives a currency: 2 for IRR, of which ICU says 0 because
// nobody writes them. Nothing for units without any, such as XAU, and for unknown codes. The
// standard gives none for currencies of the past: those in ICU have what was customary.
std::optional<int> MinorUnits(std::string_view code);

}  // namespace daftar::identifier
