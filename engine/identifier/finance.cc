// Numbers of international standards: legal entities, accounts, securities.
#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "identifier/check_digits.h"
#include "identifier/families.h"
#include "identifier/iban_registry.h"
#include "identifier/places.h"

namespace daftar::identifier {
namespace {

// What stands in the place of a country: international securities (XS), the European Union, swaps
// and the like (EZ), substitute agencies, Kosovo, and two countries that are no more but whose
// numbers live on.
constexpr std::array<std::string_view, 13> kIsinPrefixes = {
    "AN", "CS", "EU", "EZ", "QS", "QT", "XA", "XB", "XC", "XD", "XF", "XK", "XS"};

}  // namespace

absl::StatusOr<std::string> CanonicalLei(const Written& written) {
  DAFTAR_RETURN_IF_ERROR(CheckForm(written, "18c2n"));
  const std::string_view text = written.text;
  DAFTAR_RETURN_IF_ERROR(CheckEnd(written, Mod97CheckDigits(text.substr(0, 18))));
  return written.text;
}

absl::StatusOr<std::string> CanonicalIban(const Written& written) {
  const std::string_view text = written.text;
  const std::string_view country = text.substr(0, 2);
  const std::string_view form = IbanAccountForm(country);
  if (form.empty()) {
    return InvalidArgument("the number does not begin with a country that issues IBANs")
        .With("found", country);
  }
  DAFTAR_RETURN_IF_ERROR(CheckForm(written, absl::StrCat("2a2n", form)));
  const std::string expected = Mod97CheckDigits(absl::StrCat(text.substr(4), country));
  if (text.substr(2, 2) != expected) {
    return InvalidArgument("the check digits do not fit the rest of the number")
        .With("found", text.substr(2, 2))
        .With("expected", expected);
  }
  return written.text;
}

absl::StatusOr<std::string> CanonicalIsin(const Written& written) {
  DAFTAR_RETURN_IF_ERROR(CheckForm(written, "2a9c1n"));
  const std::string_view text = written.text;
  const std::string_view country = text.substr(0, 2);
  if (!IsCountry(country) && std::ranges::find(kIsinPrefixes, country) == kIsinPrefixes.end()) {
    return InvalidArgument("the number does not begin with a country").With("found", country);
  }
  const char expected = LuhnCheckDigit(text.substr(0, 11));
  DAFTAR_RETURN_IF_ERROR(CheckEnd(written, std::string_view(&expected, 1)));
  return written.text;
}

}  // namespace daftar::identifier
