#include "sql/value.h"

#include "absl/strings/str_cat.h"
#include "base/calendar.h"
#include "base/status.h"

namespace daftar::sql {
namespace {

void SetText(sqlite3_context* context, std::string_view text) {
  sqlite3_result_text64(context, text.data() == nullptr ? "" : text.data(), text.size(),
                        SQLITE_TRANSIENT, SQLITE_UTF8);
}

void SetUnsigned(sqlite3_context* context, uint64_t value) {
  if (value <= INT64_MAX) {
    sqlite3_result_int64(context, static_cast<int64_t>(value));
  } else {
    SetText(context, absl::StrCat(value));
  }
}

void SetInteger(sqlite3_context* context, const Scalar& value) {
  if (const auto* unsigned_value = std::get_if<uint64_t>(&value)) {
    SetUnsigned(context, *unsigned_value);
  } else {
    sqlite3_result_int64(context, std::get<int64_t>(value));
  }
}

Error OutOfRange(const Column& column, const std::string& shown) {
  return FailedPrecondition("SQL shows dates of the years 0001 to 9999 only")
      .With("column", column.name)
      .With("value", shown);
}

absl::Status SetDate(sqlite3_context* context, const Column& column, int64_t day) {
  if (day < kFirstDay || day > kLastDay) {
    return OutOfRange(column, FormatDate(Date{static_cast<int32_t>(day)}));
  }
  SetText(context, DateText(day));
  return absl::OkStatus();
}

absl::Status SetInstant(sqlite3_context* context, const Column& column, int64_t micros) {
  if (micros < kFirstInstant || micros > kLastInstant) {
    return OutOfRange(column, FormatInstant(Instant{micros}));
  }
  SetText(context, InstantText(micros));
  return absl::OkStatus();
}

void SetBlob(sqlite3_context* context, std::string_view bytes) {
  // A null pointer would make it null.
  sqlite3_result_blob64(context, bytes.empty() ? "" : bytes.data(), bytes.size(), SQLITE_TRANSIENT);
}

}  // namespace

std::string DateText(int64_t day) { return FormatDate(Date{static_cast<int32_t>(day)}); }

std::string InstantText(int64_t micros) {
  // "…T…Z": a space for the T, no Z, and no zeros at the end of a fraction. Then a text that is the
  // beginning of another is the earlier one.
  std::string text = FormatInstant(Instant{micros});
  text.pop_back();
  text[text.find('T')] = ' ';
  if (text.find('.') != std::string::npos) {
    while (text.back() == '0') text.pop_back();
  }
  return text;
}

double DecimalValue(int64_t unscaled, uint8_t scale) {
  // SQLite reads digits in the same way: one division of a long double.
  long double power = 1;
  for (uint8_t i = 0; i < scale; ++i) power *= 10;
  return static_cast<double>(static_cast<long double>(unscaled) / power);
}

absl::Status SetResult(sqlite3_context* context, const Column& column, const Scalar& value) {
  if (IsNull(value)) {
    sqlite3_result_null(context);
    return absl::OkStatus();
  }
  switch (column.form) {
    case Form::kBool:
      sqlite3_result_int(context, std::get<bool>(value) ? 1 : 0);
      break;
    case Form::kInteger:
    case Form::kUnsigned:
      SetInteger(context, value);
      break;
    case Form::kReal:
      sqlite3_result_double(context, std::get<double>(value));
      break;
    case Form::kDecimal:
      sqlite3_result_double(context, DecimalValue(std::get<int64_t>(value), column.scale));
      break;
    case Form::kText:
      SetText(context, std::get<std::string_view>(value));
      break;
    case Form::kBlob:
      SetBlob(context, std::get<std::string_view>(value));
      break;
    case Form::kEnum:
      SetText(context, column.path->type().ToValue(value).get_if<Enumerant>()->name);
      break;
    case Form::kDate:
      return SetDate(context, column, std::get<int64_t>(value));
    case Form::kInstant:
      return SetInstant(context, column, std::get<int64_t>(value));
  }
  return absl::OkStatus();
}

}  // namespace daftar::sql
