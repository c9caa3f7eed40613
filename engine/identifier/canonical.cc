#include "identifier/canonical.h"

#include <algorithm>
#include <initializer_list>

#include "base/status.h"
#include "identifier/families.h"

namespace daftar::identifier {
namespace {

absl::StatusOr<std::string> CanonicalOf(Scheme scheme, const Written& written) {
  switch (scheme) {
    case Scheme::kLei:
      return CanonicalLei(written);
    case Scheme::kIban:
      return CanonicalIban(written);
    case Scheme::kIsin:
      return CanonicalIsin(written);
    case Scheme::kIranLegalId:
      return CanonicalIranLegalId(written);
    case Scheme::kIranNationalId:
      return CanonicalIranNationalId(written);
    case Scheme::kCountry:
      return CanonicalCountry(written);
    case Scheme::kCurrency:
      return CanonicalCurrency(written);
    case Scheme::kSubdivision:
      return CanonicalSubdivision(written);
    case Scheme::kUnLocode:
      return CanonicalUnLocode(written);
    case Scheme::kIsic4:
      return CanonicalIsic4(written);
    case Scheme::kHarmonizedSystem:
      return CanonicalHarmonizedSystem(written);
    case Scheme::kPakistanCnic:
      return CanonicalPakistanCnic(written);
    case Scheme::kPakistanNtn:
      return CanonicalPakistanNtn(written);
    case Scheme::kPakistanCuin:
      return CanonicalPakistanCuin(written);
  }
  return Internal("there is no such scheme");
}

// Parts of those lengths, the last length repeated, with `separator` between them.
std::string Grouped(std::string_view text, std::initializer_list<size_t> lengths, char separator) {
  std::string out;
  for (const size_t* length = lengths.begin(); !text.empty();) {
    if (!out.empty()) out += separator;
    out += text.substr(0, *length);
    text.remove_prefix(std::min(*length, text.size()));
    if (length + 1 != lengths.end()) ++length;
  }
  return out;
}

}  // namespace

absl::StatusOr<std::string> Canonical(Scheme scheme, std::string_view text) {
  const absl::StatusOr<Written> written = ReadWritten(text);
  if (!written.ok()) return WithContext(written.status(), "scheme", SchemeName(scheme));
  absl::StatusOr<std::string> canonical = CanonicalOf(scheme, *written);
  if (!canonical.ok()) return WithContext(canonical.status(), "scheme", SchemeName(scheme));
  return canonical;
}

std::string Printed(Scheme scheme, std::string_view canonical) {
  switch (scheme) {
    case Scheme::kIban:
      return Grouped(canonical, {4}, ' ');
    case Scheme::kIranNationalId:
      return Grouped(canonical, {3, 6, 1}, '-');
    case Scheme::kPakistanCnic:
      return Grouped(canonical, {5, 7, 1}, '-');
    case Scheme::kPakistanNtn:
      return Grouped(canonical, {7, 1}, '-');
    case Scheme::kUnLocode:
      return Grouped(canonical, {2, 3}, ' ');
    case Scheme::kHarmonizedSystem:
      if (canonical.size() <= 4) return Grouped(canonical, {2}, '.');
      return Grouped(canonical, {4, 2}, '.');
    case Scheme::kLei:
    case Scheme::kIsin:
    case Scheme::kIranLegalId:
    case Scheme::kCountry:
    case Scheme::kCurrency:
    case Scheme::kSubdivision:
    case Scheme::kIsic4:
    case Scheme::kPakistanCuin:
      break;
  }
  return std::string(canonical);
}

std::vector<Scheme> SchemesOf(std::string_view text) {
  std::vector<Scheme> schemes;
  const absl::StatusOr<Written> written = ReadWritten(text);
  if (!written.ok()) return schemes;
  for (const Scheme scheme : AllSchemes()) {
    if (CanonicalOf(scheme, *written).ok()) schemes.push_back(scheme);
  }
  return schemes;
}

}  // namespace daftar::identifier
