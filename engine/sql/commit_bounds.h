// Which commits the comparisons of a statement leave.
#pragma once

#include <sqlite3.h>

#include <cstdint>

#include "absl/status/statusor.h"
#include "sql/condition.h"
#include "txn/journal_reader.h"
#include "txn/read_view.h"

namespace daftar::sql {

// All commits, until comparisons are added. It keeps every commit that meets them as SQLite takes
// them, and may keep others; with versions alone, it keeps no others.
class CommitBounds {
 public:
  // Whether it can do with such a comparison, one of SQLITE_INDEX_CONSTRAINT_….
  static bool UsesVersion(int op);
  static bool UsesTime(int op);

  // `version op value`, and the same of the time as text. Null: a value that is not known yet.
  // Requires: it uses them.
  void AddVersion(int op, sqlite3_value* value);
  void AddTime(int op, sqlite3_value* value);

  // About which part of all commits it leaves.
  double ShareOf(CommitVersion newest) const;
  // Whether it leaves one commit at most, whatever the values are.
  bool is_one_version() const { return is_one_version_; }
  // Whether it goes by times alone.
  bool by_time() const { return by_time_ && !by_version_; }

  // Those of the view; an empty range when there are none. Errors: those of txn::CommitAt.
  absl::StatusOr<txn::CommitRange> Commits(const txn::ReadView& view) const;

 private:
  void Guess(Comparison comparison);
  // Takes the commits from one on, or up to one.
  void From(uint64_t version) { first_ = version > first_ ? version : first_; }
  void UpTo(uint64_t version) { last_ = version < last_ ? version : last_; }
  void AddInteger(Comparison comparison, int64_t value);
  void AddReal(Comparison comparison, double value);

  uint64_t first_ = 1;
  uint64_t last_ = UINT64_MAX;
  InstantRange times_ = AllInstants();
  bool never_ = false;
  bool is_one_version_ = false;
  bool by_version_ = false;
  bool by_time_ = false;
  // Of values that are not known yet, or known as times only.
  bool lower_guessed_ = false;
  bool upper_guessed_ = false;
};

}  // namespace daftar::sql
