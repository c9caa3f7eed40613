#include "sql/commit_bounds.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/status.h"
#include "sql/system_table.h"

namespace daftar::sql {
namespace {

constexpr double kInt64End = 9223372036854775808.0;

bool BoundsBelow(Comparison comparison) {
  return comparison != Comparison::kLess && comparison != Comparison::kLessOrEqual;
}
bool BoundsAbove(Comparison comparison) {
  return comparison != Comparison::kGreater && comparison != Comparison::kGreaterOrEqual;
}

}  // namespace

bool CommitBounds::UsesVersion(int op) {
  switch (op) {
    case SQLITE_INDEX_CONSTRAINT_EQ:
    case SQLITE_INDEX_CONSTRAINT_GT:
    case SQLITE_INDEX_CONSTRAINT_GE:
    case SQLITE_INDEX_CONSTRAINT_LT:
    case SQLITE_INDEX_CONSTRAINT_LE:
      return true;
    default:
      return false;
  }
}

bool CommitBounds::UsesTime(int op) {
  return UsesVersion(op) || op == SQLITE_INDEX_CONSTRAINT_LIKE ||
         op == SQLITE_INDEX_CONSTRAINT_GLOB;
}

void CommitBounds::Guess(Comparison comparison) {
  lower_guessed_ = lower_guessed_ || BoundsBelow(comparison);
  upper_guessed_ = upper_guessed_ || BoundsAbove(comparison);
}

void CommitBounds::AddVersion(int op, sqlite3_value* value) {
  const Comparison comparison = *ComparisonOfOp(op);
  by_version_ = true;
  if (comparison == Comparison::kEqual) is_one_version_ = true;
  if (value == nullptr) return Guess(comparison);
  switch (sqlite3_value_numeric_type(value)) {
    case SQLITE_NULL:
      never_ = true;
      break;
    case SQLITE_INTEGER:
      AddInteger(comparison, sqlite3_value_int64(value));
      break;
    case SQLITE_FLOAT:
      AddReal(comparison, sqlite3_value_double(value));
      break;
    default:
      // Numbers come before all texts and all data.
      if (BoundsBelow(comparison)) never_ = true;
  }
}

void CommitBounds::AddInteger(Comparison comparison, int64_t value) {
  // No commit is before the first one.
  if (value < 0) {
    if (BoundsAbove(comparison)) never_ = true;
    return;
  }
  const auto version = static_cast<uint64_t>(value);
  if (BoundsBelow(comparison)) From(comparison == Comparison::kGreater ? version + 1 : version);
  if (!BoundsAbove(comparison)) return;
  if (version == 0) {
    never_ = true;
  } else {
    UpTo(comparison == Comparison::kLess ? version - 1 : version);
  }
}

void CommitBounds::AddReal(Comparison comparison, double value) {
  if (value >= kInt64End || value < -kInt64End) {
    // Beyond all commits, on the one side or the other.
    if (value > 0 ? BoundsBelow(comparison) : BoundsAbove(comparison)) never_ = true;
    return;
  }
  const double floor = std::floor(value);
  const auto below = static_cast<int64_t>(floor);
  if (floor == value) {
    AddInteger(comparison, below);
  } else if (comparison == Comparison::kEqual) {
    never_ = true;
  } else {
    AddInteger(BoundsBelow(comparison) ? Comparison::kGreater : Comparison::kLessOrEqual, below);
  }
}

void CommitBounds::AddTime(int op, sqlite3_value* value) {
  const Comparison comparison = *ComparisonOfOp(op);
  by_time_ = true;
  Guess(comparison);
  if (value == nullptr) return;
  const int type = sqlite3_value_type(value);
  if (type == SQLITE_NULL) never_ = true;
  // A number is compared as such or as text, by where it comes from.
  if (type != SQLITE_TEXT) return;
  const InstantRange range = InstantsThat(comparison, TextOf(value));
  times_.first = std::max(times_.first, range.first);
  times_.end = std::min(times_.end, range.end);
}

double CommitBounds::ShareOf(CommitVersion newest) const {
  const uint64_t last = std::min(last_, newest.value());
  if (never_ || newest.value() == 0 || first_ > last) return 0;
  const auto all = static_cast<double>(newest.value());
  if (is_one_version_) return 1 / all;
  double share = static_cast<double>(last - first_ + 1) / all;
  if (lower_guessed_ && upper_guessed_) {
    share *= kBothSidesShare;
  } else if (lower_guessed_ || upper_guessed_) {
    share *= kOneSideShare;
  }
  return share;
}

absl::StatusOr<txn::CommitRange> CommitBounds::Commits(const txn::ReadView& view) const {
  constexpr txn::CommitRange kNone = {CommitVersion(1), CommitVersion(0)};
  if (never_ || times_.first >= times_.end) return kNone;
  txn::CommitRange commits = {CommitVersion(first_), std::min(CommitVersion(last_), view.version)};
  const InstantRange all = AllInstants();
  // Commits of one time are made after one another; the bounds take all of them in.
  if (times_.first > all.first) {
    DAFTAR_ASSIGN_OR_RETURN(const CommitVersion before,
                            txn::CommitAt(*view.reader, view.version, times_.first - 1));
    commits.first = std::max(commits.first, CommitVersion(before.value() + 1));
  }
  if (times_.end < all.end) {
    DAFTAR_ASSIGN_OR_RETURN(const CommitVersion last,
                            txn::CommitAt(*view.reader, view.version, times_.end - 1));
    commits.last = std::min(commits.last, last);
  }
  return commits.first <= commits.last ? commits : kNone;
}

}  // namespace daftar::sql
