#include "query/cost.h"

#include <algorithm>
#include <cmath>

#include "codec/keyspace.h"
#include "query/intersected_stream.h"

namespace daftar::query {
namespace {

using index::AllStatistics;
using index::Statistics;
using record::Condition;

// In units of one index entry that is walked over. A record of 300 bytes is decoded when it is
// walked over, and looked up before that when an entry points to it; several at once.
constexpr double kRecordScanned = 3;
constexpr double kRecordFetched = 10;
constexpr double kRowSorted = 1;
constexpr double kRangeBegun = 4;
// A place within a range is looked for.
constexpr double kSought = 8;

// What part of the rows meets a condition of which nothing is known.
constexpr double kEqualPart = 0.1;
constexpr double kRangePart = 0.3;
constexpr double kMostPart = 0.9;

// One of how many values a field has, by an index that begins with it.
std::optional<double> PartOfOneValue(const Plan& plan, const AllStatistics& all,
                                     const record::FieldPath& path) {
  for (const catalog::IndexDef& index : plan.query.table->indexes) {
    if (!index.answers_queries() || !(index.on.front().path == path) || !index.where.empty())
      continue;
    const Statistics* known = FindStatistics(all, *plan.query.table, &index);
    if (known == nullptr || known->distinct.front() == 0) continue;
    return 1 / static_cast<double>(known->distinct.front());
  }
  return std::nullopt;
}

double PartThatMeets(const Plan& plan, const AllStatistics& all, const Condition& condition) {
  const double one = PartOfOneValue(plan, all, condition.path).value_or(kEqualPart);
  switch (condition.op) {
    case Operator::kEqual:
    case Operator::kIsNull:
      return one;
    case Operator::kIn:
      return std::min(1.0, one * static_cast<double>(condition.operands.size()));
    case Operator::kNotEqual:
    case Operator::kIsNotNull:
      return kMostPart;
    case Operator::kStartsWith:
      return kEqualPart;
    case Operator::kLess:
    case Operator::kLessOrEqual:
    case Operator::kGreater:
    case Operator::kGreaterOrEqual:
      return kRangePart;
  }
  return 1;
}

double PartOfAny(const Plan& plan, const AllStatistics& all) {
  double none = 1;
  for (const std::vector<Condition>& alternative : plan.query.alternatives) {
    double part = 1;
    for (const Condition& condition : alternative) part *= PartThatMeets(plan, all, condition);
    none *= 1 - part;
  }
  return 1 - none;
}

bool IsInEntry(const Plan& plan, const Condition& condition) {
  return std::any_of(plan.slots.begin(), plan.slots.end(),
                     [&](const EntrySlot& slot) { return slot.path == condition.path; });
}

double EntriesOfRanges(const Plan& plan, const Statistics& statistics) {
  const size_t prefix_bytes = (plan.index != nullptr ? codec::IndexPrefix(plan.index->id)
                                                     : codec::RecordPrefix(plan.query.table->id))
                                  .size();
  double entries = 0;
  for (const storage::KeyRange& range : plan.ranges) {
    // The end of the last range is that of the whole index, which has no place within its prefix.
    const std::string_view lower =
        std::string_view(range.lower).substr(std::min(prefix_bytes, range.lower.size()));
    const bool inside = std::string_view(range.upper).substr(0, prefix_bytes) ==
                        std::string_view(range.lower).substr(0, prefix_bytes);
    const std::string_view upper =
        inside ? std::string_view(range.upper).substr(prefix_bytes) : std::string_view();
    if (plan.equal_terms == 0 && !plan.has_range) {
      entries += static_cast<double>(statistics.entries);
    } else {
      entries +=
          index::EstimateEntries(statistics, lower, upper, plan.equal_terms, !plan.has_range);
    }
  }
  return entries;
}

// What walking the scans of a plan takes, and how many entries come of it.
struct PlanWalk {
  Walk walk;
  double found = 0;
};

using ConditionList = std::vector<Condition>;

bool IsAsked(const std::vector<const ConditionList*>& asked, const Condition& condition) {
  return std::any_of(asked.begin(), asked.end(), [&](const ConditionList* conditions) {
    return Contains(*conditions, condition);
  });
}

// About how many entries a scan has that is read beside another.
std::optional<double> EntriesOf(const Plan& plan, const AllStatistics& all,
                                const IntersectedScan& scan) {
  const Statistics* const known = FindStatistics(all, *plan.query.table, scan.index);
  if (known == nullptr) return std::nullopt;
  const size_t prefix_bytes = codec::IndexPrefix(scan.index->id).size();
  const storage::KeyRange range = scan.range();
  return index::EstimateEntries(*known, std::string_view(range.lower).substr(prefix_bytes),
                                std::string_view(range.upper).substr(prefix_bytes),
                                scan.index->on.size(), true);
}

// Scans as if nothing that one asks told of what another asks. Nothing when one of them, or the
// table, was not analyzed.
std::optional<PlanWalk> WalkOf(const Plan& plan, const AllStatistics& all, double first) {
  if (plan.intersected.empty()) return PlanWalk{{first, 0}, first};
  const Statistics* const table = FindStatistics(all, *plan.query.table, nullptr);
  if (table == nullptr || table->entries == 0) return std::nullopt;
  double found = first;
  std::vector<double> each = {first};
  std::vector<const ConditionList*> asked = {&plan.bounded, &plan.index->where};
  for (const IntersectedScan& scan : plan.intersected) {
    const auto entries = EntriesOf(plan, all, scan);
    if (!entries.has_value()) return std::nullopt;
    each.push_back(*entries);
    double part = *entries / static_cast<double>(table->entries);
    const std::vector<const ConditionList*> asks = {&scan.bounded, &scan.index->where};
    // What is asked twice leaves out rows once.
    for (const ConditionList* conditions : asks) {
      for (const Condition& condition : *conditions) {
        if (IsAsked(asked, condition)) part /= PartThatMeets(plan, all, condition);
      }
    }
    asked.insert(asked.end(), asks.begin(), asks.end());
    found *= std::min(part, 1.0);
  }
  return PlanWalk{WalkSideBySide(each), found};
}

// What part of the entries a plan with a limit reads before it has enough rows.
double PartRead(const Plan& plan, double rows) {
  if (!plan.query.limit.has_value() || (plan.sort && plan.scanned_terms == 0)) return 1;
  double wanted = static_cast<double>(*plan.query.limit) + static_cast<double>(plan.query.offset);
  // Ties are read to their end.
  if (plan.sort) wanted = std::max(2 * wanted, std::sqrt(rows));
  return rows > wanted ? wanted / rows : 1;
}

}  // namespace

const Statistics* FindStatistics(const AllStatistics& all, const catalog::TableDef& table,
                                 const catalog::IndexDef* index) {
  if (index == nullptr) {
    const auto found = all.tables.find(table.id);
    return found != all.tables.end() ? &found->second : nullptr;
  }
  const auto found = all.indexes.find(index->id);
  return found != all.indexes.end() ? &found->second : nullptr;
}

Walk WalkSideBySide(const std::vector<double>& scans) {
  // For each entry of the smallest scan the others pass some of theirs and look for the rest.
  const double least = *std::min_element(scans.begin(), scans.end());
  const double passed = least * static_cast<double>(kPassedEntriesMax);
  Walk walk;
  for (const double entries : scans) {
    walk.entries += std::min(entries, passed + least);
    if (entries > passed) walk.sought += least;
  }
  return walk;
}

std::optional<Estimate> EstimatePlan(const Plan& plan, const AllStatistics& statistics) {
  const Statistics* known = FindStatistics(statistics, *plan.query.table, plan.index);
  if (known == nullptr) return std::nullopt;
  double in_entry = 1, in_record = 1;
  for (const Condition& condition : plan.query.conditions) {
    if (plan.IsBounded(condition)) continue;
    (IsInEntry(plan, condition) ? in_entry : in_record) *=
        PartThatMeets(plan, statistics, condition);
  }
  if (!plan.query.alternatives.empty()) in_record *= PartOfAny(plan, statistics);
  Estimate estimate;
  const auto walk = WalkOf(plan, statistics, EntriesOfRanges(plan, *known));
  if (!walk.has_value()) return std::nullopt;
  const double rows = walk->found * in_entry * in_record;
  const double part = PartRead(plan, rows);
  const bool fetches = plan.index != nullptr && plan.reads_records;
  estimate.entries = walk->walk.entries * part;
  estimate.records = fetches ? walk->found * in_entry * part : 0;
  estimate.rows = std::min(rows, static_cast<double>(plan.query.limit.value_or(UINT64_MAX)));
  estimate.cost = estimate.entries * (plan.index == nullptr ? kRecordScanned : 1) +
                  estimate.records * kRecordFetched + (plan.sort ? rows * part * kRowSorted : 0) +
                  walk->walk.sought * part * kSought +
                  static_cast<double>(plan.ranges.size() + plan.intersected.size()) * kRangeBegun;
  return estimate;
}

}  // namespace daftar::query
