#include "daftar/as_of.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/digits.h"
#include "base/status.h"
#include "base/written_date.h"

namespace daftar {
namespace {

constexpr int64_t kMicrosPerDay = 86'400'000'000;

absl::StatusOr<Instant> ParseMoment(std::string_view text) {
  if (text.find('T') != text.npos) return InstantFromText(text, DateForm::kWritten);
  DAFTAR_ASSIGN_OR_RETURN(const Date day, DateFromText(text, DateForm::kWritten));
  return Instant{(int64_t{day.days} + 1) * kMicrosPerDay - 1};
}

}  // namespace

absl::StatusOr<AsOf> AsOf::Parse(std::string_view text) {
  const std::string plain = WithAsciiDigits(text);
  uint64_t version = 0;
  if (std::all_of(plain.begin(), plain.end(), absl::ascii_isdigit) &&
      absl::SimpleAtoi(plain, &version)) {
    return Commit(CommitVersion(version));
  }
  const auto moment = ParseMoment(text);
  if (moment.ok()) return Time(*moment);
  return InvalidArgument("this is no moment")
      .With("value", absl::StrCat("'", text, "'"))
      .With("write it as", "1024 (a commit), 2024-09-05, 1403/06/15 or 2024-09-05T14:00:00+03:30")
      .With("cause", moment.status().message());
}

}  // namespace daftar
