#include "rules/sums.h"

#include <algorithm>
#include <memory>
#include <set>

#include "absl/strings/str_cat.h"
#include "base/decimal.h"
#include "base/status.h"
#include "codec/keyspace.h"
#include "index/entries.h"
#include "record/kj_fence.h"
#include "record/predicate.h"
#include "rules/entry_values.h"
#include "rules/violation.h"

namespace daftar::rules {
namespace {

constexpr std::string_view kKind = "sumsTo";

absl::int128 NumberOf(const Scalar& value) {
  if (const auto* number = std::get_if<uint64_t>(&value)) return *number;
  if (const auto* number = std::get_if<int64_t>(&value)) return *number;
  return 0;  // null
}

std::string Text(const catalog::SumDef& rule, absl::int128 number) {
  std::string digits;
  bool negative = number < 0;
  absl::uint128 rest = negative ? -absl::uint128(number) : absl::uint128(number);
  do {
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
    rest /= 10;
  } while (rest != 0);
  const record::FieldType& type = rule.sum.type();
  if (type.meaning() == record::Meaning::kDecimal) digits = PlacePoint(digits, type.scale());
  return negative ? absl::StrCat("-", digits) : digits;
}

bool IsRight(const catalog::SumDef& rule, absl::int128 sum, absl::int128 total) {
  return rule.at_most ? sum <= total : sum == total;
}

std::string WrongText(const catalog::SumDef& rule, absl::int128 sum, absl::int128 total) {
  return absl::StrCat("the sum of ", rule.sum.text(), " is ", Text(rule, sum), ", but must be ",
                      rule.at_most ? "at most " : "", Text(rule, total));
}

// Adds up the elements of the lists that the path of the rule walks through. Runs inside Fenced().
class ElementSum {
 public:
  ElementSum(const catalog::SumDef& rule, const record::Message& record)
      : rule_(rule), record_(record) {}

  absl::int128 Run() {
    if (elements_.size() == rule_.sum.list_count()) {
      ++elements_seen_;
      return NumberOf(rule_.sum.Evaluate(record_.root(), elements_));
    }
    absl::int128 sum = 0;
    const auto list = rule_.sum.List(record_.root(), elements_);
    for (uint i = 0; i < list.size(); ++i) {
      elements_.push_back(list[i]);
      sum += Run();
      elements_.pop_back();
    }
    return sum;
  }
  // Whether there was nothing to add up.
  bool empty() const { return elements_seen_ == 0; }

