#include "rules/exclusives.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "codec/keyspace.h"
#include "index/entries.h"
#include "record/predicate.h"
#include "rules/entry_values.h"
#include "rules/violation.h"

namespace daftar::rules {
namespace {

constexpr std::string_view kKind = "exclusive";

// [from, to) of an entry, null for without end.
struct Interval {
  OwnedScalar from;
  OwnedScalar to;

  // Whether it ends where it begins or before.
  bool empty() const {
    return !IsNull(from) && !IsNull(to) && record::CompareScalars(ToView(to), ToView(from)) <= 0;
  }
  bool BeginsBeforeEndOf(const Interval& other) const {
    return IsNull(from) || IsNull(other.to) ||
           record::CompareScalars(ToView(from), ToView(other.to)) < 0;
  }
  bool Overlaps(const Interval& other) const {
    return !empty() && !other.empty() && BeginsBeforeEndOf(other) && other.BeginsBeforeEndOf(*this);
  }
  bool EndsAfter(const Interval& other) const {
    if (IsNull(to) || IsNull(other.to)) return IsNull(to) && !IsNull(other.to);
    return record::CompareScalars(ToView(to), ToView(other.to)) > 0;
  }
};

Interval IntervalOf(const catalog::ExclusiveDef& rule, const EntryValues& values) {
  return {values.At(rule.from), values.At(rule.to)};
}

std::string BoundText(const catalog::IndexDef& index, const catalog::EntrySlot& slot,
                      const OwnedScalar& bound) {
  if (IsNull(bound)) return "open";
  const record::FieldPath& path = (slot.covered ? index.covering : index.on)[slot.at].path;
  return path.type().ToValue(ToView(bound)).ToString();
}

std::string IntervalText(const catalog::IndexDef& index, const catalog::ExclusiveDef& rule,
                         const Interval& interval) {
  return absl::StrCat("[", BoundText(index, rule.from, interval.from), ", ",
                      BoundText(index, rule.to, interval.to), ")");
}

RuleViolation Overlap(const catalog::TableDef& table, const catalog::ExclusiveDef& rule,
                      const EntryValues& values, const EntryValues& other) {
  const catalog::IndexDef& index = table.indexes[rule.index];
  const std::string key = absl::StrCat(codec::RecordPrefix(table.id), values.primary_key);
  RuleViolation violation = NewViolation(table, key, kKind, rule.name, rule.policy);
  const Interval ours = IntervalOf(rule, values);
  const Interval theirs = IntervalOf(rule, other);
  const bool begins_first =
      !IsNull(theirs.from) &&
      (IsNull(ours.from) || record::CompareScalars(ToView(ours.from), ToView(theirs.from)) < 0);
  std::string remedy = "; end that one first";
  if (begins_first) {
    remedy = absl::StrCat("; this one may last until ", BoundText(index, rule.from, theirs.from));
  } else if (!IsNull(theirs.to)) {
    remedy = absl::StrCat("; this one may begin on ", BoundText(index, rule.to, theirs.to));
  }
  violation.text = absl::StrCat(IntervalText(index, rule, ours), " overlaps with ",
                                IntervalText(index, rule, theirs), " of ",
                                DescribeGroup(index, values, rule.by_count), remedy);
  SetOther(table, other.primary_key, &violation);
  return violation;
}

// Looks for the nearest entry on one side of `key` whose interval is not empty.
absl::Status CheckSide(const Context& context, const Change& change,
                       const catalog::ExclusiveDef& rule, std::string_view key,
                       const EntryValues& values, bool reverse, const Report& report) {
  const catalog::IndexDef& index = change.table.indexes[rule.index];
  DAFTAR_ASSIGN_OR_RETURN(const std::string_view group, GroupPrefix(index, key, rule.by_count));
  const storage::KeyRange range =
      reverse ? storage::KeyRange{std::string(group), std::string(key)}
              : storage::KeyRange{absl::StrCat(key, std::string_view("\0", 1)),
                                  codec::PrefixEnd(group)};
  storage::ScanOptions options;
  options.reverse = reverse;
  const auto entries = context.state.NewIterator(range, options);
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, entries->Next());
    if (!found) return absl::OkStatus();
    DAFTAR_ASSIGN_OR_RETURN(const EntryValues other,
                            DecodeStoredEntry(index, entries->key(), entries->value()));
    const Interval interval = IntervalOf(rule, other);
    if (interval.empty()) continue;
    if (interval.Overlaps(IntervalOf(rule, values))) {
      report(Overlap(change.table, rule, values, other));
    }
    return absl::OkStatus();
  }
}

}  // namespace

absl::Status CheckExclusives(const Context& context, const Change& change, const Report& report) {
  if (change.after == nullptr) return absl::OkStatus();
  for (const catalog::ExclusiveDef& rule : change.table.rules.exclusives) {
    const catalog::IndexDef& index = change.table.indexes[rule.index];
    if (index.state == catalog::IndexState::kBuilding) continue;
    DAFTAR_ASSIGN_OR_RETURN(
        const index::EntryChanges changes,
        index::ChangesOf(index, change.primary_key(), change.before, change.after));
    for (const auto* entries : {&changes.added, &changes.changed}) {
      for (const index::Entry& entry : *entries) {
        DAFTAR_ASSIGN_OR_RETURN(const EntryValues values,
                                DecodeEntry(index, entry.key.view(), entry.covered));
        if (values.AnyNull(rule.by_count) || IntervalOf(rule, values).empty()) continue;
        for (const bool reverse : {true, false}) {
          DAFTAR_RETURN_IF_ERROR(
              CheckSide(context, change, rule, entry.key.view(), values, reverse, report));
        }
      }
    }
  }
  return absl::OkStatus();
}

absl::Status ExclusiveScan::Add(std::string_view key, std::string_view covered,
                                const Report& report) {
  const catalog::IndexDef& index = table_.indexes[rule_.index];
  DAFTAR_ASSIGN_OR_RETURN(const EntryValues values, DecodeEntry(index, key, covered));
  const Interval interval = IntervalOf(rule_, values);
  if (values.AnyNull(rule_.by_count) || interval.empty()) return absl::OkStatus();
  DAFTAR_ASSIGN_OR_RETURN(const std::string_view group, GroupPrefix(index, key, rule_.by_count));
  if (group != group_ || !last_key_.has_value()) {
    group_ = std::string(group);
    last_key_.reset();
  }
  if (last_key_.has_value()) {
    DAFTAR_ASSIGN_OR_RETURN(const EntryValues last, DecodeEntry(index, *last_key_, last_covered_));
    if (interval.Overlaps(IntervalOf(rule_, last))) report(Overlap(table_, rule_, values, last));
    // Entries come by their beginnings, first or last: what reaches furthest is what the next can
    // meet.
    const bool descending = index.on[rule_.from.at].part.direction == codec::Direction::kDescending;
    if (!descending && !interval.EndsAfter(IntervalOf(rule_, last))) return absl::OkStatus();
  }
  last_key_ = std::string(key);
  last_covered_ = std::string(covered);
  return absl::OkStatus();
}

}  // namespace daftar::rules
