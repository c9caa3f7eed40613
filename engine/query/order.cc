#include "query/order.h"

#include <algorithm>

#include "base/status.h"

namespace daftar::query {
namespace {

using catalog::Term;
using record::Condition;

codec::Nulls UsualNulls(SortDirection direction) {
  return direction == SortDirection::kAscending ? codec::Nulls::kFirst : codec::Nulls::kLast;
}

bool Contains(const std::vector<OrderTerm>& orders, const record::FieldPath& path) {
  return std::any_of(orders.begin(), orders.end(),
                     [&](const OrderTerm& order) { return order.path == path; });
}

// Whether the conditions leave no record whose value at `path` is null.
bool NeverNull(const BoundQuery& query, const record::FieldPath& path) {
  return std::any_of(query.conditions.begin(), query.conditions.end(),
                     [&](const Condition& condition) {
                       return condition.path == path && condition.op != Operator::kIsNull;
                     });
}

// Whether `term` gives `order` when walked in the given direction.
bool TermGives(const Term& term, const OrderTerm& order, bool reverse, bool never_null) {
  if (!(term.path == order.path)) return false;
  const bool descending = (term.part.direction == codec::Direction::kDescending) != reverse;
  if (descending != (order.direction == SortDirection::kDescending)) return false;
  if (term.part.nulls == codec::Nulls::kNever || never_null) return true;
  const bool first = (term.part.nulls == codec::Nulls::kFirst) != reverse;
  return first == (UsualNulls(order.direction) == codec::Nulls::kFirst);
}

// A place in the order and in the terms of an entry, up to which one gives the other.
class OrderWalk {
 public:
  explicit OrderWalk(const Plan& plan) : query_(plan.query), terms_(plan.EntryTerms()) {
    if (plan.ranges.size() <= 1) term_ = plan.equal_terms;
  }

  // Goes as far as the terms give the order in one direction.
  void Go(bool reverse) {
    const auto& orders = query_.orders;
    for (; order_ < orders.size(); ++order_) {
      if (HeldValue(query_, orders[order_].path) != nullptr) continue;
      while (term_ < terms_.size() && IsFixed(terms_[term_].path)) ++term_;
      if (term_ == terms_.size()) return;
      const OrderTerm& order = orders[order_];
      if (!TermGives(terms_[term_], order, reverse, NeverNull(query_, order.path))) return;
      ++term_;
      ++scanned_;
    }
  }
  bool done() const { return order_ == query_.orders.size(); }
  size_t order() const { return order_; }
  size_t term() const { return term_; }
  size_t scanned() const { return scanned_; }

 private:
  // Whether entries that agree so far agree in this, too.
  bool IsFixed(const record::FieldPath& path) const {
    if (HeldValue(query_, path) != nullptr) return true;
    const auto& orders = query_.orders;
    return std::any_of(orders.begin(), orders.begin() + static_cast<ptrdiff_t>(order_),
                       [&](const OrderTerm& order) { return order.path == path; });
  }

  const BoundQuery& query_;
  const std::vector<Term> terms_;
  size_t order_ = 0;
  size_t term_ = 0;
  size_t scanned_ = 0;  // terms of the order that are not held
};

}  // namespace

void CompleteOrder(BoundQuery* query) {
  const std::vector<Term>& key = query->table->key;
  const std::vector<OrderTerm> asked = std::move(query->orders);
  query->orders.clear();
  const auto total = [&] {
    return std::all_of(key.begin(), key.end(),
                       [&](const Term& term) { return Contains(query->orders, term.path); });
  };
  for (const OrderTerm& order : asked) {
    if (!total() && !Contains(query->orders, order.path)) query->orders.push_back(order);
  }
  query->asked_orders = query->orders.size();
  for (const Term& term : key) {
    if (total()) break;
    if (Contains(query->orders, term.path)) continue;
    query->orders.push_back({term.path, term.part.direction == codec::Direction::kAscending
                                            ? SortDirection::kAscending
                                            : SortDirection::kDescending});
  }
}

codec::KeyPart SortPart(const OrderTerm& order) {
  const bool ascending = order.direction == SortDirection::kAscending;
  return {order.path.type().key_type(),
          ascending ? codec::Direction::kAscending : codec::Direction::kDescending,
          UsualNulls(order.direction)};
}

absl::StatusOr<std::vector<OwnedScalar>> ValuesOfSortKey(const BoundQuery& query,
                                                         std::string_view sort_key) {
  std::vector<OwnedScalar> values;
  for (const OrderTerm& order : query.orders) {
    auto value = codec::TakePart(SortPart(order), &sort_key);
    if (!value.ok() || (IsNull(*value) && !order.path.nullable())) {
      return InvalidArgument("continuation does not fit the fields it is ordered by")
          .With("field", order.path.text());
    }
    values.push_back(*std::move(value));
  }
  if (sort_key.empty()) return values;
  return InvalidArgument("continuation has more values than the order");
}

const OwnedScalar* HeldValue(const BoundQuery& query, const record::FieldPath& path) {
  if (path.fans_out()) return nullptr;
  static const OwnedScalar kNull;
  for (const Condition& condition : query.conditions) {
    if (!(condition.path == path)) continue;
    if (condition.op == Operator::kIsNull) return &kNull;
    const bool one = condition.op == Operator::kEqual ||
                     (condition.op == Operator::kIn && condition.operands.size() == 1);
    if (one) return &condition.operands.front();
  }
  return nullptr;
}

void ChooseScanOrder(Plan* plan) {
  plan->sort = !plan->query.orders.empty();
  // A record with several entries would take its place from any of them.
  if (!plan->sort || plan->may_repeat) return;
  for (const bool reverse : {false, true}) {
    OrderWalk walk(*plan);
    walk.Go(reverse);
    OrderWalk turned = walk;
    turned.Go(!reverse);
    const bool turns = !walk.done() && turned.done() && walk.scanned() > 0 &&
                       (plan->ranges.size() <= 1 || walk.term() >= plan->equal_terms);
    if (walk.done() || (turns && plan->sort)) {
      plan->sort = false;
      plan->reverse = reverse;
      plan->scanned_terms = plan->query.orders.size();
      plan->turn_at = walk.done() ? 0 : walk.term();
      if (walk.done()) return;
    } else if (plan->sort && walk.scanned() > 0 && walk.order() > plan->scanned_terms) {
      plan->reverse = reverse;
      plan->scanned_terms = walk.order();
    }
  }
}

}  // namespace daftar::query
