#include "query/access_path.h"

#include <algorithm>

#include "codec/keyspace.h"

namespace daftar::query {
namespace {

using catalog::Term;
using record::Condition;

// More ranges than this cost more than filtering what one wider range reads.
constexpr size_t kRangesMax = 1000;

// The encoded alternatives that a condition holds a term to, or nothing when it does not.
std::vector<std::string> PointsOf(const Term& term, const Condition& condition) {
  std::vector<std::string> points;
  if (condition.op == Operator::kIsNull) {
    if (term.part.nulls == codec::Nulls::kNever) return points;
    codec::AppendPart(term.part, Scalar(), &points.emplace_back());
  } else if (condition.op == Operator::kEqual || condition.op == Operator::kIn) {
    for (const OwnedScalar& operand : condition.operands) {
      codec::AppendPart(term.part, ToView(operand), &points.emplace_back());
    }
  }
  return points;
}

// The bytes between which a term's values lie, each behind one byte 0, so that the end after the
// greatest value of all has a place: the byte 1.
struct Interval {
  std::string lower = std::string(1, '\x00');
  std::string upper = std::string(1, '\x01');  // exclusive

  static std::string Place(std::string_view bytes) { return std::string(1, '\x00').append(bytes); }
  // A place among the keys that start with `prefix`.
  static std::string Within(const std::string& prefix, const std::string& place) {
    return place.front() == '\x00' ? prefix + place.substr(1) : codec::PrefixEnd(prefix);
  }
};

// All values of the term that are not null. Nulls stand outside of it, on one side or the other.
Interval NotNull(const Term& term) {
  if (term.part.nulls == codec::Nulls::kNever) return {};
  return {Interval::Place("\x01"), Interval::Place("\x02")};
}

// What a prefix of text leaves of the encoding: everything before the terminator.
std::string EncodedTextPrefix(const Term& term, const OwnedScalar& operand) {
  std::string bytes;
  codec::AppendPart(term.part, ToView(operand), &bytes);
  bytes.resize(bytes.size() - codec::kTextTerminatorBytes);
  return bytes;
}

// Bounds by < <= > >=.
void Compare(const Term& term, const Condition& condition, Interval* bound) {
  const bool greater =
      condition.op == Operator::kGreater || condition.op == Operator::kGreaterOrEqual;
  const bool inclusive =
      condition.op == Operator::kLessOrEqual || condition.op == Operator::kGreaterOrEqual;
  std::string value;
  codec::AppendPart(term.part, ToView(condition.operands.front()), &value);
  const std::string at = Interval::Place(value);
  // In a descending term smaller values come later.
  const bool from = greater == (term.part.direction == codec::Direction::kAscending);
  if (from) {
    bound->lower = inclusive ? at : codec::PrefixEnd(at);
  } else {
    bound->upper = inclusive ? codec::PrefixEnd(at) : at;
  }
}

// Narrows `interval` by a condition on the term. False: the condition bounds nothing.
bool Narrow(const Term& term, const Condition& condition, Interval* interval) {
  Interval bound = NotNull(term);
  switch (condition.op) {
    case Operator::kStartsWith:
      bound.lower = Interval::Place(EncodedTextPrefix(term, condition.operands.front()));
      bound.upper = codec::PrefixEnd(bound.lower);
      break;
    case Operator::kLess:
    case Operator::kLessOrEqual:
    case Operator::kGreater:
    case Operator::kGreaterOrEqual:
      Compare(term, condition, &bound);
      break;
    case Operator::kIsNotNull:
      if (term.part.nulls == codec::Nulls::kNever) return false;
      break;
    default:
      return false;
  }
  interval->lower = std::max(interval->lower, bound.lower);
  interval->upper = std::min(interval->upper, bound.upper);
  return true;
}

std::vector<const Condition*> ConditionsOn(const BoundQuery& query, const Term& term) {
  std::vector<const Condition*> found;
  for (const Condition& condition : query.conditions) {
    if (condition.path == term.path) found.push_back(&condition);
  }
  return found;
}

// Extends every prefix by every alternative. False: there would be too many.
bool Multiply(std::vector<std::string> points, std::vector<std::string>* prefixes) {
  std::sort(points.begin(), points.end());
  points.erase(std::unique(points.begin(), points.end()), points.end());
  if (prefixes->size() * points.size() > kRangesMax) return false;
  std::vector<std::string> longer;
  for (const std::string& prefix : *prefixes) {
    for (const std::string& point : points) longer.push_back(prefix + point);
  }
  *prefixes = std::move(longer);
  return true;
}

}  // namespace

// Whether a record that meets `given` always meets `wanted`.
bool Implies(const Condition& given, const Condition& wanted) {
  if (!(given.path == wanted.path)) return false;
  if (given.op == wanted.op && given.operands == wanted.operands) return true;
  if (wanted.op == Operator::kIsNotNull) return given.op != Operator::kIsNull;
  if (given.op == Operator::kEqual || given.op == Operator::kIn) {
    return std::all_of(given.operands.begin(), given.operands.end(),
                       [&](const OwnedScalar& v) { return record::Meets(wanted, ToView(v)); });
  }
  return false;
}

std::string AccessPath::prefix() const {
  return index ? codec::IndexPrefix(index->id) : codec::RecordPrefix(table->id);
}

bool Answers(const AccessPath& path, const BoundQuery& query) {
  if (path.index == nullptr) return true;
  for (const Condition& wanted : path.index->where) {
    const bool implied =
        std::any_of(query.conditions.begin(), query.conditions.end(),
                    [&](const Condition& given) { return Implies(given, wanted); });
    if (!implied) return false;
  }
  if (!path.index->fans_out()) return true;
  // A record with an empty list has no entry, so the query must ask for an element of that list.
  const record::FieldPath& list = path.index->longest_fan_out();
  return std::any_of(query.conditions.begin(), query.conditions.end(), [&](const Condition& given) {
    return given.path.list_count() >= list.list_count() &&
           list.SharesList(list.list_count() - 1, given.path);
  });
}

void BoundRanges(const AccessPath& path, Plan* plan) {
  std::vector<std::string> prefixes = {path.prefix()};
  Interval interval;
  for (const Term& term : path.terms()) {
    const auto conditions = ConditionsOn(plan->query, term);
    const auto pointed = std::find_if(conditions.begin(), conditions.end(), [&](auto* condition) {
      return !PointsOf(term, *condition).empty();
    });
    if (pointed != conditions.end() && Multiply(PointsOf(term, **pointed), &prefixes)) {
      plan->bounded.push_back(**pointed);
      ++plan->equal_terms;
      continue;
    }
    for (const Condition* condition : conditions) {
      if (!Narrow(term, *condition, &interval)) continue;
      plan->bounded.push_back(*condition);
      plan->has_range = true;
    }
    break;
  }
  for (std::string& prefix : prefixes) {
    storage::KeyRange range{Interval::Within(prefix, interval.lower),
                            Interval::Within(prefix, interval.upper)};
    if (range.lower >= range.upper) continue;
    plan->ranges.push_back(std::move(range));
    plan->prefixes.push_back(std::move(prefix));
  }
  // With every term that fans out held to one value, a record has one entry at most.
  const auto& terms = path.terms();
  const bool element_free =
      std::any_of(terms.begin() + static_cast<ptrdiff_t>(plan->equal_terms), terms.end(),
                  [](const Term& term) { return term.path.fans_out(); });
  plan->may_repeat =
      path.index != nullptr && path.index->fans_out() && (plan->ranges.size() > 1 || element_free);
}

void FindSlots(const AccessPath& path, Plan* plan) {
  if (path.index == nullptr) return;
  // Every slot costs that its part of each entry is decoded.
  const auto find = [&](const record::FieldPath& wanted, bool is_used = true) {
    const auto look = [&](const std::vector<Term>& terms, EntrySlot::Part part) {
      for (size_t i = 0; i < terms.size(); ++i) {
        if (terms[i].path == wanted && !wanted.fans_out()) {
          if (is_used) plan->slots.push_back({wanted, part, i});
          return true;
        }
      }
      return false;
    };
    return look(path.index->on, EntrySlot::Part::kTuple) ||
           look(path.table->key, EntrySlot::Part::kPrimaryKey) ||
           look(path.index->covering, EntrySlot::Part::kCovered);
  };
  bool all = !plan->query.columns.empty() && !plan->may_repeat;
  for (const Condition& condition : plan->query.conditions) {
    if (!plan->IsBounded(condition) && !find(condition.path)) all = false;
  }
  for (const auto* list : {&plan->query.alternatives, &plan->query.excluded}) {
    for (const std::vector<Condition>& conditions : *list) {
      for (const Condition& condition : conditions) {
        if (!find(condition.path)) all = false;
      }
    }
  }
  for (const Column& column : plan->query.columns) {
    if (!column.path.has_value() || !find(*column.path)) all = false;
  }
  // What comes in order as scanned needs no values to sort by.
  for (const OrderTerm& order : plan->query.orders) {
    if (!find(order.path, plan->sort || plan->query.distinct || plan->is_branch)) all = false;
  }
  plan->reads_records = !all;
}

}  // namespace daftar::query
