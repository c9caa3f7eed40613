#include "query/order.h"

#include <algorithm>

#include "base/status.h"

namespace daftar::query {
namespace {

using catalog::Term;
using record::Condition;

// More ranges than this are read one after the other and sorted: each of them costs an iterator.
constexpr size_t kMergedRangesMax = 256;

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
  // `in_one`: every entry of the walk has the same values in the terms that ranges hold to single
  // ones.
  OrderWalk(const Plan& plan, bool in_one) : query_(plan.query), terms_(plan.EntryTerms()) {
    if (in_one) term_ = plan.equal_terms;
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

// Distinct rows are ordered by their columns.
absl::Status CheckDistinct(const BoundQuery& query, const std::vector<OrderTerm>& asked) {
  for (const Column& column : query.columns) {
    if (column.path.has_value()) continue;
    return InvalidArgument(
               "distinct rows with lists or structs have no order; select single values")
        .With("column", column.name);
  }
  for (const OrderTerm& order : asked) {
    const bool selected =
        std::any_of(query.columns.begin(), query.columns.end(),
                    [&](const Column& column) { return *column.path == order.path; });
    if (selected) continue;
    return InvalidArgument("distinct rows can only be ordered by what is selected")
        .With("path", order.path.text());
  }
  return absl::OkStatus();
}

// Takes a walk of all entries into the plan when it gives more of the order than what the plan has.
void Consider(bool merge, bool reverse, Plan* plan) {
  const bool in_one = merge || plan->ranges.size() <= 1;
  OrderWalk walk(*plan, in_one);
  walk.Go(reverse);
  OrderWalk turned = walk;
  turned.Go(!reverse);
  // Scans that are intersected all go one way.
  const bool turns = !walk.done() && turned.done() && walk.scanned() > 0 &&
                     (in_one || walk.term() >= plan->equal_terms) && plan->intersected.empty();
  const bool whole = walk.done() || turns;
  const size_t gives = whole ? plan->query.orders.size() : walk.scanned() > 0 ? walk.order() : 0;
  // To turn costs a few entries.
  const bool better =
      gives > plan->scanned_terms || (walk.done() && (plan->sort || plan->turn_at > 0));
  if (!better) return;
  plan->sort = !whole;
  plan->merge = merge;
  plan->reverse = reverse;
  plan->scanned_terms = gives;
  plan->turn_at = turns ? walk.term() : 0;
}

}  // namespace

absl::Status CompleteOrder(BoundQuery* query) {
  std::vector<OrderTerm> all = std::move(query->orders);
  const size_t asked = all.size();
  std::vector<record::FieldPath> total;  // what no two rows agree in
  if (query->distinct) {
    DAFTAR_RETURN_IF_ERROR(CheckDistinct(*query, all));
    for (const Column& column : query->columns) all.push_back({*column.path});
    for (const Column& column : query->columns) total.push_back(*column.path);
  } else {
    for (const Term& term : query->table->key) {
      all.push_back({term.path, term.part.direction == codec::Direction::kAscending
                                    ? SortDirection::kAscending
                                    : SortDirection::kDescending});
      total.push_back(term.path);
    }
  }
  query->orders.clear();
  for (size_t i = 0; i < all.size(); ++i) {
    const bool is_total =
        std::all_of(total.begin(), total.end(),
                    [&](const record::FieldPath& path) { return Contains(query->orders, path); });
    if (!is_total && !Contains(query->orders, all[i].path)) query->orders.push_back(all[i]);
    if (i + 1 == asked) query->asked_orders = query->orders.size();
  }
  return absl::OkStatus();
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
    // What is never null holds no null: no record meets the condition, but entries are still read.
    if (condition.op == Operator::kIsNull) return path.nullable() ? &kNull : nullptr;
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
  for (const bool reverse : {false, true}) Consider(false, reverse, plan);
  if (!plan->sort || plan->ranges.size() < 2 || plan->ranges.size() > kMergedRangesMax) return;
  for (const bool reverse : {false, true}) Consider(true, reverse, plan);
}

}  // namespace daftar::query