 private:
  const catalog::SumDef& rule_;
  const record::Message& record_;
  std::vector<capnp::DynamicValue::Reader> elements_;
  size_t elements_seen_ = 0;
};

absl::Status CheckElements(const Change& change, const catalog::SumDef& rule,
                           const Report& report) {
  return record::Fenced(absl::StatusCode::kDataLoss, "record does not decode", [&]() {
    if (!record::MatchesAll(rule.where, *change.after)) return absl::OkStatus();
    ElementSum elements(rule, *change.after);
    const absl::int128 sum = elements.Run();
    if (elements.empty() || IsRight(rule, sum, rule.total)) return absl::OkStatus();
    RuleViolation violation = NewViolation(change.table, change.key, kKind, rule.name, rule.policy);
    violation.text = WrongText(rule, sum, rule.total);
    report(std::move(violation));
    return absl::OkStatus();
  });
}

// The groups, as prefixes of entries, in which something changes.
absl::StatusOr<std::set<std::string>> ChangedGroups(const Change& change,
                                                    const catalog::SumDef& rule) {
  const catalog::IndexDef& index = change.table.indexes[rule.index];
  DAFTAR_ASSIGN_OR_RETURN(
      const index::EntryChanges changes,
      index::ChangesOf(index, change.primary_key(), change.before, change.after));
  std::set<std::string> groups;
  for (const auto* entries : {&changes.removed, &changes.added, &changes.changed}) {
    for (const index::Entry& entry : *entries) {
      DAFTAR_ASSIGN_OR_RETURN(const EntryValues values,
                              DecodeEntry(index, entry.key.view(), entry.covered));
      if (values.AnyNull(rule.by_count)) continue;
      DAFTAR_ASSIGN_OR_RETURN(const std::string_view group,
                              GroupPrefix(index, entry.key.view(), rule.by_count));
      groups.emplace(group);
    }
  }
  return groups;
}

absl::Status CheckGroup(const Context& context, const Change& change, const catalog::SumDef& rule,
                        const std::string& group, const Report& report) {
  GroupSum sum(change.table, rule);
  const auto entries = context.state.NewIterator({group, codec::PrefixEnd(group)}, {});
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, entries->Next());
    if (!found) break;
    DAFTAR_ASSIGN_OR_RETURN(const index::EntryValue entry,
                            index::DecodeEntryValue(entries->value()));
    DAFTAR_RETURN_IF_ERROR(sum.Add(entries->key(), entry.covered));
  }
  sum.Finish(change.key, report);
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckOwnSums(const Change& change, const Report& report) {
  if (change.after == nullptr) return absl::OkStatus();
  for (const catalog::SumDef& rule : change.table.rules.sums) {
    if (rule.by_count == 0) DAFTAR_RETURN_IF_ERROR(CheckElements(change, rule, report));
  }
  return absl::OkStatus();
}

absl::Status CheckSums(const Context& context, const Change& change, const Report& report) {
  for (const catalog::SumDef& rule : change.table.rules.sums) {
    if (rule.by_count == 0) continue;
    if (change.table.indexes[rule.index].state == catalog::IndexState::kBuilding) continue;
    DAFTAR_ASSIGN_OR_RETURN(const auto groups, ChangedGroups(change, rule));
    for (const std::string& group : groups) {
      DAFTAR_RETURN_IF_ERROR(CheckGroup(context, change, rule, group, report));
    }
  }
  return absl::OkStatus();
}

absl::Status GroupSum::Add(std::string_view key, std::string_view covered) {
  const catalog::IndexDef& index = table_.indexes[rule_.index];
  DAFTAR_ASSIGN_OR_RETURN(const EntryValues values, DecodeEntry(index, key, covered));
  if (values.AnyNull(rule_.by_count)) return absl::OkStatus();
  Part part;
  part.amount = NumberOf(ToView(values.At(rule_.slot)));
  part.to_total = !rule_.total_where.empty() &&
                  std::all_of(rule_.total_where.begin(), rule_.total_where.end(),
                              [&](const catalog::SumDef::TotalCondition& each) {
                                return record::Meets(each.condition, ToView(values.At(each.slot)));
                              });
  if (rule_.from.has_value()) part.from = values.At(*rule_.from);
  if (rule_.to.has_value()) part.to = values.At(*rule_.to);
  parts_.push_back(std::move(part));
  last_key_ = absl::StrCat(codec::RecordPrefix(table_.id), values.primary_key);
  if (group_text_.empty()) group_text_ = DescribeGroup(index, values, rule_.by_count);
  return absl::OkStatus();
}

bool GroupSum::HoldsOn(const Part& part, const Scalar& moment) const {
  // A null moment is before all others.
  const bool begun = IsNull(part.from) ||
                     (!IsNull(moment) && record::CompareScalars(ToView(part.from), moment) <= 0);
  const bool ended =
      !IsNull(part.to) && !IsNull(moment) && record::CompareScalars(ToView(part.to), moment) <= 0;
  return begun && !ended;
}

std::vector<OwnedScalar> GroupSum::Moments() const {
  std::vector<OwnedScalar> moments(1);
  for (const Part& part : parts_) {
    for (const OwnedScalar* bound : {&part.from, &part.to}) {
      if (!IsNull(*bound)) moments.push_back(*bound);
    }
  }
  std::sort(moments.begin() + 1, moments.end(), [](const OwnedScalar& a, const OwnedScalar& b) {
    return record::CompareScalars(ToView(a), ToView(b)) < 0;
  });
  moments.erase(std::unique(moments.begin(), moments.end()), moments.end());
  return moments;
}

void GroupSum::CheckMoment(const OwnedScalar& moment, std::string_view record_key, bool* wrong,
                           const Report& report) const {
  absl::int128 sum = 0;
  absl::int128 total = rule_.total_where.empty() ? absl::int128(rule_.total) : absl::int128(0);
  bool any = false;
  for (const Part& part : parts_) {
    if (!HoldsOn(part, ToView(moment))) continue;
    any = true;
    (part.to_total ? total : sum) += part.amount;
  }
  if (!any || IsRight(rule_, sum, total)) return;
  *wrong = true;
  RuleViolation violation = NewViolation(table_, record_key.empty() ? last_key_ : record_key, kKind,
                                         rule_.name, rule_.policy);
  violation.text = absl::StrCat(WrongText(rule_, sum, total), " for ", group_text_);
  if (!IsNull(moment)) {
    const catalog::IndexDef& index = table_.indexes[rule_.index];
    const catalog::EntrySlot& slot = rule_.from.has_value() ? *rule_.from : *rule_.to;
    const record::FieldPath& path = (slot.covered ? index.covering : index.on)[slot.at].path;
    absl::StrAppend(&violation.text, " from ", path.type().ToValue(ToView(moment)).ToString(),
                    " on");
  }
  report(std::move(violation));
}

void GroupSum::Finish(std::string_view record_key, const Report& report) const {
  // One is enough to find the group by.
  bool wrong = false;
  for (const OwnedScalar& moment : Moments()) {
    if (!wrong) CheckMoment(moment, record_key, &wrong, report);
  }
}

void GroupSum::Clear() {
  parts_.clear();
  group_text_.clear();
  last_key_.clear();
}

absl::Status SumScan::Add(std::string_view key, std::string_view covered, const Report& report) {
  const catalog::IndexDef& index = table_.indexes[rule_.index];
  DAFTAR_ASSIGN_OR_RETURN(const std::string_view group, GroupPrefix(index, key, rule_.by_count));
  if (group != group_) {
    sum_.Finish("", report);
    sum_.Clear();
    group_ = std::string(group);
  }
  return sum_.Add(key, covered);
}

}  // namespace daftar::rules
