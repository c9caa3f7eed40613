// ParseCondition and ParseConditions.

#include <cctype>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "base/status.h"
#include "record/predicate.h"

namespace daftar::record {
namespace {

class Parser {
 public:
  Parser(capnp::StructSchema schema, std::string_view text)
      : schema_(schema), all_(text), rest_(text) {}

  // `ends`: the bytes that end a bare word; empty takes all that is left.
  absl::StatusOr<Condition> ParseOne(std::string_view ends) {
    const std::string_view name = TakePathName();
    if (name.empty()) return Refuse("a condition starts with a field path");
    DAFTAR_ASSIGN_OR_RETURN(FieldPath path, FieldPath::Parse(schema_, name));
    DAFTAR_ASSIGN_OR_RETURN(const Operator op, TakeOperator());
    std::vector<Value> operands;
    if (op == Operator::kIn) {
      DAFTAR_RETURN_IF_ERROR(TakeList(&operands));
    } else if (op != Operator::kIsNull && op != Operator::kIsNotNull) {
      DAFTAR_ASSIGN_OR_RETURN(std::string literal, TakeLiteral(ends));
      operands.emplace_back(std::move(literal));
    }
    return MakeCondition(std::move(path), op, operands);
  }

  bool AtEnd() {
    SkipSpace();
    return rest_.empty();
  }
  bool TakeWord(std::string_view word) {
    SkipSpace();
    if (!absl::StartsWithIgnoreCase(rest_, word)) return false;
    const std::string_view after = rest_.substr(word.size());
    if (!after.empty() && IsNameByte(after.front())) return false;
    rest_ = after;
    return true;
  }
  absl::Status Refuse(std::string_view cause) const {
    return InvalidArgument("condition does not parse")
        .With("cause", cause)
        .With("at", absl::StrCat("'", rest_, "'"))
        .With("condition", absl::StrCat("'", all_, "'"));
  }

 private:
  static bool IsNameByte(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.';
  }
  void SkipSpace() { rest_ = absl::StripLeadingAsciiWhitespace(rest_); }

  std::string_view TakePathName() {
    SkipSpace();
    size_t length = 0;
    while (length < rest_.size() && IsNameByte(rest_[length])) ++length;
    const std::string_view name = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return name;
  }

  absl::StatusOr<Operator> TakeOperator() {
    SkipSpace();
    if (TakeWord("is")) {
      const bool negated = TakeWord("not");
      if (!TakeWord("null")) return Refuse("after 'is' comes 'null' or 'not null'");
      return negated ? Operator::kIsNotNull : Operator::kIsNull;
    }
    if (TakeWord("in")) return Operator::kIn;
    // Longer symbols first.
    for (Operator op :
         {Operator::kNotEqual, Operator::kLessOrEqual, Operator::kGreaterOrEqual,
          Operator::kStartsWith, Operator::kEqual, Operator::kLess, Operator::kGreater}) {
      if (rest_.starts_with(OperatorSymbol(op))) {
        rest_.remove_prefix(OperatorSymbol(op).size());
        return op;
      }
    }
    return Refuse("an operator is one of = != < <= > >= ^= in, is null, is not null");
  }

  // A bare word up to one of `ends`, or text in single quotes.
  absl::StatusOr<std::string> TakeLiteral(std::string_view ends) {
    SkipSpace();
    if (!rest_.starts_with('\'')) {
      const size_t end = std::min(rest_.find_first_of(ends), rest_.size());
      const std::string word(absl::StripTrailingAsciiWhitespace(rest_.substr(0, end)));
      if (word.empty()) return Refuse("a value is missing; write '' for the empty text");
      rest_.remove_prefix(end);
      return word;
    }
    std::string text;
    for (size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] != '\'') {
        text.push_back(rest_[i]);
      } else if (i + 1 < rest_.size() && rest_[i + 1] == '\'') {
        text.push_back('\'');
        ++i;
      } else {
        rest_.remove_prefix(i + 1);
        return text;
      }
    }
    return Refuse("the quote is not closed");
  }

  absl::Status TakeList(std::vector<Value>* operands) {
    SkipSpace();
    if (!rest_.starts_with('(')) return Refuse("after 'in' comes a list (a, b)");
    do {
      rest_.remove_prefix(1);
      DAFTAR_ASSIGN_OR_RETURN(std::string literal, TakeLiteral(",)"));
      operands->emplace_back(std::move(literal));
      SkipSpace();
    } while (rest_.starts_with(','));
    if (!rest_.starts_with(')')) return Refuse("the list is not closed");
    rest_.remove_prefix(1);
    return absl::OkStatus();
  }

  capnp::StructSchema schema_;
  std::string_view all_;
  std::string_view rest_;
};

}  // namespace

absl::StatusOr<Condition> ParseCondition(capnp::StructSchema schema, std::string_view text) {
  Parser parser(schema, text);
  DAFTAR_ASSIGN_OR_RETURN(Condition condition, parser.ParseOne(""));
  if (!parser.AtEnd()) return parser.Refuse("text after the condition; put quotes around a value");
  return condition;
}

absl::StatusOr<std::vector<Condition>> ParseConditions(capnp::StructSchema schema,
                                                       std::string_view text) {
  std::vector<Condition> conditions;
  Parser parser(schema, text);
  if (parser.AtEnd()) return conditions;
  do {
    DAFTAR_ASSIGN_OR_RETURN(Condition condition, parser.ParseOne(" \t\r\n"));
    conditions.push_back(std::move(condition));
  } while (parser.TakeWord("and"));
  if (!parser.AtEnd()) return parser.Refuse("conditions are joined by 'and'");
  return conditions;
}

}  // namespace daftar::record
