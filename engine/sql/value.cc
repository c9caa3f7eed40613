#include "sql/value.h"

#include "absl/strings/str_cat.h"
#include "base/calendar.h"
#include "base/status.h"

namespace daftar::sql {
namespace {

// Where a value goes: the result of a column.
class Result {
 public:
  explicit Result(sqlite3_context* context) : context_(context) {}
  void Null() const { sqlite3_result_null(context_); }
  void Integer(int64_t value) const { sqlite3_result_int64(context_, value); }
  void Double(double value) const { sqlite3_result_double(context_, value); }
  void Text(std::string_view text) const {
    sqlite3_result_text64(context_, text.data() == nullptr ? "" : text.data(), text.size(),
                          SQLITE_TRANSIENT, SQLITE_UTF8);
  }
  void Blob(std::string_view bytes) const {
    // A null pointer would make it null.
    sqlite3_result_blob64(context_, bytes.empty() ? "" : bytes.data(), bytes.size(),
                          SQLITE_TRANSIENT);
  }

 private:
  sqlite3_context* const context_;
};

// Or a parameter of a statement.
class Parameter {
 public:
  Parameter(sqlite3_stmt* statement, int place) : statement_(statement), place_(place) {}
  void Null() const { sqlite3_bind_null(statement_, place_); }
  void Integer(int64_t value) const { sqlite3_bind_int64(statement_, place_, value); }
  void Double(double value) const { sqlite3_bind_double(statement_, place_, value); }
  void Text(std::string_view text) const {
    sqlite3_bind_text64(statement_, place_, text.data() == nullptr ? "" : text.data(), text.size(),
                        SQLITE_TRANSIENT, SQLITE_UTF8);
  }
  void Blob(std::string_view bytes) const {
    sqlite3_bind_blob64(statement_, place_, bytes.empty() ? "" : bytes.data(), bytes.size(),
                        SQLITE_TRANSIENT);
  }

 private:
  sqlite3_stmt* const statement_;
  const int place_;
};

template <typename Sink>
void GiveInteger(const Sink& sink, const Scalar& value) {
  const auto* unsigned_value = std::get_if<uint64_t>(&value);
  if (unsigned_value == nullptr) {
    sink.Integer(std::get<int64_t>(value));
  } else if (*unsigned_value <= INT64_MAX) {
    sink.Integer(static_cast<int64_t>(*unsigned_value));
  } else {
    sink.Text(absl::StrCat(*unsigned_value));
  }
}

Error OutOfRange(const Column& column, const std::string& shown) {
  return FailedPrecondition("SQL shows dates of the years 0001 to 9999 only")
      .With("column", column.name)
      .With("value", shown);
}

template <typename Sink>
absl::Status GiveDate(const Sink& sink, const Column& column, int64_t day) {
  if (day < kFirstDay || day > kLastDay) {
    return OutOfRange(column, FormatDate(Date{static_cast<int32_t>(day)}));
  }
  sink.Text(DateText(day));
  return absl::OkStatus();
}

template <typename Sink>
absl::Status GiveInstant(const Sink& sink, const Column& column, int64_t micros) {
  if (micros < kFirstInstant || micros > kLastInstant) {
    return OutOfRange(column, FormatInstant(Instant{micros}));
  }
  sink.Text(InstantText(micros));
  return absl::OkStatus();
}

template <typename Sink>
absl::Status Give(const Sink& sink, const Column& column, const Scalar& value) {
  if (IsNull(value)) {
    sink.Null();
    return absl::OkStatus();
  }
  switch (column.form) {
    case Form::kBool:
      sink.Integer(std::get<bool>(value) ? 1 : 0);
      break;
    case Form::kInteger:
    case Form::kUnsigned:
      GiveInteger(sink, value);
      break;
    case Form::kReal:
      sink.Double(std::get<double>(value));
      break;
    case Form::kDecimal:
      sink.Double(DecimalValue(std::get<int64_t>(value), column.scale));
      break;
    case Form::kText:
      sink.Text(std::get<std::string_view>(value));
      break;
    case Form::kBlob:
      sink.Blob(std::get<std::string_view>(value));
      break;
    case Form::kEnum:
      sink.Text(column.path->type().EnumerantName(std::get<uint64_t>(value)));
      break;
    case Form::kDate:
      return GiveDate(sink, column, std::get<int64_t>(value));
    case Form::kInstant:
      return GiveInstant(sink, column, std::get<int64_t>(value));
  }
  return absl::OkStatus();
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
  return Give(Result(context), column, value);
}

absl::Status BindValue(sqlite3_stmt* statement, int place, const Column& column,
                       const Scalar& value) {
  return Give(Parameter(statement, place), column, value);
}

}  // namespace daftar::sql
