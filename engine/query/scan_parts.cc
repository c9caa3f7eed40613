#include "query/scan_parts.h"

#include <algorithm>

#include "base/status.h"
#include "codec/keyspace.h"
#include "query/order.h"

namespace daftar::query {
namespace {

using catalog::Term;
using storage::KeyRange;

// The key that the entry at a place has, or would have, in one range.
struct PlaceKey {
  std::string key;
  size_t group_bytes = 0;  // of its leading turn_at terms
  bool is_whole = false;   // false: it ends where the scan no longer gives the order
};

// Makes keys of a place in the order.
class Place {
 public:
  static absl::StatusOr<Place> Create(const Plan& plan) {
    Place place(plan);
    DAFTAR_ASSIGN_OR_RETURN(place.values_, ValuesOfSortKey(plan.query, *plan.query.after));
    return place;
  }

  absl::StatusOr<PlaceKey> KeyIn(size_t range) const {
    PlaceKey place;
    // Of several ranges that are walked one after the other, the place is in one.
    const bool one = plan_.ranges.size() == 1;
    place.key = one ? plan_.prefixes[range] : PathPrefix();
    const std::vector<Term> terms = plan_.EntryTerms();
    for (size_t i = one ? plan_.equal_terms : 0;; ++i) {
      if (i == plan_.turn_at) place.group_bytes = place.key.size();
      if (i == terms.size()) break;
      const OwnedScalar* value = Find(terms[i].path);
      if (value == nullptr) return place;
      if (IsNull(*value) && terms[i].part.nulls == codec::Nulls::kNever) {
        return InvalidArgument("continuation does not fit the fields it is ordered by")
            .With("field", terms[i].path.text());
      }
      codec::AppendPart(terms[i].part, ToView(*value), &place.key);
    }
    place.is_whole = !plan_.sort;
    return place;
  }

 private:
  explicit Place(const Plan& plan) : plan_(plan) {}

  std::string PathPrefix() const {
    return plan_.index != nullptr ? codec::IndexPrefix(plan_.index->id)
                                  : codec::RecordPrefix(plan_.query.table->id);
  }
  const OwnedScalar* Find(const record::FieldPath& path) const {
    for (size_t i = 0; i < plan_.scanned_terms; ++i) {
      if (plan_.query.orders[i].path == path) return &values_[i];
    }
    return HeldValue(plan_.query, path);
  }

  const Plan& plan_;
  std::vector<OwnedScalar> values_;
};

KeyRange Intersection(const KeyRange& a, const KeyRange& b) {
  return {std::max(a.lower, b.lower), std::min(a.upper, b.upper)};
}

// What comes after `place` in `range`.
ScanPart Rest(const Plan& plan, const KeyRange& range, const PlaceKey& place) {
  // The entry's key itself is behind us; of a part of a key, all that begin with it are not.
  const std::string behind = place.is_whole ? place.key + '\0' : place.key;
  const std::string before = place.is_whole ? place.key : codec::PrefixEnd(place.key);
  const KeyRange from{behind, range.upper};
  const KeyRange until{range.lower, before};
  if (plan.turn_at == 0) return {Intersection(range, plan.reverse ? until : from), std::nullopt};
  const std::string group = place.key.substr(0, place.group_bytes);
  const KeyRange group_range{group, codec::PrefixEnd(group)};
  const KeyRange outer =
      plan.reverse ? KeyRange{range.lower, group} : KeyRange{group_range.upper, range.upper};
  const KeyRange inner = Intersection(group_range, plan.reverse ? from : until);
  return {Intersection(range, outer), Intersection(range, inner)};
}

bool IsEmpty(const KeyRange& range) { return range.lower >= range.upper; }

}  // namespace

absl::StatusOr<std::vector<ScanPart>> PartsOf(const Plan& plan) {
  std::vector<ScanPart> parts;
  const bool seeks = plan.query.after.has_value() && plan.scanned_terms > 0;
  if (seeks) {
    DAFTAR_ASSIGN_OR_RETURN(const Place place, Place::Create(plan));
    for (size_t i = 0; i < plan.ranges.size(); ++i) {
      DAFTAR_ASSIGN_OR_RETURN(const PlaceKey key, place.KeyIn(i));
      ScanPart part = Rest(plan, plan.ranges[i], key);
      if (part.group.has_value() && IsEmpty(*part.group)) part.group.reset();
      if (!IsEmpty(part.range) || part.group.has_value()) parts.push_back(std::move(part));
    }
  } else {
    for (const KeyRange& range : plan.ranges) parts.push_back({range, std::nullopt});
  }
  if (plan.reverse) std::reverse(parts.begin(), parts.end());
  return parts;
}

absl::StatusOr<std::string> SortKeyOfEntry(const Plan& plan, std::string_view key) {
  key.remove_prefix(plan.index != nullptr ? codec::IndexPrefix(plan.index->id).size()
                                          : codec::RecordPrefix(plan.query.table->id).size());
  const std::vector<Term> terms = plan.EntryTerms();
  DAFTAR_ASSIGN_OR_RETURN(const std::vector<OwnedScalar> values,
                          codec::TakeTuple(catalog::PartsOf(terms), &key));
  std::string sort_key;
  for (const OrderTerm& order : plan.query.orders) {
    const OwnedScalar* value = HeldValue(plan.query, order.path);
    for (size_t i = 0; value == nullptr && i < terms.size(); ++i) {
      if (terms[i].path == order.path) value = &values[i];
    }
    if (value == nullptr) return Internal("entry lacks a field of the order");
    codec::AppendPart(SortPart(order), ToView(*value), &sort_key);
  }
  return sort_key;
}

}  // namespace daftar::query
