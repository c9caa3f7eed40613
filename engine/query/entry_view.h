// The values that an index entry holds.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "query/plan.h"

namespace daftar::query {

// Takes one entry after another apart, as far as a plan's slots ask and not before somebody does.
// Lifetime: must end before the plan. Thread safety: none.
class EntryView {
 public:
  explicit EntryView(const Plan& plan);

  // The entry at hand; `key` without the index's prefix. Lifetime: both are read until the next
  // call.
  void Set(std::string_view key, std::string_view value);

  // For all that follow. Errors: DataLoss when the entry does not decode. Lifetime of values: until
  // the next Set().

  // Whether the entry meets those of the plan's conditions that it can answer.
  absl::StatusOr<bool> MayMatch();
  // The value of one of the plan's slots.
  absl::StatusOr<const OwnedScalar*> At(size_t slot);
  // The value of a path, or null when the plan has no slot for it.
  absl::StatusOr<const OwnedScalar*> Find(const record::FieldPath& path);
  // The primary key as the entry has it.
  absl::StatusOr<std::string_view> PrimaryKey();

 private:
  struct Check {
    const record::Condition* condition;
    size_t slot;
  };
  // The terms of one part of entries, and what is asked of them.
  struct Part {
    const std::vector<catalog::Term>* terms;
    std::vector<bool> is_wanted;
    size_t wanted_end = 0;  // behind the last that is
    std::vector<OwnedScalar> values;
  };

  Part MakePart(EntrySlot::Part which, const std::vector<catalog::Term>& terms) const;
  absl::Status Decode();
  const OwnedScalar& ValueOf(const EntrySlot& slot) const;

  const Plan& plan_;
  std::vector<Check> checks_;
  Part tuple_;
  Part key_;
  Part covered_;
  bool is_decoded_ = false;
  std::string_view bytes_;  // of the entry's key
  std::string_view value_;
};

}  // namespace daftar::query
