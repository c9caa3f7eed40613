#include "record/predicate.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/status.h"

namespace daftar::record {
namespace {

template <typename T>
int Sign(const T& a, const T& b) {
  return a < b ? -1 : (b < a ? 1 : 0);
}

int CompareDoubles(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return static_cast<int>(std::isnan(a)) - std::isnan(b);
  return Sign(a, b);
}

// Whether some choice of list elements below `elements` meets all of `conditions`, whose paths
// share the lists that `elements` are in.
bool Exists(const std::vector<const Condition*>& conditions,
            const capnp::DynamicStruct::Reader& record,
            std::vector<capnp::DynamicValue::Reader>* elements) {
  const size_t depth = elements->size();
  std::vector<const Condition*> deeper;
  for (const Condition* condition : conditions) {
    if (condition->path.list_count() > depth) {
      deeper.push_back(condition);
    } else if (!Meets(*condition, condition->path.Evaluate(record, *elements))) {
      return false;
    }
  }
  while (!deeper.empty()) {
    std::vector<const Condition*> together, others;
    for (const Condition* condition : deeper) {
      (deeper.front()->path.SharesList(depth, condition->path) ? together : others)
          .push_back(condition);
    }
    const auto list = together.front()->path.List(record, *elements);
    bool found = false;
    for (uint i = 0; i < list.size() && !found; ++i) {
      elements->push_back(list[i]);
      found = Exists(together, record, elements);
      elements->pop_back();
    }
    if (!found) return false;
    deeper = std::move(others);
  }
  return true;
}

}  // namespace

std::string_view OperatorSymbol(Operator op) {
  switch (op) {
    case Operator::kEqual:
      return "=";
    case Operator::kNotEqual:
      return "!=";
    case Operator::kLess:
      return "<";
    case Operator::kLessOrEqual:
      return "<=";
    case Operator::kGreater:
      return ">";
    case Operator::kGreaterOrEqual:
      return ">=";
    case Operator::kStartsWith:
      return "^=";
    case Operator::kIn:
      return "in";
    case Operator::kIsNull:
      return "is null";
    case Operator::kIsNotNull:
      return "is not null";
  }
  return "?";
}

std::string Condition::ToString() const {
  std::string text = absl::StrCat(path.text(), " ", OperatorSymbol(op));
  const auto literal = [&](const OwnedScalar& operand) {
    return path.type().ToValue(ToView(operand)).ToString();
  };
  if (op == Operator::kIn) {
    std::string list;
    for (const OwnedScalar& operand : operands) {
      absl::StrAppend(&list, list.empty() ? "" : ", ", literal(operand));
    }
    return absl::StrCat(text, " (", list, ")");
  }
  return operands.empty() ? text : absl::StrCat(text, " ", literal(operands.front()));
}

int CompareScalars(const Scalar& a, const Scalar& b) {
  DAFTAR_CHECK_EQ(a.index(), b.index());
  if (const auto* x = std::get_if<double>(&a)) return CompareDoubles(*x, std::get<double>(b));
  if (const auto* x = std::get_if<int64_t>(&a)) return Sign(*x, std::get<int64_t>(b));
  if (const auto* x = std::get_if<uint64_t>(&a)) return Sign(*x, std::get<uint64_t>(b));
  if (const auto* x = std::get_if<bool>(&a)) return Sign(*x, std::get<bool>(b));
  return Sign(std::get<std::string_view>(a), std::get<std::string_view>(b));
}

bool Meets(const Condition& condition, const Scalar& value) {
  if (condition.op == Operator::kIsNull) return IsNull(value);
  if (IsNull(value)) return false;
  if (condition.op == Operator::kIsNotNull) return true;
  if (condition.op == Operator::kIn) {
    for (const OwnedScalar& operand : condition.operands) {
      if (CompareScalars(value, ToView(operand)) == 0) return true;
    }
    return false;
  }
  const Scalar operand = ToView(condition.operands.front());
  if (condition.op == Operator::kStartsWith) {
    return std::get<std::string_view>(value).starts_with(std::get<std::string_view>(operand));
  }
  const int order = CompareScalars(value, operand);
  switch (condition.op) {
    case Operator::kEqual:
      return order == 0;
    case Operator::kNotEqual:
      return order != 0;
    case Operator::kLess:
      return order < 0;
    case Operator::kLessOrEqual:
      return order <= 0;
    case Operator::kGreater:
      return order > 0;
    case Operator::kGreaterOrEqual:
      return order >= 0;
    default:
      return false;
  }
}

bool MatchesAll(const std::vector<Condition>& conditions, const Message& record) {
  // Most values can be read where they lie.
  std::vector<const Condition*> others;
  for (const Condition& condition : conditions) {
    const auto value =
        condition.path.fans_out() ? std::nullopt : condition.path.Read(record.bytes());
    if (!value.has_value()) {
      others.push_back(&condition);
    } else if (!Meets(condition, *value)) {
      return false;
    }
  }
  if (others.empty()) return true;
  std::vector<capnp::DynamicValue::Reader> elements;
  return Exists(others, record.root(), &elements);
}

absl::StatusOr<Condition> MakeCondition(FieldPath path, Operator op,
                                        const std::vector<Value>& operands) {
  const auto refuse = [&](std::string_view text) {
    return InvalidArgument(text).With("path", path.text()).With("operator", OperatorSymbol(op));
  };
  const bool null_test = op == Operator::kIsNull || op == Operator::kIsNotNull;
  if (null_test ? !operands.empty() : (op != Operator::kIn && operands.size() != 1)) {
    return refuse("condition has a wrong number of operands").With("operands", operands.size());
  }
  const bool texts = path.type().type().isText() || path.type().type().isData();
  if (op == Operator::kStartsWith && !texts) return refuse("only text can be asked for a prefix");
  Condition condition;
  condition.op = op;
  for (const Value& operand : operands) {
    if (operand.is_null()) return refuse("compare with null is never true; write 'is null'");
    auto stored = path.type().FromValue(operand);
    if (!stored.ok()) return WithContext(stored.status(), "field", path.text());
    condition.operands.push_back(*std::move(stored));
  }
  condition.path = std::move(path);
  return condition;
}

}  // namespace daftar::record
