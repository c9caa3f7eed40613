// Classifications of activities and goods.
#include <algorithm>
#include <array>
#include <string_view>

#include "base/status.h"
#include "identifier/families.h"

namespace daftar::identifier {
namespace {

// Numbers from 01 to 99 that ISIC Revision 4 leaves free between its divisions.
constexpr std::array<std::string_view, 11> kNoDivisions = {"04", "34", "40", "44", "48", "54",
                                                           "57", "67", "76", "83", "89"};

bool IsDivision(std::string_view digits) {
  return digits != "00" && std::ranges::find(kNoDivisions, digits) == kNoDivisions.end();
}

}  // namespace

absl::StatusOr<std::string> CanonicalIsic4(const Written& written) {
  const std::string_view text = written.text;
  if (text.size() == 1) {
    DAFTAR_RETURN_IF_ERROR(CheckForm(written, "1a"));
    if (text[0] <= 'U') return written.text;
    return InvalidArgument("sections of ISIC are A to U").With("found", text);
  }
  DAFTAR_RETURN_IF_ERROR(CheckForm(written, text.size() <= 2   ? "2n"
                                            : text.size() == 3 ? "3n"
                                                               : "4n"));
  if (!IsDivision(text.substr(0, 2))) {
    return InvalidArgument("ISIC Revision 4 has no such division").With("found", text.substr(0, 2));
  }
  return written.text;
}

absl::StatusOr<std::string> CanonicalHarmonizedSystem(const Written& written) {
  const std::string_view text = written.text;
  constexpr std::array<std::string_view, 6> kForms = {"2n", "4n", "6n", "8n", "10n", "12n"};
  const size_t form = std::clamp<size_t>(text.size(), 2, 12) / 2 - 1;
  if (text.size() % 2 != 0 && text.size() > 2 && text.size() < 12) {
    return InvalidArgument("a code of goods has an even number of digits")
        .With("characters", text.size());
  }
  DAFTAR_RETURN_IF_ERROR(CheckForm(written, kForms[form]));
  const std::string_view chapter = text.substr(0, 2);
  const bool is_national = chapter > "97";
  if (chapter == "00" || chapter == "77" || (is_national && text.size() < 8)) {
    return InvalidArgument("the Harmonized System has no such chapter").With("found", chapter);
  }
  return written.text;
}

}  // namespace daftar::identifier
