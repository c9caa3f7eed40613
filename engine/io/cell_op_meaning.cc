#include <algorithm>
#include <unordered_map>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "io/cell_op_factory.h"
#include "io/date_pattern.h"
#include "io/exact_number.h"

namespace daftar::io {
namespace {

using record::JsonNumber;
using record::JsonValue;

absl::StatusOr<ExactNumber> NumberOf(const Spec& spec) {
  const std::optional<std::string> text = TextOf(spec.value());
  absl::StatusOr<ExactNumber> number = ParseExactNumber(text.value_or(""));
  if (!number.ok()) return spec.Wrong("a number such as 10000 or \"0.001\" is expected");
  return number;
}

absl::StatusOr<int> DigitsOf(const Spec& spec) {
  DAFTAR_ASSIGN_OR_RETURN(const int64_t digits, spec.Integer());
  if (digits < 0 || digits > 18) return spec.Wrong("it must be from 0 to 18");
  return static_cast<int>(digits);
}

absl::Status Multiply(const ExactNumber& factor, int digits, std::string_view number,
                      std::string* text) {
  DAFTAR_ASSIGN_OR_RETURN(const ExactNumber read, ParseExactNumber(number));
  DAFTAR_ASSIGN_OR_RETURN(*text, MultiplyExact(read, factor, digits));
  return absl::OkStatus();
}

absl::StatusOr<PartialDate> PartialOf(const Spec& spec) {
  DAFTAR_ASSIGN_OR_RETURN(const std::string text, spec.Text());
  if (text == "error") return PartialDate::kError;
  if (text == "first") return PartialDate::kFirst;
  if (text == "null") return PartialDate::kNull;
  return spec.Wrong("unknown value; known are error, first, null");
}

absl::StatusOr<Calendar> CalendarOf(const Spec& spec) {
  DAFTAR_ASSIGN_OR_RETURN(const std::string text, spec.Text());
  const auto calendar = CalendarFromName(text);
  if (calendar.ok() && *calendar != Calendar::kHijri) return calendar;
  return spec.Wrong("unknown value; known are gregorian, solar-hijri");
}

// Reads "3002N" as millionths of a degree: two or three digits of degrees, two of minutes, a
// letter.
std::optional<int64_t> ReadDegreesMinutes(std::string_view text, char positive, char negative) {
  if (text.size() < 5 || text.size() > 6) return std::nullopt;
  const char side = text.back();
  if (side != positive && side != negative) return std::nullopt;
  text.remove_suffix(1);
  int64_t number = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  if (number % 100 > 59) return std::nullopt;
  const int64_t minutes = number / 100 * 60 + number % 100;
  const int64_t millionths = (minutes * 100'000 + 3) / 6;  // rounded to the nearest
  return side == positive ? millionths : -millionths;
}

std::string_view StripSpaces(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// One of the two numbers of "30.945723, 52.893091" or "3002N 05232E", in decimal degrees.
std::optional<std::string> ReadCoordinate(std::string_view text, bool latitude) {
  const ExactNumber one{1, 0};
  const int limit = latitude ? 90 : 180;
  const size_t comma = text.find(',');
  const size_t divider = comma != text.npos ? comma : text.find(' ');
  if (divider == text.npos) return std::nullopt;
  const std::string_view part =
      StripSpaces(latitude ? text.substr(0, divider) : text.substr(divider + 1));
  absl::StatusOr<ExactNumber> degrees = ParseExactNumber(part);
  if (!degrees.ok()) {
    const auto millionths = ReadDegreesMinutes(part, latitude ? 'N' : 'E', latitude ? 'S' : 'W');
    if (!millionths) return std::nullopt;
    degrees = ExactNumber{*millionths, 6};
  }
  absl::int128 bound = limit;
  for (int i = 0; i < degrees->scale; ++i) bound *= 10;
  if (degrees->unscaled > bound || degrees->unscaled < -bound) return std::nullopt;
  auto product = MultiplyExact(*degrees, one, 18);
  if (!product.ok()) return std::nullopt;
  return *std::move(product);
}

}  // namespace

absl::StatusOr<LookupTable> ParseLookupTable(const Spec& spec) {
  DAFTAR_ASSIGN_OR_RETURN(const auto members, spec.Members());
  LookupTable table;
  for (const auto& [name, value] : members) {
    if (value.value().as_array() != nullptr || value.value().as_object() != nullptr) {
      return value.Wrong("a lookup gives text, a number, a boolean or null");
    }
    table.emplace(name, value.value());
  }
  return table;
}

absl::StatusOr<CellOp> MakeLookup(const Spec& argument, const LookupTables& tables) {
  LookupTable table;
  if (const std::string* name = argument.value().as_string()) {
    const auto found = tables.find(*name);
    if (found == tables.end()) return argument.Wrong("\"lookups\" has no table of this name");
    table = found->second;
  } else {
    DAFTAR_ASSIGN_OR_RETURN(table, ParseLookupTable(argument));
  }
  return CellOp::OnText(
      [table = std::move(table)](std::string* text, JsonValue* value) -> absl::Status {
        const auto found = table.find(*text);
        if (found == table.end()) {
          return InvalidArgument("value is not in the lookup table")
              .With("value", *text)
              .With("remedy", "add it to the table or set \"otherwise\"");
        }
        *value = found->second;
        return absl::OkStatus();
      },
      true);
}

absl::StatusOr<CellOp> MakeDate(const Spec& argument) {
  std::vector<std::string> formats;
  PartialDate partial = PartialDate::kError;
  std::optional<Calendar> calendar;
  if (argument.value().as_object() == nullptr) {
    DAFTAR_ASSIGN_OR_RETURN(formats, argument.Texts());
  } else {
    DAFTAR_ASSIGN_OR_RETURN(const auto members, argument.Members());
    for (const auto& [name, spec] : members) {
      if (name == "formats") {
        DAFTAR_ASSIGN_OR_RETURN(formats, spec.Texts());
      } else if (name == "partial") {
        DAFTAR_ASSIGN_OR_RETURN(partial, PartialOf(spec));
      } else if (name == "calendar") {
        DAFTAR_ASSIGN_OR_RETURN(calendar, CalendarOf(spec));
      } else {
        return spec.Wrong("unknown name; known are formats, partial, calendar");
      }
    }
  }
  if (formats.empty()) return argument.Wrong("a date format is needed");
  std::vector<DatePattern> patterns;
  for (const std::string& format : formats) {
    absl::StatusOr<DatePattern> pattern = DatePattern::Parse(format, calendar);
    if (!pattern.ok()) return argument.Wrong(pattern.status().message());
    patterns.push_back(*std::move(pattern));
  }
  return CellOp::OnText(
      [patterns = std::move(patterns), partial](std::string* text,
                                                JsonValue* value) -> absl::Status {
        for (const DatePattern& pattern : patterns) {
          std::optional<std::string> date = pattern.Read(*text, partial);
          if (!date) continue;
          *value = date->empty() ? JsonValue() : JsonValue(*std::move(date));
          return absl::OkStatus();
        }
        return InvalidArgument("value has none of the date formats of the map")
            .With("value", *text);
      },
      true);
}

absl::StatusOr<CellOp> MakeMultiply(const Spec& argument) {
  int digits = 0;
  std::optional<ExactNumber> factor;
  if (argument.value().as_object() == nullptr) {
    DAFTAR_ASSIGN_OR_RETURN(factor, NumberOf(argument));
  } else {
    DAFTAR_ASSIGN_OR_RETURN(const auto members, argument.Members());
    for (const auto& [name, spec] : members) {
      if (name == "by") {
        DAFTAR_ASSIGN_OR_RETURN(factor, NumberOf(spec));
      } else if (name == "digits") {
        DAFTAR_ASSIGN_OR_RETURN(digits, DigitsOf(spec));
      } else {
        return spec.Wrong("unknown name; known are by, digits");
      }
    }
  }
  if (!factor) return argument.Wrong("\"by\" is needed");
  return CellOp::OnText(
      [factor = *factor, digits](std::string* text, JsonValue*) {
        return Multiply(factor, digits, *text, text);
      },
      true);
}

absl::StatusOr<CellOp> MakeUnits(const Spec& argument) {
  DAFTAR_ASSIGN_OR_RETURN(const auto members, argument.Members());
  std::unordered_map<std::string, ExactNumber> units;
  int digits = 0;
  for (const auto& [name, spec] : members) {
    if (name == "digits") {
      DAFTAR_ASSIGN_OR_RETURN(digits, DigitsOf(spec));
      continue;
    }
    DAFTAR_ASSIGN_OR_RETURN(units[name], NumberOf(spec));
  }
  if (units.empty()) return argument.Wrong("a unit is needed");
  return CellOp::OnText(
      [units = std::move(units), digits](std::string* text, JsonValue*) -> absl::Status {
        const size_t end = std::min(text->find_first_not_of("+-.0123456789"), text->size());
        const std::string_view number = std::string_view(*text).substr(0, end);
        const auto unit = units.find(std::string(StripSpaces(std::string_view(*text).substr(end))));
        if (unit == units.end()) {
          return InvalidArgument("value has none of the units of the map").With("value", *text);
        }
        return Multiply(unit->second, digits, number, text);
      },
      true);
}

absl::StatusOr<CellOp> MakeCoordinates(const Spec& argument) {
  DAFTAR_ASSIGN_OR_RETURN(const std::string part, argument.Text());
  if (part != "lat" && part != "lon") return argument.Wrong("it must be lat or lon");
  return CellOp::OnText(
      [latitude = part == "lat"](std::string* text, JsonValue*) -> absl::Status {
        std::optional<std::string> degrees = ReadCoordinate(*text, latitude);
        if (!degrees) {
          return InvalidArgument("value is not a pair of coordinates")
              .With("value", *text)
              .With("remedy", "write \"30.945723, 52.893091\" or \"3002N 05232E\"");
        }
        *text = *std::move(degrees);
        return absl::OkStatus();
      },
      true);
}

}  // namespace daftar::io
