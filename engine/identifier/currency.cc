#include "identifier/currency.h"

#include <unicode/ucurr.h>
#include <unicode/ures.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/status.h"
#include "identifier/families.h"

namespace daftar::identifier {
namespace {

constexpr int64_t kAlways = std::numeric_limits<int64_t>::min();
constexpr int64_t kNever = std::numeric_limits<int64_t>::max();
constexpr int64_t kMillisPerDay = 86'400'000;

// The time in which a country used a currency: from `from` until just before `to`, in milliseconds
// since 1970-01-01.
struct Use {
  std::string code;
  int64_t from = kAlways;
  int64_t to = kNever;
};

// What ICU 72 does not know yet or has a day off, in days since 1970-01-01; it takes the place of
// what ICU says of the code. Source: amendments of ISO 4217 and the laws behind them.
struct Amendment {
  std::string_view code;
  int64_t from;
  int64_t to;
};
constexpr std::array kAmendments = {Amendment{"ANG", -10828, 20269},    // 1940-05-10 to 2025-06-30
                                    Amendment{"BGN", 10777, 20484},     // 1999-07-05 to 2026-01-31
                                    Amendment{"CUC", 8766, 18808},      // 1994-01-01 to 2021-06-30
                                    Amendment{"VED", 18901, kNever},    // from 2021-10-01
                                    Amendment{"XAD", kAlways, kNever},  // a unit of account
                                    Amendment{"XCG", 20178, kNever},    // from 2025-03-31
                                    Amendment{"ZWG", 19821, kNever}};   // from 2024-04-08

// Where the digits that ICU gives, those in use, are not those of the standard.
constexpr std::array<std::string_view, 12> kTwoDigits = {"AFN", "ALL", "IRR", "KPW", "LAK", "LBP",
                                                         "MGA", "MMK", "RSD", "SOS", "SYP", "YER"};
constexpr std::array<std::string_view, 13> kNoDigits = {
    "XAG", "XAU", "XBA", "XBB", "XBC", "XBD", "XDR", "XPD", "XPT", "XSU", "XTS", "XUA", "XXX"};

// Withdrawn codes that ICU leaves out, or has without their number.
constexpr std::array<std::string_view, 21> kWithdrawn = {
    "ARY", "AYM", "BGJ", "BGK", "CHC", "CSJ", "GHP", "GNE", "LAJ", "LSM", "MVQ",
    "PEH", "ROK", "UGW", "UYN", "VNC", "XFO", "XFU", "XRE", "ZWC", "ZWN"};

bool Contains(const auto& codes, std::string_view code) {
  return std::ranges::find(codes, code) != codes.end();
}

const Amendment* FindAmendment(std::string_view code) {
  const auto found = std::ranges::find(kAmendments, code, &Amendment::code);
  return found == kAmendments.end() ? nullptr : &*found;
}

std::array<UChar, 4> ToIcu(std::string_view code) {
  std::array<UChar, 4> out{};
  std::ranges::copy(code, out.begin());
  return out;
}

struct CloseBundle {
  void operator()(UResourceBundle* bundle) const { ures_close(bundle); }
};
using Bundle = std::unique_ptr<UResourceBundle, CloseBundle>;

// A time of ICU's tables: two integers of 32 bits, the higher first; `absent` when there is none.
int64_t TimeOf(const UResourceBundle* entry, const char* key, int64_t absent) {
  UErrorCode error = U_ZERO_ERROR;
  const Bundle time(ures_getByKey(entry, key, nullptr, &error));
  int32_t size = 0;
  const int32_t* words = ures_getIntVector(time.get(), &size, &error);
  if (U_FAILURE(error) != 0 || size != 2) return absent;
  const uint64_t high = static_cast<uint32_t>(words[0]);
  return static_cast<int64_t>(high << 32 | static_cast<uint32_t>(words[1]));
}

// Reads the table behind ucurr_isAvailable, which itself keeps one country for each currency and so
// denies that GBP is in use.
std::vector<Use> ReadUses() {
  UErrorCode error = U_ZERO_ERROR;
  const Bundle data(ures_openDirect(U_ICUDATA_NAME "-curr", "supplementalData", &error));
  const Bundle map(ures_getByKey(data.get(), "CurrencyMap", nullptr, &error));
  std::vector<Use> uses;
  for (int32_t i = 0; U_SUCCESS(error) != 0 && i < ures_getSize(map.get()); ++i) {
    const Bundle country(ures_getByIndex(map.get(), i, nullptr, &error));
    for (int32_t j = 0; U_SUCCESS(error) != 0 && j < ures_getSize(country.get()); ++j) {
      const Bundle entry(ures_getByIndex(country.get(), j, nullptr, &error));
      int32_t length = 0;
      const UChar* id = ures_getStringByKey(entry.get(), "id", &length, &error);
      if (U_FAILURE(error) != 0) break;
      uses.push_back({std::string(id, id + length), TimeOf(entry.get(), "from", kAlways),
                      TimeOf(entry.get(), "to", kNever)});
    }
  }
  DAFTAR_CHECK(U_SUCCESS(error) != 0 && !uses.empty());  // ICU is linked with its data.
  return uses;
}

const std::vector<Use>& Uses() {
  static const std::vector<Use> uses = ReadUses();
  return uses;
}

}  // namespace

bool IsCurrency(std::string_view code) {
  if (code.size() != 3 || !std::ranges::all_of(code, [](char c) { return c >= 'A' && c <= 'Z'; })) {
    return false;
  }
  // Codes that CLDR has and the standard has not, such as CNH, have no number.
  return FindAmendment(code) != nullptr || Contains(kWithdrawn, code) ||
         ucurr_getNumericCode(ToIcu(code).data()) != 0;
}

bool CurrencyInUse(std::string_view code, Date day) {
  if (!IsCurrency(code)) return false;
  if (const Amendment* amendment = FindAmendment(code)) {
    return amendment->from <= day.days && day.days <= amendment->to;
  }
  const int64_t start = day.days * kMillisPerDay;
  return std::ranges::any_of(Uses(), [&](const Use& use) {
    return use.code == code && use.from < start + kMillisPerDay && start < use.to;
  });
}

std::optional<int> MinorUnits(std::string_view code) {
  if (!IsCurrency(code) || Contains(kNoDigits, code) || Contains(kWithdrawn, code)) {
    return std::nullopt;
  }
  if (Contains(kTwoDigits, code)) return 2;
  if (code == "IQD") return 3;
  UErrorCode error = U_ZERO_ERROR;
  const int32_t digits = ucurr_getDefaultFractionDigits(ToIcu(code).data(), &error);
  if (U_FAILURE(error) != 0) return std::nullopt;
  return digits;
}

absl::StatusOr<std::string> CanonicalCurrency(const Written& written) {
  DAFTAR_RETURN_IF_ERROR(CheckForm(written, "3a"));
  if (IsCurrency(written.text)) return written.text;
  return InvalidArgument("ISO 4217 has no such currency").With("found", written.text);
}

}  // namespace daftar::identifier
