#include "query/aggregate_scan.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/status.h"
#include "codec/key.h"
#include "codec/keyspace.h"

namespace daftar::query {
namespace {

using catalog::AggregateDef;
using catalog::Term;

// What stands before a value that can be null and is not.
constexpr char kValueMarker = '\x01';

absl::StatusOr<OwnedScalar> ScalarOf(const Term& term, const Value& value) {
  if (!value.is_null()) return term.path.type().FromValue(value);
  if (term.part.nulls != codec::Nulls::kNever) return OwnedScalar();
  return InvalidArgument("no group has null there: the field is never null");
}

// The entries of a group in the index that has its least and greatest values, but for those where
// there is no value.
storage::KeyRange EntriesOf(const catalog::IndexDef& index, const AggregateDef& aggregate,
                            const std::vector<OwnedScalar>& group) {
  std::string prefix = codec::IndexPrefix(index.id);
  for (size_t i = 0; i < group.size(); ++i) {
    const auto same = [&](const Term& term) { return term.path == index.on[i].path; };
    const auto by = std::find_if(aggregate.by().begin(), aggregate.by().end(), same);
    DAFTAR_CHECK(by != aggregate.by().end());
    codec::AppendPart(index.on[i].part,
                      ToView(group[static_cast<size_t>(by - aggregate.by().begin())]), &prefix);
  }
  if (index.on[group.size()].part.nulls != codec::Nulls::kNever) prefix += kValueMarker;
  return {prefix, codec::PrefixEnd(prefix)};
}

}  // namespace

absl::Status CheckCounted(const txn::ReadView& view, const AggregateDef& aggregate) {
  if (!aggregate.readable()) {
    return FailedPrecondition("the aggregate is still being counted")
        .With("aggregate", aggregate.name())
        .With("remedy", "run `daftar schema apply` to its end");
  }
  if (view.version >= aggregate.since) return absl::OkStatus();
  return FailedPrecondition("the aggregate has no totals of that time; ask as of a later commit")
      .With("aggregate", aggregate.name())
      .With("as of commit", view.version.value())
      .With("first commit with totals", aggregate.since.value());
}

AggregateScan::AggregateScan(txn::ReadView view, const catalog::TableDef* table,
                             const AggregateDef* aggregate, std::vector<OwnedScalar> group)
    : view_(std::move(view)), table_(table), aggregate_(aggregate), group_(std::move(group)) {
  std::string prefix = codec::AggregatePrefix(aggregate_->id);
  for (size_t i = 0; i < group_.size(); ++i) {
    codec::AppendPart(aggregate_->by()[i].part, ToView(group_[i]), &prefix);
  }
  groups_ = view_.reader->NewIterator({prefix, codec::PrefixEnd(prefix)}, {});
}

absl::StatusOr<AggregateScan> AggregateScan::Start(txn::ReadView view,
                                                   const catalog::TableDef* table,
                                                   const AggregateDef* aggregate,
                                                   const std::vector<Value>& group) {
  DAFTAR_RETURN_IF_ERROR(txn::CheckReadable(view, *table));
  DAFTAR_RETURN_IF_ERROR(CheckCounted(view, *aggregate));
  if (group.size() > aggregate->by().size()) {
    return InvalidArgument("more values than the aggregate has paths")
        .With("values", group.size())
        .With("paths", aggregate->by().size())
        .With("aggregate", aggregate->name());
  }
  std::vector<OwnedScalar> scalars;
  for (size_t i = 0; i < group.size(); ++i) {
    const Term& term = aggregate->by()[i];
    auto scalar = ScalarOf(term, group[i]);
    if (!scalar.ok()) {
      return WithContext(WithContext(scalar.status(), "path", term.path.text()), "aggregate",
                         aggregate->name());
    }
    scalars.push_back(*std::move(scalar));
  }
  return AggregateScan(std::move(view), table, aggregate, std::move(scalars));
}

absl::StatusOr<bool> AggregateScan::Next() {
  DAFTAR_ASSIGN_OR_RETURN(const bool found, groups_->Next());
  if (!found) return false;
  ++counts_.groups;
  std::string_view key = groups_->key();
  key.remove_prefix(codec::AggregatePrefix(aggregate_->id).size());
  row_ = {};
  DAFTAR_ASSIGN_OR_RETURN(row_.by, codec::TakeTuple(catalog::PartsOf(aggregate_->by()), &key));
  if (!key.empty()) return DataLoss("key of a group has extra bytes").WithBytes("at", key);
  auto group = index::DecodeGroup(aggregate_->sums().size(), groups_->value());
  if (!group.ok()) return WithContext(group.status(), "aggregate", aggregate_->name());
  row_.totals = std::move(group->totals);
  for (const AggregateDef::Extreme& extreme : aggregate_->mins) {
    DAFTAR_ASSIGN_OR_RETURN(row_.mins.emplace_back(), FindExtreme(extreme, true));
  }
  for (const AggregateDef::Extreme& extreme : aggregate_->maxs) {
    DAFTAR_ASSIGN_OR_RETURN(row_.maxs.emplace_back(), FindExtreme(extreme, false));
  }
  return true;
}

absl::StatusOr<OwnedScalar> AggregateScan::FindExtreme(const AggregateDef::Extreme& extreme,
                                                       bool least) {
  const catalog::IndexDef& index = table_->indexes[extreme.index];
  if (!index.readable()) {
    return FailedPrecondition("least and greatest values come from an index that is not whole yet")
        .With("aggregate", aggregate_->name())
        .With("index", index.name)
        .With("remedy", "run `daftar schema apply` to its end");
  }
  const codec::KeyPart part = index.on[row_.by.size()].part;
  const bool forwards = least == (part.direction == codec::Direction::kAscending);
  const storage::KeyRange range = EntriesOf(index, *aggregate_, row_.by);
  const auto entries = view_.reader->NewIterator(range, {.reverse = !forwards});
  DAFTAR_ASSIGN_OR_RETURN(const bool found, entries->Next());
  if (!found) return OwnedScalar();
  ++counts_.entries;
  const bool has_marker = part.nulls != codec::Nulls::kNever;
  std::string_view value = entries->key().substr(range.lower.size() - (has_marker ? 1 : 0));
  return codec::TakePart(part, &value);
}

std::string AggregateScan::ToString() const {
  std::string text =
      absl::StrCat("read groups of aggregate ", aggregate_->name(), " of ", table_->name);
  for (size_t i = 0; i < group_.size(); ++i) {
    const record::FieldPath& path = aggregate_->by()[i].path;
    absl::StrAppend(&text, i == 0 ? " where " : " and ", path.text(),
                    IsNull(group_[i])
                        ? " is null"
                        : absl::StrCat(" = ", path.type().ToValue(ToView(group_[i])).ToString()));
  }
  for (const auto* extremes : {&aggregate_->mins, &aggregate_->maxs}) {
    for (const AggregateDef::Extreme& extreme : *extremes) {
      absl::StrAppend(&text, "\n", extremes == &aggregate_->mins ? "least " : "greatest ",
                      extreme.path.text(), " of each from index ",
                      table_->indexes[extreme.index].name);
    }
  }
  return text + "\n";
}

}  // namespace daftar::query
