#include "identifier/places.h"

#include <unicode/uloc.h>

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "identifier/families.h"

namespace daftar::identifier {
namespace {

// ICU counts these as countries; to ISO they are reserved or for private use.
constexpr std::array<std::string_view, 8> kNotOfIso = {"AC", "CP", "CQ", "DG",
                                                       "EA", "IC", "TA", "XK"};

absl::Status CheckCountry(std::string_view country) {
  if (IsCountry(country)) return absl::OkStatus();
  return InvalidArgument("ISO 3166-1 has no such country").With("found", country);
}

}  // namespace

bool IsCountry(std::string_view code) {
  if (std::ranges::find(kNotOfIso, code) != kNotOfIso.end()) return false;
  for (const char* const* country = uloc_getISOCountries(); *country != nullptr; ++country) {
    if (code == *country) return true;
  }
  return false;
}

absl::StatusOr<std::string> CanonicalCountry(const Written& written) {
  if (written.text.size() != 3) {
    DAFTAR_RETURN_IF_ERROR(CheckForm(written, "2a"));
    DAFTAR_RETURN_IF_ERROR(CheckCountry(written.text));
    return written.text;
  }
  DAFTAR_RETURN_IF_ERROR(CheckForm(written, "3a"));
  for (const char* const* country = uloc_getISOCountries(); *country != nullptr; ++country) {
    const std::string locale = absl::StrCat("und_", *country);
    if (written.text == uloc_getISO3Country(locale.c_str()) && IsCountry(*country)) {
      return std::string(*country);
    }
  }
  return InvalidArgument("ISO 3166-1 has no such country").With("found", written.text);
}

absl::StatusOr<std::string> CanonicalSubdivision(const Written& written) {
  const size_t length = written.text.size();
  const std::string_view form = length <= 3 ? "2a1c" : length == 4 ? "2a2c" : "2a3c";
  DAFTAR_RETURN_IF_ERROR(CheckForm(written, form));
  const std::string_view text = written.text;
  DAFTAR_RETURN_IF_ERROR(CheckCountry(text.substr(0, 2)));
  return absl::StrCat(text.substr(0, 2), "-", text.substr(2));
}

absl::StatusOr<std::string> CanonicalUnLocode(const Written& written) {
  DAFTAR_RETURN_IF_ERROR(CheckForm(written, "2a3c"));
  const std::string_view country = std::string_view(written.text).substr(0, 2);
  if (country != "XZ") DAFTAR_RETURN_IF_ERROR(CheckCountry(country));
  if (const size_t i = written.text.find_first_of("01", 2); i != std::string::npos) {
    return InvalidArgument("codes of places do not use the digits 0 and 1")
        .With("position", written.positions[i])
        .With("found", written.text.substr(i, 1));
  }
  return written.text;
}

}  // namespace daftar::identifier
