// Dates in the forms that spreadsheets have.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/calendar.h"
#include "daftar/calendar.h"

namespace daftar::io {

// What a date without a day, or without day and month, becomes.
enum class PartialDate { kError, kFirst, kNull };

// A form of dates: %Y four digits; %y two digits, 69 to 99 in the 1900s; %m and %d one or two
// digits, but exactly two when a digit or another field follows; %b an English month name or its
// first three letters; %% a percent sign; other characters stand for themselves.
// Digits may be Persian or Arabic-Indic. "excel" is the day number of a spreadsheet, five digits
// (1954 to 2173); "written" any form of ReadDate (daftar/calendar.h).
class DatePattern {
 public:
  // `calendar` is the one that years are of, kGregorian or kSolarHijri; without one those from 1206
  // to 1498 are Solar Hijri where no month name says otherwise. Errors: InvalidArgument for an
  // unknown field, one that stands twice, no year, or a Solar Hijri year that would have two digits
  // or an English month.
  static absl::StatusOr<DatePattern> Parse(std::string_view text,
                                           std::optional<Calendar> calendar = std::nullopt);

  // The date as "YYYY-MM-DD"; "" for a date that `partial` makes null. Nothing when `text` has
  // another form, names no day of the calendar, or is partial and must not be.
  std::optional<std::string> Read(std::string_view text, PartialDate partial) const;

 private:
  // Literals between fields: a field is its letter, a literal is '\0' with the character.
  struct Token {
    char field = 0;
    char literal = 0;
  };
  std::optional<std::string> ReadFields(std::string_view text, PartialDate partial) const;
  std::optional<Date> DateOf(const CivilDay& day) const;

  std::vector<Token> tokens_;
  std::optional<Calendar> calendar_;
  bool excel_ = false;
  bool written_ = false;
};

}  // namespace daftar::io
