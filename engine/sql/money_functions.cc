#include "sql/money_functions.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>

#include "absl/numeric/int128.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/calendar.h"
#include "base/decimal.h"
#include "base/status.h"
#include "identifier/conversion.h"
#include "identifier/currency.h"
#include "sql/function.h"
#include "sql/rates.h"
#include "sql/system_table.h"

namespace daftar::sql {
namespace {

using Arguments = sqlite3_value**;

bool AnyNull(int count, Arguments values) {
  return std::any_of(values, values + count,
                     [](sqlite3_value* value) { return sqlite3_value_type(value) == SQLITE_NULL; });
}

Session* SessionOf(sqlite3_context* context) {
  return static_cast<Session*>(sqlite3_user_data(context));
}

// A failure of reading stays what it is.
void Fail(sqlite3_context* context, absl::Status status) {
  Refuse(context, status);
  SessionOf(context)->Fail(std::move(status));
}

// Whole minor units. Text is what no integer of SQLite holds.
absl::StatusOr<absl::int128> AmountOf(sqlite3_value* value) {
  absl::int128 amount = 0;
  if (sqlite3_value_type(value) == SQLITE_INTEGER) {
    amount = sqlite3_value_int64(value);
  } else if (sqlite3_value_type(value) != SQLITE_TEXT ||
             !absl::SimpleAtoi(TextOf(value), &amount)) {
    return InvalidArgument("an amount of money is an integer: whole minor units of its currency")
        .With("value", TextOf(value))
        .With("remedy", "for a decimal take its column \"….unscaled\"");
  }
  return amount;
}

absl::StatusOr<int> DigitsOf(std::string_view currency) {
  if (const auto digits = identifier::MinorUnits(currency)) return *digits;
  return InvalidArgument("ISO 4217 gives no minor units to the currency")
      .With("currency", currency);
}

// minor_units(currency, date): nothing on days on which it was no money.
void MinorUnits(sqlite3_context* context, int count, Arguments values) {
  if (AnyNull(count, values)) return;
  const auto day = DayOf(values[1]);
  if (!day.ok()) return Refuse(context, day.status());
  const std::string_view currency = TextOf(values[0]);
  if (!identifier::CurrencyInUse(currency, *day)) return;
  if (const auto digits = identifier::MinorUnits(currency)) sqlite3_result_int(context, *digits);
}

// What a money_sum has so far. SQLite gives zeros to begin with, and no more than the alignment of
// 64 bits.
struct Sum {
  int64_t high;
  uint64_t low;
  std::array<char, 8> currency;  // empty: nothing was added yet
};

// money_sum(amount, currency). Nulls do not count.
void AddMoney(sqlite3_context* context, int, Arguments values) {
  if (sqlite3_value_type(values[0]) == SQLITE_NULL) return;
  const auto amount = AmountOf(values[0]);
  if (!amount.ok()) return Refuse(context, amount.status());
  const std::string_view currency = TextOf(values[1]);
  auto* const sum = static_cast<Sum*>(sqlite3_aggregate_context(context, sizeof(Sum)));
  if (sum == nullptr) return sqlite3_result_error_nomem(context);
  if (currency.empty() || currency.size() >= sum->currency.size()) {
    return Refuse(context, InvalidArgument("an amount of money has a currency: three letters")
                               .With("amount", TextOf(values[0]))
                               .With("currency", currency));
  }
  const std::string_view before(sum->currency.data());
  if (!before.empty() && before != currency) {
    return Refuse(context, InvalidArgument("amounts of two currencies do not add up")
                               .With("one", before)
                               .With("other", currency)
                               .With("remedy",
                                     "GROUP BY the currency, or add up converted(amount, currency, "
                                     "'USD', date)"));
  }
  currency.copy(sum->currency.data(), currency.size());
  const absl::int128 old = absl::MakeInt128(sum->high, sum->low);
  const bool fits = *amount >= 0 ? old <= std::numeric_limits<absl::int128>::max() - *amount
                                 : old >= std::numeric_limits<absl::int128>::min() - *amount;
  if (!fits) return Refuse(context, InvalidArgument("a sum of money does not fit 128 bits"));
  const absl::int128 now = old + *amount;
  sum->high = absl::Int128High64(now);
  sum->low = absl::Int128Low64(now);
}

void GiveSum(sqlite3_context* context) {
  const auto* const sum = static_cast<const Sum*>(sqlite3_aggregate_context(context, 0));
  if (sum == nullptr || sum->currency[0] == '\0') return;
  GiveWide(context, absl::MakeInt128(sum->high, sum->low));
}

// converted(amount, from, to, date).
absl::StatusOr<int64_t> Converted(Session* session, Arguments values) {
  DAFTAR_ASSIGN_OR_RETURN(const absl::int128 amount, AmountOf(values[0]));
  if (amount < std::numeric_limits<int64_t>::min() ||
      amount > std::numeric_limits<int64_t>::max()) {
    return InvalidArgument("the amount is too large to be converted exactly")
        .With("minor units", TextOf(values[0]));
  }
  const std::string from(TextOf(values[1]));
  const std::string to(TextOf(values[2]));
  identifier::Conversion conversion;
  conversion.minor_units = static_cast<int64_t>(amount);
  DAFTAR_ASSIGN_OR_RETURN(conversion.from_digits, DigitsOf(from));
  DAFTAR_ASSIGN_OR_RETURN(conversion.to_digits, DigitsOf(to));
  DAFTAR_ASSIGN_OR_RETURN(const Date day, DayOf(values[3]));
  if (from == to) return conversion.minor_units;
  DAFTAR_ASSIGN_OR_RETURN(const auto rate, FindRate(session, from, to, day));
  if (!rate.has_value()) {
    return InvalidArgument("there is no rate by that day")
        .With("from", from)
        .With("to", to)
        .With("day", FormatDate(day))
        .With("table", session->rates())
        .With("remedy", "state one; rate_on(from, to, date) is null where one is missing");
  }
  conversion.rate = rate->rate;
  conversion.per = rate->per;
  conversion.inverse = rate->inverse;
  return identifier::Convert(conversion);
}

void CallConverted(sqlite3_context* context, int count, Arguments values) {
  if (AnyNull(count, values)) return;
  auto converted = Converted(SessionOf(context), values);
  if (!converted.ok()) return Fail(context, std::move(converted).status());
  sqlite3_result_int64(context, *converted);
}

// rate_on(from, to, date): "1 USD = 42000.00 IRR since 2018-04-10", as it is stated.
void RateOn(sqlite3_context* context, int count, Arguments values) {
  if (AnyNull(count, values)) return;
  const auto day = DayOf(values[2]);
  if (!day.ok()) return Refuse(context, day.status());
  const std::string from(TextOf(values[0]));
  const std::string to(TextOf(values[1]));
  auto rate = FindRate(SessionOf(context), from, to, *day);
  if (!rate.ok()) return Fail(context, std::move(rate).status());
  if (!rate->has_value()) return;
  Give(context, absl::StrCat((*rate)->per, " ", (*rate)->inverse ? to : from, " = ",
                             FormatDecimal((*rate)->rate), " ", (*rate)->inverse ? from : to,
                             " since ", FormatDate((*rate)->day)));
}

struct Entry {
  const char* name;
  int arguments;
  int flags;
  void (*call)(sqlite3_context*, int, Arguments);
  void (*step)(sqlite3_context*, int, Arguments);
  void (*final)(sqlite3_context*);
};

// What reads the table of rates gives other answers when that has changed.
constexpr int kPure = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
constexpr Entry kEntries[] = {
    {"minor_units", 2, kPure, MinorUnits, nullptr, nullptr},
    {"money_sum", 2, kPure, nullptr, AddMoney, GiveSum},
    {"converted", 4, SQLITE_UTF8, CallConverted, nullptr, nullptr},
    {"rate_on", 3, SQLITE_UTF8, RateOn, nullptr, nullptr},
};

}  // namespace

absl::Status RegisterMoneyFunctions(sqlite3* db, Session* session) {
  for (const Entry& entry : kEntries) {
    if (sqlite3_create_function_v2(db, entry.name, entry.arguments, entry.flags, session,
                                   entry.call, entry.step, entry.final, nullptr) != SQLITE_OK) {
      return Internal("SQLite does not take a function")
          .With("function", entry.name)
          .With("cause", sqlite3_errmsg(db));
    }
  }
  return absl::OkStatus();
}

}  // namespace daftar::sql
