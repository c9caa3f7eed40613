#include "identifier/scheme.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace daftar::identifier {
namespace {

struct Description {
  Scheme scheme;
  std::string_view name;
  Evidence evidence;
};

// In the order of Scheme, which is that of the evidence.
constexpr std::array kDescriptions = {
    Description{Scheme::kLei, "lei", Evidence::kTwoCheckDigits},
    Description{Scheme::kIban, "iban", Evidence::kTwoCheckDigits},
    Description{Scheme::kIsin, "isin", Evidence::kCheckDigit},
    Description{Scheme::kIranLegalId, "ir-legal-id", Evidence::kCheckDigit},
    Description{Scheme::kIranNationalId, "ir-national-id", Evidence::kCheckDigit},
    Description{Scheme::kCountry, "iso3166-1", Evidence::kList},
    Description{Scheme::kCurrency, "iso4217", Evidence::kList},
    Description{Scheme::kSubdivision, "iso3166-2", Evidence::kList},
    Description{Scheme::kUnLocode, "unlocode", Evidence::kList},
    Description{Scheme::kIsic4, "isic4", Evidence::kList},
    Description{Scheme::kHarmonizedSystem, "hs", Evidence::kList},
    Description{Scheme::kPakistanCnic, "pk-cnic", Evidence::kForm},
    Description{Scheme::kPakistanNtn, "pk-ntn", Evidence::kForm},
    Description{Scheme::kPakistanCuin, "pk-cuin", Evidence::kForm},
};

constexpr auto kSchemes = [] {
  std::array<Scheme, kDescriptions.size()> schemes{};
  std::ranges::transform(kDescriptions, schemes.begin(), &Description::scheme);
  return schemes;
}();

constexpr bool InOrder() {
  for (size_t i = 0; i < kDescriptions.size(); ++i) {
    if (kDescriptions[i].scheme != static_cast<Scheme>(i)) return false;
    if (i > 0 && kDescriptions[i - 1].evidence < kDescriptions[i].evidence) return false;
  }
  return true;
}
static_assert(InOrder());

const Description& Describe(Scheme scheme) { return kDescriptions[static_cast<size_t>(scheme)]; }

}  // namespace

std::span<const Scheme> AllSchemes() { return kSchemes; }

std::string_view SchemeName(Scheme scheme) { return Describe(scheme).name; }

std::optional<Scheme> FindScheme(std::string_view name) {
  const auto found = std::ranges::find(kDescriptions, name, &Description::name);
  if (found == kDescriptions.end()) return std::nullopt;
  return found->scheme;
}

Evidence EvidenceOf(Scheme scheme) { return Describe(scheme).evidence; }

}  // namespace daftar::identifier
