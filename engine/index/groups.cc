#include "index/groups.h"

#include <utility>

#include "base/check.h"
#include "base/status.h"
#include "codec/fixed.h"
#include "codec/key.h"
#include "codec/keyspace.h"

namespace daftar::index {
namespace {

constexpr size_t kTotalBytes = 16;

absl::Status DoesNotFit() {
  return ResourceExhausted("a total of an aggregate does not fit; split what it sums up");
}

// Adds `more`; false when the sum has more than 128 bits.
bool AddChecked(absl::int128 more, absl::int128* total) {
  const absl::int128 max = absl::Int128Max();
  const absl::int128 min = absl::Int128Min();
  if (more > 0 ? *total > max - more : *total < min - more) return false;
  *total += more;
  return true;
}

// The groups of one record, as entries of an index that no primary key ends.
absl::StatusOr<std::vector<Entry>> GroupsOf(const catalog::AggregateDef& aggregate,
                                            const record::Message* record) {
  if (record == nullptr) return std::vector<Entry>();
  return EntriesUnder(codec::AggregatePrefix(aggregate.id), aggregate.groups, "", *record);
}

// What a record with these summed values adds to a group. Requires: `covered` is an entry's.
absl::Status ReadTotals(const catalog::AggregateDef& aggregate, std::string_view covered,
                        GroupTotals* totals) {
  totals->records = 1;
  totals->sums.clear();
  for (const catalog::Term& term : aggregate.sums()) {
    DAFTAR_ASSIGN_OR_RETURN(const OwnedScalar value, codec::TakePart(term.part, &covered));
    GroupSum& sum = totals->sums.emplace_back();
    if (IsNull(value)) continue;
    sum.values = 1;
    const auto* number = std::get_if<int64_t>(&value);
    sum.total = number != nullptr ? absl::int128(*number) : absl::int128(std::get<uint64_t>(value));
  }
  return absl::OkStatus();
}

absl::StatusOr<GroupTotals> TotalsOf(const catalog::AggregateDef& aggregate,
                                     std::string_view covered) {
  GroupTotals totals;
  DAFTAR_RETURN_IF_ERROR(ReadTotals(aggregate, covered, &totals));
  return totals;
}

GroupTotals Negative(GroupTotals totals) {
  totals.records = -totals.records;
  for (GroupSum& sum : totals.sums) {
    sum.values = -sum.values;
    sum.total = -sum.total;
  }
  return totals;
}

absl::Status DoesNotAgree() {
  return DataLoss("an aggregate does not agree with its records; run `daftar verify --repair`");
}

}  // namespace

bool GroupTotals::IsZero() const {
  for (const GroupSum& sum : sums) {
    if (sum.values != 0 || sum.total != 0) return false;
  }
  return records == 0;
}

absl::Status AddTotals(const GroupTotals& more, GroupTotals* totals) {
  if (totals->sums.empty()) totals->sums.resize(more.sums.size());
  DAFTAR_CHECK_EQ(totals->sums.size(), more.sums.size());
  bool fits = !__builtin_add_overflow(totals->records, more.records, &totals->records);
  for (size_t i = 0; i < more.sums.size() && fits; ++i) {
    GroupSum& sum = totals->sums[i];
    fits = !__builtin_add_overflow(sum.values, more.sums[i].values, &sum.values) &&
           AddChecked(more.sums[i].total, &sum.total);
  }
  return fits ? absl::OkStatus() : DoesNotFit();
}

absl::StatusOr<GroupChanges> ChangesOf(const catalog::AggregateDef& aggregate,
                                       const record::Message* before,
                                       const record::Message* after) {
  DAFTAR_ASSIGN_OR_RETURN(const std::vector<Entry> old_groups, GroupsOf(aggregate, before));
  DAFTAR_ASSIGN_OR_RETURN(const std::vector<Entry> new_groups, GroupsOf(aggregate, after));
  GroupChanges changes;
  // Most changes of a record leave all of its groups as they are.
  if (old_groups == new_groups) return changes;
  for (const Entry& group : old_groups) {
    DAFTAR_ASSIGN_OR_RETURN(GroupTotals totals, TotalsOf(aggregate, group.covered));
    changes.emplace(group.key.view(), Negative(std::move(totals)));
  }
  for (const Entry& group : new_groups) {
    DAFTAR_ASSIGN_OR_RETURN(const GroupTotals totals, TotalsOf(aggregate, group.covered));
    DAFTAR_RETURN_IF_ERROR(AddTotals(totals, &changes[std::string(group.key.view())]));
  }
  std::erase_if(changes, [](const auto& change) { return change.second.IsZero(); });
  return changes;
}

absl::Status TheGroupOf(const catalog::AggregateDef& aggregate, const record::Message& record,
                        Entry* group, GroupTotals* totals) {
  DAFTAR_RETURN_IF_ERROR(
      TheEntryOf(codec::AggregatePrefix(aggregate.id), aggregate.groups, "", record, group));
  return ReadTotals(aggregate, group->covered, totals);
}

std::string EncodeGroup(CommitVersion created, const GroupTotals& totals) {
  DAFTAR_CHECK_LT(0, totals.records);
  std::string value;
  codec::AppendOrderedVarint(created.value(), &value);
  codec::AppendOrderedVarint(static_cast<uint64_t>(totals.records), &value);
  for (const GroupSum& sum : totals.sums) {
    codec::AppendOrderedVarint(static_cast<uint64_t>(sum.values), &value);
    codec::AppendFixed(absl::Int128Low64(sum.total), &value);
    codec::AppendFixed(absl::Int128High64(sum.total), &value);
  }
  return value;
}

absl::StatusOr<GroupValue> DecodeGroup(size_t sums, std::string_view value) {
  GroupValue group;
  DAFTAR_ASSIGN_OR_RETURN(const uint64_t created, codec::TakeOrderedVarint(&value));
  DAFTAR_ASSIGN_OR_RETURN(const uint64_t records, codec::TakeOrderedVarint(&value));
  group.created = CommitVersion(created);
  group.totals.records = static_cast<int64_t>(records);
  bool possible = records > 0 && records <= INT64_MAX;
  for (size_t i = 0; i < sums && possible; ++i) {
    DAFTAR_ASSIGN_OR_RETURN(const uint64_t values, codec::TakeOrderedVarint(&value));
    possible = values <= records && value.size() >= kTotalBytes;
    if (!possible) break;
    const absl::int128 total =
        absl::MakeInt128(codec::ReadFixed<int64_t>(value, 8), codec::ReadFixed<uint64_t>(value, 0));
    group.totals.sums.push_back({static_cast<int64_t>(values), total});
    value.remove_prefix(kTotalBytes);
  }
  if (possible && value.empty()) return group;
  return DataLoss("totals of a group do not decode; run `daftar verify --repair`");
}

absl::StatusOr<std::optional<std::string>> ChangeGroup(const std::optional<std::string>& stored,
                                                       const GroupTotals& change,
                                                       CommitVersion version) {
  GroupTotals totals;
  if (stored.has_value()) {
    DAFTAR_ASSIGN_OR_RETURN(GroupValue group, DecodeGroup(change.sums.size(), *stored));
    totals = std::move(group.totals);
  }
  DAFTAR_RETURN_IF_ERROR(AddTotals(change, &totals));
  if (totals.IsZero()) return std::optional<std::string>();
  bool possible = totals.records > 0;
  for (const GroupSum& sum : totals.sums) {
    possible = possible && sum.values >= 0 && sum.values <= totals.records &&
               (sum.values > 0 || sum.total == 0);
  }
  if (!possible) return DoesNotAgree();
  return std::optional<std::string>(EncodeGroup(version, totals));
}

}  // namespace daftar::index
