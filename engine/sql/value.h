// Stored values as SQLite's values.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "base/scalar.h"
#include "sql/columns.h"

namespace daftar::sql {

// The days that have a text form which sorts as they do: 0001-01-01 to 9999-12-31.
inline constexpr int64_t kFirstDay = -719'162;
inline constexpr int64_t kLastDay = 2'932'896;
inline constexpr int64_t kMicrosPerDay = 86'400'000'000;
inline constexpr int64_t kFirstInstant = kFirstDay * kMicrosPerDay;
inline constexpr int64_t kLastInstant = (kLastDay + 1) * kMicrosPerDay - 1;

// Text whose order is that of the values. Requires: the value lies in the range above.
std::string DateText(int64_t day);
std::string InstantText(int64_t micros);

// The double nearest to unscaled / 10^scale: the very one that SQLite reads from the same digits.
double DecimalValue(int64_t unscaled, uint8_t scale);

// Gives a scalar of `column` to SQLite; text and data are copied. Errors: FailedPrecondition for a
// date or instant outside the range above, whose text would not sort as it does.
absl::Status SetResult(sqlite3_context* context, const Column& column, const Scalar& value);
// The same for a parameter of a statement.
absl::Status BindValue(sqlite3_stmt* statement, int place, const Column& column,
                       const Scalar& value);

}  // namespace daftar::sql
