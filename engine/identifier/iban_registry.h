// The forms of account numbers in an IBAN, by country.
#pragma once

#include <string_view>

namespace daftar::identifier {

// The form of the account number that follows country and check digits, as CheckForm reads it;
// empty when the country has none. Source: SWIFT, IBAN Registry, release 101; IR, which is not in
// it, by the rule of the Central Bank of Iran (shomare-ye sheba: 26 characters, all digits after
// "IR").
std::string_view IbanAccountForm(std::string_view country);

}  // namespace daftar::identifier
