#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/hijri.h"
#include "base/month_name.h"
#include "base/solar_hijri.h"
#include "base/status.h"
#include "base/working_days.h"
#include "base/written_date.h"
#include "record/json_parser.h"
#include "sql/function.h"
#include "sql/system_table.h"

namespace daftar::sql {
namespace {

using Arguments = sqlite3_value**;

std::string Hyphened(const CivilDay& day) {
  return absl::StrFormat("%04d-%02d-%02d", day.year, day.month, day.day);
}

void SolarHijri(sqlite3_context* context, Arguments values) {
  const auto date = DayOf(values[0]);
  if (!date.ok()) return Refuse(context, date.status());
  const auto text = FormatSolarHijri(*date);
  if (!text.ok()) return Refuse(context, text.status());
  Give(context, *text);
}

void Hijri(sqlite3_context* context, Arguments values) {
  const auto date = DayOf(values[0]);
  if (!date.ok()) return Refuse(context, date.status());
  const auto day = HijriFromDate(*date);
  if (!day.ok()) return Refuse(context, day.status());
  Give(context, Hyphened(*day));
}

void Gregorian(sqlite3_context* context, Arguments values) {
  const auto date = DayOf(values[0]);
  if (!date.ok()) return Refuse(context, date.status());
  Give(context, FormatDate(*date));
}

void NameOfMonth(sqlite3_context* context, Arguments values) {
  const auto calendar = CalendarFromName(TextOf(values[0]));
  if (!calendar.ok()) return Refuse(context, calendar.status());
  const auto date = DayOf(values[1]);
  if (!date.ok()) return Refuse(context, date.status());
  const auto name = MonthName(*date, *calendar, TextOf(values[2]));
  if (!name.ok()) return Refuse(context, name.status());
  Give(context, *name);
}

// "1403" of Iran, whose fiscal year is the Solar Hijri year; "FY25" of Pakistan, whose year 2024-25
// begins on 1 July 2024.
void FiscalYear(sqlite3_context* context, Arguments values) {
  const std::string_view country = TextOf(values[0]);
  const auto date = DayOf(values[1]);
  if (!date.ok()) return Refuse(context, date.status());
  if (country == "IR") {
    const auto day = SolarHijriFromDate(*date);
    if (!day.ok()) return Refuse(context, day.status());
    return Give(context, absl::StrCat(day->year));
  }
  if (country == "PK") {
    constexpr int kFirstMonth = 7;
    const CivilDay day = CivilFromDays(date->days);
    const int64_t year = day.year + (day.month >= kFirstMonth ? 1 : 0);
    return Give(context, absl::StrFormat("FY%02d", year % 100));
  }
  Refuse(context, InvalidArgument("no fiscal year is known of the country")
                      .With("country", country)
                      .With("countries", "IR, PK"));
}

// From a JSON array of dates, as json_group_array() makes it.
absl::StatusOr<std::vector<Date>> Holidays(std::string_view json) {
  std::vector<Date> holidays;
  const auto refuse = [&](std::string_view cause) {
    return InvalidArgument("holidays are a JSON array of dates").With("cause", cause);
  };
  const auto value = record::ParseJson(json);
  if (!value.ok()) return refuse(value.status().message());
  const record::JsonArray* const array = value->as_array();
  if (array == nullptr) return refuse("it is no array");
  for (const record::JsonValue& element : *array) {
    const std::string* const text = element.as_string();
    if (text == nullptr) return refuse("an element is no text");
    const auto date = ReadDate(*text);
    if (!date.ok()) return refuse(date.status().message());
    holidays.push_back(*date);
  }
  return holidays;
}

// A statement asks with one calendar, row after row: the thread keeps the last one.
absl::StatusOr<const WorkingCalendar*> CalendarOf(std::string_view week,
                                                  std::string_view holidays) {
  struct Kept {
    std::string week;
    std::string holidays;
    WorkingCalendar calendar;
  };
  thread_local std::optional<Kept> kept;
  if (kept.has_value() && kept->week == week && kept->holidays == holidays) return &kept->calendar;
  std::vector<Date> dates;
  if (!holidays.empty()) {
    DAFTAR_ASSIGN_OR_RETURN(dates, Holidays(holidays));
  }
  DAFTAR_ASSIGN_OR_RETURN(WorkingCalendar calendar,
                          WorkingCalendar::Create(week, std::move(dates)));
  kept = Kept{std::string(week), std::string(holidays), std::move(calendar)};
  return &kept->calendar;
}

void CountWorkingDays(sqlite3_context* context, Arguments values, std::string_view holidays) {
  const auto from = DayOf(values[0]);
  if (!from.ok()) return Refuse(context, from.status());
  const auto to = DayOf(values[1]);
  if (!to.ok()) return Refuse(context, to.status());
  const auto calendar = CalendarOf(TextOf(values[2]), holidays);
  if (!calendar.ok()) return Refuse(context, calendar.status());
  sqlite3_result_int64(context, (*calendar)->Count(*from, *to));
}

void AddWorkingDays(sqlite3_context* context, Arguments values, std::string_view holidays) {
  const auto day = DayOf(values[0]);
  if (!day.ok()) return Refuse(context, day.status());
  if (sqlite3_value_numeric_type(values[1]) != SQLITE_INTEGER) {
    return Refuse(
        context,
        InvalidArgument("a number of days is an integer").With("value", TextOf(values[1])));
  }
  const auto calendar = CalendarOf(TextOf(values[2]), holidays);
  if (!calendar.ok()) return Refuse(context, calendar.status());
  const auto found = (*calendar)->Add(*day, sqlite3_value_int64(values[1]));
  if (!found.ok()) return Refuse(context, found.status());
  Give(context, FormatDate(*found));
}

constexpr Function kFunctions[] = {
    {"solar_hijri", 1, SolarHijri},
    {"hijri", 1, Hijri},
    {"gregorian", 1, Gregorian},
    {"month_name", 3, NameOfMonth},
    {"fiscal_year", 2, FiscalYear},
    {"working_days", 3, [](sqlite3_context* c, Arguments v) { CountWorkingDays(c, v, ""); }},
    {"working_days", 4,
     [](sqlite3_context* c, Arguments v) { CountWorkingDays(c, v, TextOf(v[3])); }},
    {"add_working_days", 3, [](sqlite3_context* c, Arguments v) { AddWorkingDays(c, v, ""); }},
    {"add_working_days", 4,
     [](sqlite3_context* c, Arguments v) { AddWorkingDays(c, v, TextOf(v[3])); }},
};

}  // namespace

absl::StatusOr<Date> DayOf(sqlite3_value* value) {
  std::string_view text = TextOf(value);
  const size_t time = text.find_first_of("T ");
  if (time + 1 < text.size() && text[time + 1] >= '0' && text[time + 1] <= '9') {
    text = text.substr(0, time);
  }
  return ReadDate(text);
}

std::span<const Function> DateFunctions() { return kFunctions; }

}  // namespace daftar::sql
