#include "columns/column.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace daftar::columns {
namespace {

using record::Condition;

constexpr uint64_t kSignBit = uint64_t{1} << 63;
// With more different texts each row has its own.
constexpr size_t kCodesMax = 255;

// A number such that the order of numbers is that of values. Requires: no text, not null.
uint64_t OrderedOf(const Scalar& value) {
  if (const auto* number = std::get_if<int64_t>(&value)) {
    return static_cast<uint64_t>(*number) ^ kSignBit;
  }
  if (const auto* number = std::get_if<uint64_t>(&value)) return *number;
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? 1 : 0;
  return std::bit_cast<uint64_t>(std::get<double>(value));
}

struct Interval {
  uint64_t first = 0;
  uint64_t last = UINT64_MAX;
};

// The numbers that a condition asks for, when they are one interval; first > last: none.
std::optional<Interval> IntervalOf(const Condition& condition) {
  if (condition.operands.size() != 1) return std::nullopt;
  const uint64_t bound = OrderedOf(ToView(condition.operands.front()));
  switch (condition.op) {
    case Operator::kEqual:
      return Interval{bound, bound};
    case Operator::kLess:
      return bound == 0 ? Interval{1, 0} : Interval{0, bound - 1};
    case Operator::kLessOrEqual:
      return Interval{0, bound};
    case Operator::kGreater:
      return bound == UINT64_MAX ? Interval{1, 0} : Interval{bound + 1, UINT64_MAX};
    case Operator::kGreaterOrEqual:
      return Interval{bound, UINT64_MAX};
    default:
      return std::nullopt;
  }
}

// Leaves the rows that `meets` holds for; without branches, as which rows do cannot be foreseen.
template <typename Meets>
void KeepIf(const Meets& meets, Selection* rows) {
  size_t kept = 0;
  for (const uint32_t row : *rows) {
    (*rows)[kept] = row;
    kept += meets(row) ? 1 : 0;
  }
  rows->resize(kept);
}

}  // namespace

Column Column::Make(const std::vector<Scalar>& values) {
  Column column;
  for (size_t row = 0; row < values.size(); ++row) {
    if (!IsNull(values[row])) continue;
    if (column.nulls_.empty()) column.nulls_.resize(values.size());
    column.nulls_[row] = 1;
  }
  const auto some = std::find_if(values.begin(), values.end(),
                                 [](const Scalar& value) { return !IsNull(value); });
  if (some == values.end()) return column;
  if (std::holds_alternative<std::string_view>(*some)) {
    column.MakeTexts(values);
    return column;
  }
  column.form_ = std::holds_alternative<bool>(*some)       ? Form::kBool
                 : std::holds_alternative<int64_t>(*some)  ? Form::kSigned
                 : std::holds_alternative<uint64_t>(*some) ? Form::kUnsigned
                                                           : Form::kDouble;
  column.MakeNumbers(values);
  return column;
}

void Column::MakeNumbers(const std::vector<Scalar>& values) {
  std::vector<uint64_t> numbers(values.size());
  uint64_t least = UINT64_MAX;
  for (size_t row = 0; row < values.size(); ++row) {
    if (IsNull(values[row])) continue;
    numbers[row] = OrderedOf(values[row]);
    least = std::min(least, numbers[row]);
  }
  base_ = form_ == Form::kDouble ? 0 : least;
  for (size_t row = 0; row < values.size(); ++row) {
    numbers[row] = IsNullAt(row) ? 0 : numbers[row] - base_;
  }
  numbers_ = Numbers(numbers);
}

void Column::MakeTexts(const std::vector<Scalar>& values) {
  absl::flat_hash_map<std::string_view, uint64_t> codes;
  std::vector<std::string_view> different;
  std::vector<uint64_t> numbers(values.size());
  for (size_t row = 0; row < values.size() && different.size() <= kCodesMax; ++row) {
    if (IsNull(values[row])) continue;
    const auto [code, is_new] =
        codes.try_emplace(std::get<std::string_view>(values[row]), different.size());
    if (is_new) different.push_back(code->first);
    numbers[row] = code->second;
  }
  const bool is_coded = different.size() <= kCodesMax && different.size() * 2 <= values.size();
  form_ = is_coded ? Form::kCode : Form::kText;
  if (is_coded) {
    numbers_ = Numbers(numbers);
  } else {
    different.clear();
    for (const Scalar& value : values) {
      different.push_back(IsNull(value) ? std::string_view() : std::get<std::string_view>(value));
    }
  }
  std::vector<uint64_t> ends;
  for (const std::string_view text : different) {
    texts_.append(text);
    ends.push_back(texts_.size());
  }
  texts_.shrink_to_fit();
  text_ends_ = Numbers(ends);
}

std::string_view Column::TextAt(size_t i) const {
  const size_t begin = i == 0 ? 0 : text_ends_[i - 1];
  return std::string_view(texts_).substr(begin, text_ends_[i] - begin);
}

Scalar Column::At(size_t row) const {
  if (IsNullAt(row)) return Scalar();
  switch (form_) {
    case Form::kNothing:
      return Scalar();
    case Form::kBool:
      return base_ + numbers_[row] != 0;
    case Form::kSigned:
      return static_cast<int64_t>((base_ + numbers_[row]) ^ kSignBit);
    case Form::kUnsigned:
      return base_ + numbers_[row];
    case Form::kDouble:
      return std::bit_cast<double>(numbers_[row]);
    case Form::kCode:
      return TextAt(numbers_[row]);
    case Form::kText:
      break;
  }
  return TextAt(row);
}

bool Column::KeepInterval(const Condition& condition, Selection* rows) const {
  if (form_ != Form::kBool && form_ != Form::kSigned && form_ != Form::kUnsigned) return false;
  const std::optional<Interval> asked = IntervalOf(condition);
  if (!asked.has_value()) return false;
  if (asked->first > asked->last || asked->last < base_) {
    rows->clear();
    return true;
  }
  const uint64_t first = asked->first > base_ ? asked->first - base_ : 0;
  const uint64_t span = asked->last - base_ - first;
  numbers_.VisitAll([&](const auto& numbers) {
    if (nulls_.empty()) {
      KeepIf([&](uint32_t row) { return numbers[row] - first <= span; }, rows);
    } else {
      KeepIf(
          [&](uint32_t row) {
            const int is_value = static_cast<int>(nulls_[row] == 0);
            return (is_value & static_cast<int>(numbers[row] - first <= span)) != 0;
          },
          rows);
    }
  });
  return true;
}

void Column::KeepCodes(const Condition& condition, Selection* rows) const {
  const bool null_meets = record::Meets(condition, Scalar());
  std::vector<uint8_t> meets(kCodesMax + 1);
  std::vector<uint8_t> is_known(kCodesMax + 1);
  KeepIf(
      [&](uint32_t row) {
        if (IsNullAt(row)) return null_meets;
        const uint64_t code = numbers_[row];
        if (is_known[code] == 0) {
          is_known[code] = 1;
          meets[code] = record::Meets(condition, TextAt(code)) ? 1 : 0;
        }
        return meets[code] != 0;
      },
      rows);
}

void Column::Keep(const Condition& condition, Selection* rows) const {
  if (KeepInterval(condition, rows)) return;
  if (form_ == Form::kCode) {
    KeepCodes(condition, rows);
    return;
  }
  KeepIf([&](uint32_t row) { return record::Meets(condition, At(row)); }, rows);
}

size_t Column::bytes() const {
  return sizeof(Column) + numbers_.bytes() + nulls_.capacity() + texts_.capacity() +
         text_ends_.bytes();
}

}  // namespace daftar::columns
