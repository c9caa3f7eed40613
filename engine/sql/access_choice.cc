#include "sql/access_choice.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/status.h"

namespace daftar::sql {
namespace {

constexpr std::string_view kPrimary = "by primary key";
constexpr std::string_view kIndex = "by index ";
constexpr std::string_view kAnd = " and ";
constexpr std::string_view kWhere = " where ";
constexpr std::string_view kOrder = "order ";
constexpr std::string_view kCovered = "read no record: ";
constexpr std::string_view kValue = " ?";
constexpr std::string_view kLiteral = " literal";
constexpr std::string_view kDescending = " desc";

bool TakesValue(Comparison comparison) {
  return comparison != Comparison::kIsNull && comparison != Comparison::kIsNotNull;
}

// Names of fields have neither spaces nor any of ",;?".
absl::StatusOr<size_t> ColumnAt(std::string_view name, const std::vector<Column>& columns) {
  if (const auto found = FindColumn(columns, name)) return *found;
  return Internal("a plan names a column that is not there").With("column", name);
}

absl::StatusOr<AccessChoice::Argument> ParseArgument(std::string_view text,
                                                     const std::vector<Column>& columns) {
  const std::pair<std::string_view, std::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits(' ', 1));
  AccessChoice::Argument argument;
  DAFTAR_ASSIGN_OR_RETURN(argument.column, ColumnAt(parts.first, columns));
  std::string_view symbol = absl::StripSuffix(parts.second, kValue);
  argument.is_literal = absl::ConsumeSuffix(&symbol, kLiteral);
  const auto comparison = ComparisonOf(symbol);
  if (!comparison.has_value()) return Internal("a plan does not parse").With("at", text);
  argument.comparison = *comparison;
  return argument;
}

absl::Status ParseAccess(std::string_view text, const std::vector<Column>& columns,
                         AccessChoice* choice) {
  const std::pair<std::string_view, std::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits(kWhere, 1));
  if (absl::StartsWith(parts.first, kIndex)) {
    const std::vector<std::string> names =
        absl::StrSplit(absl::StripPrefix(parts.first, kIndex), kAnd);
    choice->index = names.front();
    choice->intersected.assign(names.begin() + 1, names.end());
  } else if (parts.first != kPrimary) {
    return Internal("a plan does not parse").With("at", text);
  }
  for (std::string_view part : absl::StrSplit(parts.second, kAnd, absl::SkipEmpty())) {
    DAFTAR_ASSIGN_OR_RETURN(AccessChoice::Argument argument, ParseArgument(part, columns));
    choice->arguments.push_back(argument);
  }
  return absl::OkStatus();
}

}  // namespace

std::string ToText(const AccessChoice& choice, const std::vector<Column>& columns) {
  std::string text(choice.index.empty() ? kPrimary : kIndex);
  text += choice.index;
  for (const std::string& index : choice.intersected) absl::StrAppend(&text, kAnd, index);
  std::string_view before = kWhere;
  for (const AccessChoice::Argument& argument : choice.arguments) {
    absl::StrAppend(&text, before, columns[argument.column].name, " ",
                    SymbolOf(argument.comparison),
                    !TakesValue(argument.comparison) ? ""
                    : argument.is_literal            ? kLiteral
                                                     : kValue);
    before = kAnd;
  }
  before = "; order ";
  for (const AccessChoice::Order& order : choice.orders) {
    absl::StrAppend(&text, before, columns[order.column].name, order.descending ? kDescending : "");
    before = ", ";
  }
  before = "; read no record: ";
  for (const size_t column : choice.covered) {
    absl::StrAppend(&text, before, columns[column].name);
    before = ", ";
  }
  return text;
}

absl::StatusOr<AccessChoice> ParseAccessChoice(std::string_view text,
                                               const std::vector<Column>& columns) {
  AccessChoice choice;
  const std::vector<std::string_view> parts = absl::StrSplit(text, "; ");
  DAFTAR_RETURN_IF_ERROR(ParseAccess(parts.front(), columns, &choice));
  for (size_t i = 1; i < parts.size(); ++i) {
    std::string_view part = parts[i];
    if (absl::ConsumePrefix(&part, kOrder)) {
      for (std::string_view name : absl::StrSplit(part, ", ")) {
        AccessChoice::Order order;
        order.descending = absl::ConsumeSuffix(&name, kDescending);
        DAFTAR_ASSIGN_OR_RETURN(order.column, ColumnAt(name, columns));
        choice.orders.push_back(order);
      }
    } else if (absl::ConsumePrefix(&part, kCovered)) {
      for (std::string_view name : absl::StrSplit(part, ", ")) {
        DAFTAR_ASSIGN_OR_RETURN(const size_t column, ColumnAt(name, columns));
        choice.covered.push_back(column);
      }
    } else {
      return Internal("a plan does not parse").With("at", part);
    }
  }
  return choice;
}

}  // namespace daftar::sql
