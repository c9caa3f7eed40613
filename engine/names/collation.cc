#include "names/collation.h"

#include <unicode/coll.h>
#include <unicode/locid.h>

#include <array>
#include <string>

#include "absl/strings/str_join.h"
#include "base/status.h"

namespace daftar::names {
namespace {

constexpr std::array<std::string_view, 3> kNames = {"persian", "urdu", "arabic"};
constexpr std::array<const char*, kNames.size()> kLocales = {"fa", "ur", "ar"};

class IcuCollation final : public Collation {
 public:
  explicit IcuCollation(std::unique_ptr<icu::Collator> collator) : collator_(std::move(collator)) {}

  int Compare(std::string_view a, std::string_view b) const override {
    UErrorCode error = U_ZERO_ERROR;
    return collator_->compareUTF8({a.data(), static_cast<int32_t>(a.size())},
                                  {b.data(), static_cast<int32_t>(b.size())}, error);
  }

 private:
  const std::unique_ptr<icu::Collator> collator_;
};

}  // namespace

std::span<const std::string_view> Collation::Names() { return kNames; }

absl::StatusOr<std::unique_ptr<Collation>> Collation::Create(std::string_view name) {
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] != name) continue;
    UErrorCode error = U_ZERO_ERROR;
    std::unique_ptr<icu::Collator> collator(
        icu::Collator::createInstance(icu::Locale(kLocales[i]), error));
    // A warning says that the language is ordered as all others are by default.
    if (error != U_ZERO_ERROR || collator == nullptr) {
      return Unavailable("ICU has no order of the language; install its data")
          .With("collation", name)
          .With("locale", kLocales[i])
          .With("cause", u_errorName(error));
    }
    return std::unique_ptr<Collation>(std::make_unique<IcuCollation>(std::move(collator)));
  }
  return NotFound("no such collation")
      .With("name", name)
      .With("collations", absl::StrJoin(kNames, ", "));
}

}  // namespace daftar::names
