#include "identifier/iban_registry.h"

#include <algorithm>
#include <array>

namespace daftar::identifier {
namespace {

struct CountryForm {
  std::string_view country;
  std::string_view form;
};

// Parts of one kind are joined: where the bank ends and the account begins does not matter here.
constexpr std::array kForms = {
    // clang-format off
    CountryForm{"AD", "8n12c"}, CountryForm{"AE", "19n"}, CountryForm{"AL", "8n16c"},
    CountryForm{"AT", "16n"}, CountryForm{"AZ", "4a20c"}, CountryForm{"BA", "16n"},
    CountryForm{"BE", "12n"}, CountryForm{"BG", "4a6n8c"}, CountryForm{"BH", "4a14c"},
    CountryForm{"BI", "23n"}, CountryForm{"BR", "23n1a1c"}, CountryForm{"BY", "4c4n16c"},
    CountryForm{"CH", "5n12c"}, CountryForm{"CR", "18n"}, CountryForm{"CY", "8n16c"},
    CountryForm{"CZ", "20n"}, CountryForm{"DE", "18n"}, CountryForm{"DJ", "23n"},
    CountryForm{"DK", "14n"}, CountryForm{"DO", "4c20n"}, CountryForm{"EE", "16n"},
    CountryForm{"EG", "25n"}, CountryForm{"ES", "20n"}, CountryForm{"FI", "14n"},
    CountryForm{"FK", "2a12n"}, CountryForm{"FO", "14n"}, CountryForm{"FR", "10n11c2n"},
    CountryForm{"GB", "4a14n"}, CountryForm{"GE", "2a16n"}, CountryForm{"GI", "4a15c"},
    CountryForm{"GL", "14n"}, CountryForm{"GR", "7n16c"}, CountryForm{"GT", "24c"},
    CountryForm{"HN", "4a20n"}, CountryForm{"HR", "17n"}, CountryForm{"HU", "24n"},
    CountryForm{"IE", "4a14n"}, CountryForm{"IL", "19n"}, CountryForm{"IQ", "4a15n"},
    CountryForm{"IR", "22n"}, CountryForm{"IS", "22n"}, CountryForm{"IT", "1a10n12c"},
    CountryForm{"JO", "4a4n18c"}, CountryForm{"KW", "4a22c"}, CountryForm{"KZ", "3n13c"},
    CountryForm{"LB", "4n20c"}, CountryForm{"LC", "4a24c"}, CountryForm{"LI", "5n12c"},
    CountryForm{"LT", "16n"}, CountryForm{"LU", "3n13c"}, CountryForm{"LV", "4a13c"},
    CountryForm{"LY", "21n"}, CountryForm{"MC", "10n11c2n"}, CountryForm{"MD", "20c"},
    CountryForm{"ME", "18n"}, CountryForm{"MK", "3n10c2n"}, CountryForm{"MN", "16n"},
    CountryForm{"MR", "23n"}, CountryForm{"MT", "4a5n18c"}, CountryForm{"MU", "4a19n3a"},
    CountryForm{"NI", "4a20n"}, CountryForm{"NL", "4a10n"}, CountryForm{"NO", "11n"},
    CountryForm{"OM", "3n16c"}, CountryForm{"PK", "4a16c"}, CountryForm{"PL", "24n"},
    CountryForm{"PS", "4a21c"}, CountryForm{"PT", "21n"}, CountryForm{"QA", "4a21c"},
    CountryForm{"RO", "4a16c"}, CountryForm{"RS", "18n"}, CountryForm{"RU", "14n15c"},
    CountryForm{"SA", "2n18c"}, CountryForm{"SC", "4a20n3a"}, CountryForm{"SD", "14n"},
    CountryForm{"SE", "20n"}, CountryForm{"SI", "15n"}, CountryForm{"SK", "20n"},
    CountryForm{"SM", "1a10n12c"}, CountryForm{"SO", "19n"}, CountryForm{"ST", "21n"},
    CountryForm{"SV", "4a20n"}, CountryForm{"TL", "19n"}, CountryForm{"TN", "20n"},
    CountryForm{"TR", "6n16c"}, CountryForm{"UA", "6n19c"}, CountryForm{"VA", "18n"},
    CountryForm{"VG", "4a16n"}, CountryForm{"XK", "16n"}, CountryForm{"YE", "4a4n18c"},
    // clang-format on
};
static_assert(std::ranges::is_sorted(kForms, {}, &CountryForm::country));

}  // namespace

std::string_view IbanAccountForm(std::string_view country) {
  const auto found = std::ranges::lower_bound(kForms, country, {}, &CountryForm::country);
  return found != kForms.end() && found->country == country ? found->form : std::string_view();
}

}  // namespace daftar::identifier
