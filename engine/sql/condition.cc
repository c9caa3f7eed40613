#include "sql/condition.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/numbers.h"
#include "sql/pattern.h"
#include "sql/value.h"

namespace daftar::sql {
namespace {

using record::Condition;

constexpr std::array<std::pair<Comparison, std::string_view>, 11> kSymbols = {{
    {Comparison::kEqual, "="},
    {Comparison::kIs, "is"},
    {Comparison::kIn, "in"},
    {Comparison::kLess, "<"},
    {Comparison::kLessOrEqual, "<="},
    {Comparison::kGreater, ">"},
    {Comparison::kGreaterOrEqual, ">="},
    {Comparison::kIsNull, "is null"},
    {Comparison::kIsNotNull, "is not null"},
    {Comparison::kLike, "like"},
    {Comparison::kGlob, "glob"},
}};

// More values than this in an IN list are left to SQLite, which looks them up in a tree.
constexpr size_t kInValuesMax = 1000;
// Decimals of more digits may share a double with their neighbours.
constexpr int64_t kDecimalExactMax = 1'000'000'000'000'000;
constexpr double kInt64End = 9223372036854775808.0;

bool IsRange(Comparison comparison) {
  return comparison >= Comparison::kLess && comparison <= Comparison::kGreaterOrEqual;
}
bool IsPattern(Comparison comparison) {
  return comparison == Comparison::kLike || comparison == Comparison::kGlob;
}
bool IsEquality(Comparison comparison) {
  return comparison == Comparison::kEqual || comparison == Comparison::kIs;
}
bool IsTextual(Form form) {
  return form == Form::kText || form == Form::kEnum || form == Form::kDate ||
         form == Form::kInstant;
}

Operator OperatorOf(Comparison comparison) {
  switch (comparison) {
    case Comparison::kLess:
      return Operator::kLess;
    case Comparison::kLessOrEqual:
      return Operator::kLessOrEqual;
    case Comparison::kGreater:
      return Operator::kGreater;
    case Comparison::kGreaterOrEqual:
      return Operator::kGreaterOrEqual;
    default:
      return Operator::kEqual;
  }
}

template <typename T>
bool Holds(const T& a, Comparison comparison, const T& b) {
  switch (comparison) {
    case Comparison::kLess:
      return a < b;
    case Comparison::kLessOrEqual:
      return a <= b;
    case Comparison::kGreater:
      return a > b;
    case Comparison::kGreaterOrEqual:
      return a >= b;
    default:
      return a == b;
  }
}

Bound Never() { return {true, {}}; }
Bound Unknown() { return {}; }
Bound One(const Column& column, Operator op, OwnedScalar operand) {
  Bound bound;
  bound.conditions.push_back({*column.path, op, {std::move(operand)}});
  return bound;
}
// One of a few values; none of them: never.
Bound AnyOf(const Column& column, std::vector<OwnedScalar> operands) {
  if (operands.empty()) return Never();
  if (operands.size() == 1) return One(column, Operator::kEqual, std::move(operands.front()));
  Bound bound;
  bound.conditions.push_back({*column.path, Operator::kIn, std::move(operands)});
  return bound;
}

std::string_view TextOf(sqlite3_value* value) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
  return {text == nullptr ? "" : text, static_cast<size_t>(sqlite3_value_bytes(value))};
}

std::string_view BlobOf(sqlite3_value* value) {
  const auto* bytes = static_cast<const char*>(sqlite3_value_blob(value));
  return {bytes == nullptr ? "" : bytes, static_cast<size_t>(sqlite3_value_bytes(value))};
}

struct Limits {
  bool is_signed = true;
  int64_t min = 0;
  uint64_t max = 0;
};

Limits LimitsOf(codec::KeyType type) {
  switch (type) {
    case codec::KeyType::kInt8:
      return {true, INT8_MIN, INT8_MAX};
    case codec::KeyType::kInt16:
      return {true, INT16_MIN, INT16_MAX};
    case codec::KeyType::kInt32:
      return {true, INT32_MIN, INT32_MAX};
    case codec::KeyType::kUInt8:
      return {false, 0, UINT8_MAX};
    case codec::KeyType::kUInt16:
      return {false, 0, UINT16_MAX};
    case codec::KeyType::kUInt32:
      return {false, 0, UINT32_MAX};
    case codec::KeyType::kUInt64:
      return {false, 0, UINT64_MAX};
    default:
      return {true, INT64_MIN, INT64_MAX};
  }
}

// Compares an integer column with an integer that it may be too narrow for.
Bound CompareInteger(const Column& column, Comparison comparison, int64_t value) {
  const Limits limits = LimitsOf(column.path->type().key_type());
  const bool below = value < limits.min;
  const bool above = value > 0 && static_cast<uint64_t>(value) > limits.max;
  if (below || above) {
    const bool all = below == (OperatorOf(comparison) == Operator::kGreater ||
                               OperatorOf(comparison) == Operator::kGreaterOrEqual);
    if (IsEquality(comparison) || !all) return Never();
    // Every value, but no null.
    Bound bound;
    bound.conditions.push_back({*column.path, Operator::kIsNotNull, {}});
    return bound;
  }
  const Operator op = OperatorOf(comparison);
  return limits.is_signed ? One(column, op, value) : One(column, op, static_cast<uint64_t>(value));
}

// Compares an integer column with a real: with the integers on either side of it.
Bound CompareIntegerWithReal(const Column& column, Comparison comparison, double value) {
  if (std::isnan(value)) return Never();
  if (value >= kInt64End || value < -kInt64End) {
    const bool lower = comparison == Comparison::kGreater ||  //
                       comparison == Comparison::kGreaterOrEqual;
    // An unsigned column may hold more than SQLite's integers do.
    if (value > 0 && column.form == Form::kUnsigned) return Unknown();
    if (IsEquality(comparison) || lower == (value > 0)) return Never();
    return Unknown();
  }
  const double floor = std::floor(value);
  const auto below = static_cast<int64_t>(floor);
  if (floor == value) return CompareInteger(column, comparison, below);
  if (IsEquality(comparison)) return Never();
  const bool upper = comparison == Comparison::kLess || comparison == Comparison::kLessOrEqual;
  return CompareInteger(column, upper ? Comparison::kLessOrEqual : Comparison::kGreater, below);
}

Bound TranslateInteger(const Column& column, Comparison comparison, sqlite3_value* value) {
  // What SQLite does with the other side of a numeric column.
  switch (sqlite3_value_numeric_type(value)) {
    case SQLITE_INTEGER:
      return CompareInteger(column, comparison, sqlite3_value_int64(value));
    case SQLITE_FLOAT:
      return CompareIntegerWithReal(column, comparison, sqlite3_value_double(value));
    default:
      return Unknown();
  }
}

Bound TranslateBool(const Column& column, Comparison comparison, sqlite3_value* value) {
  const int type = sqlite3_value_numeric_type(value);
  if (type != SQLITE_INTEGER && type != SQLITE_FLOAT) return Unknown();
  const double operand = sqlite3_value_double(value);
  std::vector<OwnedScalar> held;
  for (const bool flag : {false, true}) {
    if (Holds(flag ? 1.0 : 0.0, comparison, operand)) held.emplace_back(flag);
  }
  return AnyOf(column, std::move(held));
}

Bound TranslateReal(const Column& column, Comparison comparison, sqlite3_value* value) {
  const int type = sqlite3_value_numeric_type(value);
  if (type != SQLITE_INTEGER && type != SQLITE_FLOAT) return Unknown();
  double operand = sqlite3_value_double(value);
  if (column.path->type().key_type() == codec::KeyType::kFloat32) {
    operand = static_cast<double>(static_cast<float>(operand));
  }
  // The operand may have been rounded, so that its neighbour counts as well.
  Operator op = OperatorOf(comparison);
  if (op == Operator::kLess) op = Operator::kLessOrEqual;
  if (op == Operator::kGreater) op = Operator::kGreaterOrEqual;
  return One(column, op, operand);
}

Bound TranslateDecimal(const Column& column, Comparison comparison, sqlite3_value* value) {
  const int type = sqlite3_value_numeric_type(value);
  if (type != SQLITE_INTEGER && type != SQLITE_FLOAT) return Unknown();
  const double operand = sqlite3_value_double(value);
  const long double scaled =
      static_cast<long double>(operand) * std::pow(10.0L, static_cast<long double>(column.scale));
  if (std::isnan(scaled) || std::fabs(scaled) > static_cast<long double>(kDecimalExactMax)) {
    return Unknown();
  }
  const auto nearest = static_cast<int64_t>(std::llround(scaled));
  if (IsEquality(comparison)) {
    std::vector<OwnedScalar> equal;
    for (const int64_t candidate : {nearest - 1, nearest, nearest + 1}) {
      if (DecimalValue(candidate, column.scale) != operand) continue;
      Bound one = CompareInteger(column, Comparison::kEqual, candidate);
      if (!one.never) equal.push_back(std::move(one.conditions.front().operands.front()));
    }
    return AnyOf(column, std::move(equal));
  }
  const bool upper = comparison == Comparison::kLess || comparison == Comparison::kLessOrEqual;
  return CompareInteger(column, upper ? Comparison::kLessOrEqual : Comparison::kGreaterOrEqual,
                        upper ? nearest + 1 : nearest - 1);
}

// The texts that compare with a value as asked, as a range.
TextRange RangeOf(Comparison comparison, std::string_view text) {
  const std::string after = std::string(text) + '\0';
  switch (comparison) {
    case Comparison::kLess:
      return {"", std::string(text), false};
    case Comparison::kLessOrEqual:
      return {"", after, false};
    case Comparison::kGreater:
      return {after, "", false};
    case Comparison::kGreaterOrEqual:
      return {std::string(text), "", false};
    case Comparison::kLike:
      return LikeRange(text);
    case Comparison::kGlob:
      return GlobRange(text);
    default:
      return {std::string(text), after, false};
  }
}

bool InRange(const TextRange& range, std::string_view text) {
  return text >= range.lower && (range.upper.empty() || text < range.upper);
}

// The first number of [first, last] whose text is not below `text`; last + 1 when there is none.
// Requires: the texts sort as their numbers.
int64_t FirstNotBelow(int64_t first, int64_t last, std::string_view text,
                      absl::FunctionRef<std::string(int64_t)> text_of) {
  int64_t low = first;
  int64_t high = last + 1;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (text_of(middle) < text) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

// Any comparison of a date or instant as text, the beginning of one included: '2024-03' will do.
Bound TranslateTime(const Column& column, const TextRange& range) {
  const bool is_date = column.form == Form::kDate;
  const int64_t first = is_date ? kFirstDay : kFirstInstant;
  const int64_t last = is_date ? kLastDay : kLastInstant;
  const auto text_of = is_date ? DateText : InstantText;
  const int64_t lower = FirstNotBelow(first, last, range.lower, text_of);
  const int64_t end =
      range.upper.empty() ? last + 1 : FirstNotBelow(first, last, range.upper, text_of);
  if (lower >= end) return Never();
  if (lower + 1 == end) return One(column, Operator::kEqual, lower);
  Bound bound;
  // What lies outside of the range that SQL shows is to be met and refused.
  if (lower > first) {
    bound.conditions.push_back({*column.path, Operator::kGreaterOrEqual, {lower}});
  }
  if (end <= last) bound.conditions.push_back({*column.path, Operator::kLess, {end}});
  if (bound.conditions.empty()) {
    bound.conditions.push_back({*column.path, Operator::kIsNotNull, {}});
  }
  return bound;
}

Bound TranslateEnum(const Column& column, const TextRange& range) {
  // Enumerants that only a newer schema names show as "#7".
  const std::string last_number = "#:";
  if (range.lower < last_number && (range.upper.empty() || range.upper > "#")) {
    uint32_t ordinal = 0;
    const bool single = range.upper == range.lower + '\0';
    if (!single) return Unknown();
    if (!absl::SimpleAtoi(std::string_view(range.lower).substr(1), &ordinal) ||
        ordinal > UINT16_MAX) {
      return Never();
    }
    return One(column, Operator::kEqual, uint64_t{ordinal});
  }
  std::vector<OwnedScalar> held;
  for (auto enumerant : column.path->type().type().asEnum().getEnumerants()) {
    if (InRange(range, enumerant.getProto().getName().cStr())) {
      held.emplace_back(uint64_t{enumerant.getOrdinal()});
    }
  }
  return AnyOf(column, std::move(held));
}

Bound TranslateText(const Column& column, Comparison comparison, sqlite3_value* value,
                    bool is_literal) {
  // A number is text for SQLite unless it comes from a numeric column, which we cannot see.
  if (sqlite3_value_type(value) != SQLITE_TEXT) return Unknown();
  const std::string_view text = TextOf(value);
  // A numeric column may hold text that is no number. Then our texts that look like numbers are
  // taken for such, which come before all text; after a letter that is their order as text, too.
  if (IsRange(comparison) && column.form == Form::kText && !is_literal &&
      (text.empty() || static_cast<unsigned char>(text.front()) <= '9')) {
    return Unknown();
  }
  if (column.form != Form::kText) {
    const TextRange range = RangeOf(comparison, text);
    return column.form == Form::kEnum ? TranslateEnum(column, range) : TranslateTime(column, range);
  }
  if (!IsPattern(comparison)) return One(column, OperatorOf(comparison), std::string(text));
  TextRange range = RangeOf(comparison, text);
  if (range.lower.empty()) return Unknown();
  if (range.is_prefix) return One(column, Operator::kStartsWith, std::move(range.lower));
  Bound bound = One(column, Operator::kGreaterOrEqual, std::move(range.lower));
  if (!range.upper.empty()) {
    bound.conditions.push_back({*column.path, Operator::kLess, {std::move(range.upper)}});
  }
  return bound;
}

Bound TranslateBlob(const Column& column, Comparison comparison, sqlite3_value* value) {
  if (sqlite3_value_type(value) != SQLITE_BLOB) return Unknown();
  return One(column, OperatorOf(comparison), std::string(BlobOf(value)));
}

}  // namespace

std::string_view SymbolOf(Comparison comparison) {
  for (const auto& [known, symbol] : kSymbols) {
    if (known == comparison) return symbol;
  }
  return "?";
}

std::optional<Comparison> ComparisonOf(std::string_view symbol) {
  for (const auto& [comparison, known] : kSymbols) {
    if (known == symbol) return comparison;
  }
  return std::nullopt;
}

std::optional<Comparison> ComparisonOfOp(int op) {
  switch (op) {
    case SQLITE_INDEX_CONSTRAINT_EQ:
      return Comparison::kEqual;
    case SQLITE_INDEX_CONSTRAINT_IS:
      return Comparison::kIs;
    case SQLITE_INDEX_CONSTRAINT_LT:
      return Comparison::kLess;
    case SQLITE_INDEX_CONSTRAINT_LE:
      return Comparison::kLessOrEqual;
    case SQLITE_INDEX_CONSTRAINT_GT:
      return Comparison::kGreater;
    case SQLITE_INDEX_CONSTRAINT_GE:
      return Comparison::kGreaterOrEqual;
    case SQLITE_INDEX_CONSTRAINT_ISNULL:
      return Comparison::kIsNull;
    case SQLITE_INDEX_CONSTRAINT_ISNOTNULL:
      return Comparison::kIsNotNull;
    case SQLITE_INDEX_CONSTRAINT_LIKE:
      return Comparison::kLike;
    case SQLITE_INDEX_CONSTRAINT_GLOB:
      return Comparison::kGlob;
    default:
      return std::nullopt;
  }
}

bool CanTranslate(const Column& column, Comparison comparison) {
  if (!column.path.has_value()) return false;
  if (IsPattern(comparison)) return column.kind == Column::Kind::kScalar && IsTextual(column.form);
  // NaN is null for SQLite and not for us.
  return !(column.form == Form::kReal && comparison == Comparison::kIsNull);
}

bool SortsAsStored(const Column& column) {
  if (!column.path.has_value()) return false;
  switch (column.form) {
    case Form::kEnum:      // by name, not by number
    case Form::kReal:      // NaN is null
    case Form::kUnsigned:  // the largest are text
      return false;
    case Form::kDecimal:
      // Large ones are equal for SQLite before they are for us.
      return column.path->type().key_type() == codec::KeyType::kInt32;
    default:
      return true;
  }
}

InstantRange AllInstants() { return {kFirstInstant, kLastInstant + 1}; }

InstantRange InstantsThat(Comparison comparison, std::string_view text) {
  const TextRange range = RangeOf(comparison, text);
  const auto place = [](std::string_view bound) {
    return FirstNotBelow(kFirstInstant, kLastInstant, bound, InstantText);
  };
  return {place(range.lower), range.upper.empty() ? kLastInstant + 1 : place(range.upper)};
}

Bound Translate(const Column& column, Comparison comparison, sqlite3_value* value,
                bool is_literal) {
  Bound bound;
  if (comparison == Comparison::kIsNull || comparison == Comparison::kIsNotNull) {
    bound.conditions.push_back(
        {*column.path,
         comparison == Comparison::kIsNull ? Operator::kIsNull : Operator::kIsNotNull,
         {}});
    return bound;
  }
  if (sqlite3_value_type(value) == SQLITE_NULL) {
    if (comparison != Comparison::kIs) return Never();
    return column.form == Form::kReal ? Unknown()
                                      : Translate(column, Comparison::kIsNull, nullptr, is_literal);
  }
  if (column.kind == Column::Kind::kUnscaled) return TranslateInteger(column, comparison, value);
  switch (column.form) {
    case Form::kBool:
      return TranslateBool(column, comparison, value);
    case Form::kInteger:
    case Form::kUnsigned:
      return TranslateInteger(column, comparison, value);
    case Form::kReal:
      return TranslateReal(column, comparison, value);
    case Form::kDecimal:
      return TranslateDecimal(column, comparison, value);
    case Form::kBlob:
      return TranslateBlob(column, comparison, value);
    default:
      return TranslateText(column, comparison, value, is_literal);
  }
}

void InList::Add(sqlite3_value* value) {
  if (unknown_ || sqlite3_value_type(value) == SQLITE_NULL) return;
  Bound bound = Translate(column_, Comparison::kEqual, value, false);
  if (bound.never) return;
  for (Condition& condition : bound.conditions) {
    const bool points = condition.op == Operator::kEqual || condition.op == Operator::kIn;
    unknown_ = unknown_ || !points;
    for (OwnedScalar& operand : condition.operands) values_.push_back(std::move(operand));
  }
  unknown_ = unknown_ || bound.conditions.empty() || values_.size() > kInValuesMax;
}

Bound InList::Take() { return unknown_ ? Unknown() : AnyOf(column_, std::move(values_)); }

std::vector<Condition> Placeholder(const Column& column, Comparison comparison) {
  const codec::KeyType type = column.path->type().key_type();
  OwnedScalar value;
  OwnedScalar other;
  if (type == codec::KeyType::kBool) {
    value = false;
    other = true;
  } else if (type == codec::KeyType::kText || type == codec::KeyType::kData) {
    value = std::string("a");
    other = std::string("b");
  } else if (type == codec::KeyType::kFloat32 || type == codec::KeyType::kFloat64) {
    value = 0.0;
    other = 1.0;
  } else if (LimitsOf(type).is_signed) {
    value = int64_t{0};
    other = int64_t{1};
  } else {
    value = uint64_t{0};
    other = uint64_t{1};
  }
  const bool few = column.form == Form::kBool || column.form == Form::kEnum;
  const auto make = [&](Operator op, std::vector<OwnedScalar> operands) {
    return std::vector<Condition>{{*column.path, op, std::move(operands)}};
  };
  if (comparison == Comparison::kIsNull || comparison == Comparison::kIsNotNull) {
    return Translate(column, comparison, nullptr, false).conditions;
  }
  if (IsEquality(comparison)) return make(Operator::kEqual, {value});
  if (comparison == Comparison::kIn || few) return make(Operator::kIn, {value, other});
  if (IsRange(comparison)) return make(OperatorOf(comparison), {value});
  std::vector<Condition> both = make(Operator::kGreaterOrEqual, {value});
  both.push_back({*column.path, Operator::kLess, {other}});
  return both;
}

}  // namespace daftar::sql
