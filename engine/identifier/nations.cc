// Numbers that the authorities of Iran and Pakistan give.
#include <string_view>

#include "base/status.h"
#include "identifier/check_digits.h"
#include "identifier/families.h"

namespace daftar::identifier {
namespace {

absl::Status CheckNotRepeated(const Written& written) {
  if (written.text.find_first_not_of(written.text[0]) != std::string::npos) {
    return absl::OkStatus();
  }
  return InvalidArgument("the number is one digit repeated, and no such number is issued");
}

}  // namespace

absl::StatusOr<std::string> CanonicalIranLegalId(const Written& written) {
  DAFTAR_RETURN_IF_ERROR(CheckForm(written, "11n"));
  DAFTAR_RETURN_IF_ERROR(CheckNotRepeated(written));
  const char expected = IranLegalIdCheckDigit(std::string_view(written.text).substr(0, 10));
  DAFTAR_RETURN_IF_ERROR(CheckEnd(written, std::string_view(&expected, 1)));
  return written.text;
}

absl::StatusOr<std::string> CanonicalIranNationalId(const Written& written) {
  DAFTAR_RETURN_IF_ERROR(CheckForm(written, "10n"));
  DAFTAR_RETURN_IF_ERROR(CheckNotRepeated(written));
  const char expected = IranNationalIdCheckDigit(std::string_view(written.text).substr(0, 9));
  DAFTAR_RETURN_IF_ERROR(CheckEnd(written, std::string_view(&expected, 1)));
  return written.text;
}

absl::StatusOr<std::string> CanonicalPakistanCnic(const Written& written) {
  DAFTAR_RETURN_IF_ERROR(CheckForm(written, "13n"));
  if (written.text[0] < '1' || written.text[0] > '8') {
    return InvalidArgument("the first digit stands for a province and must be 1 to 8")
        .With("found", written.text.substr(0, 1));
  }
  return written.text;
}

absl::StatusOr<std::string> CanonicalPakistanNtn(const Written& written) {
  DAFTAR_RETURN_IF_ERROR(CheckForm(written, written.text.size() == 8 ? "8n" : "7n"));
  return written.text;
}

absl::StatusOr<std::string> CanonicalPakistanCuin(const Written& written) {
  DAFTAR_RETURN_IF_ERROR(CheckForm(written, "7n"));
  return written.text;
}

}  // namespace daftar::identifier
