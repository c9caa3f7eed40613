#include "query/scan_parts.h"

#include <algorithm>
#include <utility>

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
};

// Makes keys of a place in the order.
class Place {
 public:
  static absl::StatusOr<Place> Create(const Plan& plan) {
    Place place(plan);
    DAFTAR_ASSIGN_OR_RETURN(place.values_, ValuesOfSortKey(plan.query, *plan.query.after));
    place.terms_ = place.TermsToSeek();
    return place;
  }

  // Whether entries can be looked for by it at all.
  bool seeks() const { return terms_ > 0 && (plan_.turn_at == 0 || terms_ == plan_.scanned_terms); }
  // Whether entries that tie with it are read, too: whoever reads them sorts them, or leaves out
  // those that do not come after the place.
  bool reads_ties() const { return plan_.sort || terms_ < plan_.scanned_terms; }

  absl::StatusOr<PlaceKey> KeyIn(size_t range) const {
    PlaceKey place;
    // Of several ranges that are walked one after the other, the place is in one; of those that are
    // walked side by side, each has a place of its own.
    const bool one = plan_.ranges.size() == 1 || plan_.merge;
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
    return place;
  }

 private:
  explicit Place(const Plan& plan) : plan_(plan) {}

  std::string PathPrefix() const {
    return plan_.index != nullptr ? codec::IndexPrefix(plan_.index->id)
                                  : codec::RecordPrefix(plan_.query.table->id);
  }
  // How many leading terms of the order the place can be looked for by. It may be that of a row of
  // another branch, with another value where this one is held to a single one, or with a null where
  // this one has none and its index may have them at the other end.
  size_t TermsToSeek() const {
    for (size_t i = 0; i < plan_.scanned_terms; ++i) {
      const OwnedScalar* const held = HeldValue(plan_.query, plan_.query.orders[i].path);
      if (held != nullptr && *held != values_[i]) return i;
      if (plan_.is_branch && IsNull(values_[i])) return i;
    }
    return plan_.scanned_terms;
  }
  const OwnedScalar* Find(const record::FieldPath& path) const {
    for (size_t i = 0; i < terms_; ++i) {
      if (plan_.query.orders[i].path == path) return &values_[i];
    }
    return HeldValue(plan_.query, path);
  }

  const Plan& plan_;
  std::vector<OwnedScalar> values_;
  size_t terms_ = 0;  // of the order, by which entries are looked for
};

KeyRange Intersection(const KeyRange& a, const KeyRange& b) {
  return {std::max(a.lower, b.lower), std::min(a.upper, b.upper)};
}

// What comes after `place` in `range`.
ScanPart Rest(const Plan& plan, const KeyRange& range, const PlaceKey& place, bool reads_ties) {
  // What begins with the key is behind us, unless it is still to be sorted.
  const KeyRange at{place.key, codec::PrefixEnd(place.key)};
  const KeyRange from{reads_ties ? at.lower : at.upper, range.upper};
  const KeyRange until{range.lower, reads_ties ? at.upper : at.lower};
  if (plan.turn_at == 0) return {Intersection(range, plan.reverse ? until : from), std::nullopt, 0};
  const std::string group = place.key.substr(0, place.group_bytes);
  const KeyRange group_range{group, codec::PrefixEnd(group)};
  const KeyRange outer =
      plan.reverse ? KeyRange{range.lower, group} : KeyRange{group_range.upper, range.upper};
  const KeyRange inner = Intersection(group_range, plan.reverse ? from : until);
  return {Intersection(range, outer), Intersection(range, inner), 0};
}

// The values of all terms of an entry.
absl::StatusOr<std::vector<OwnedScalar>> ValuesOfEntry(const Plan& plan, std::string_view key) {
  key.remove_prefix(plan.index != nullptr ? codec::IndexPrefix(plan.index->id).size()
                                          : codec::RecordPrefix(plan.query.table->id).size());
  return codec::TakeTuple(catalog::PartsOf(plan.EntryTerms()), &key);
}

bool IsEmpty(const KeyRange& range) { return range.lower >= range.upper; }

}  // namespace

absl::StatusOr<std::vector<ScanPart>> PartsOf(const Plan& plan) {
  std::vector<ScanPart> parts;
  std::optional<Place> place;
  if (plan.query.after.has_value() && plan.scanned_terms > 0) {
    DAFTAR_ASSIGN_OR_RETURN(Place made, Place::Create(plan));
    place.emplace(std::move(made));
  }
  if (place.has_value() && place->seeks()) {
    for (size_t i = 0; i < plan.ranges.size(); ++i) {
      DAFTAR_ASSIGN_OR_RETURN(const PlaceKey key, place->KeyIn(i));
      ScanPart part = Rest(plan, plan.ranges[i], key, place->reads_ties());
      if (part.group.has_value() && IsEmpty(*part.group)) part.group.reset();
      part.held_bytes = plan.prefixes[i].size();
      if (!IsEmpty(part.range) || part.group.has_value()) parts.push_back(std::move(part));
    }
  } else {
    for (size_t i = 0; i < plan.ranges.size(); ++i) {
      parts.push_back({plan.ranges[i], std::nullopt, plan.prefixes[i].size()});
    }
  }
  if (plan.reverse) std::reverse(parts.begin(), parts.end());
  return parts;
}

std::vector<KeyRange> RangesAfter(const Plan& plan, const std::vector<ScanPart>& parts,
                                  std::string_view key) {
  std::vector<KeyRange> rest;
  for (const ScanPart& part : parts) {
    KeyRange range = part.range;
    if (plan.reverse) {
      range.upper = std::min(range.upper, std::string(key));
    } else {
      // Right after it.
      range.lower = std::max(range.lower, std::string(key) + '\0');
    }
    if (!IsEmpty(range)) rest.push_back(std::move(range));
  }
  return rest;
}

bool HasOthersBetween(const Plan& plan) {
  const std::vector<Term> terms = plan.EntryTerms();
  return std::any_of(terms.begin() + static_cast<std::ptrdiff_t>(plan.equal_terms), terms.end(),
                     [&](const Term& term) { return HeldValue(plan.query, term.path) != nullptr; });
}

absl::StatusOr<bool> StandsInOrder(const Plan& plan, std::string_view key) {
  DAFTAR_ASSIGN_OR_RETURN(const std::vector<OwnedScalar> values, ValuesOfEntry(plan, key));
  const std::vector<Term> terms = plan.EntryTerms();
  for (size_t i = plan.equal_terms; i < terms.size(); ++i) {
    const OwnedScalar* const held = HeldValue(plan.query, terms[i].path);
    if (held != nullptr && *held != values[i]) return false;
  }
  return true;
}

absl::StatusOr<std::string> SortKeyOfEntry(const Plan& plan, std::string_view key) {
  DAFTAR_ASSIGN_OR_RETURN(const std::vector<OwnedScalar> values, ValuesOfEntry(plan, key));
  const std::vector<Term> terms = plan.EntryTerms();
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
