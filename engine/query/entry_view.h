// The values that an index entry holds.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "query/entry_stream.h"
#include "query/plan.h"

namespace daftar::query {

// Takes one entry after another apart, as far as a plan's slots ask and not before somebody does.
// Lifetime: must end before the plan. Thread safety: none.
class EntryView {
 public:
  explicit EntryView(const Plan& plan);

  // The entry on which the stream stands. Lifetime: the stream is read until the next call.
  void Set(const EntryStream& stream);

  // For all that follow. Errors: DataLoss when the entry does not decode. Lifetime of values: until
  // the next Set().

  // Whether the entry meets those of the plan's conditions that it can answer.
  absl::StatusOr<bool> MayMatch();
  // Whether there are such conditions.
  bool has_checks() const { return !checks_.empty(); }
  // The value of one of the plan's slots.
  absl::StatusOr<Scalar> At(size_t slot);
  // The primary key as the entry has it.
  absl::StatusOr<std::string_view> PrimaryKey();
  // The number of a slot's column in a projection of the index.
  size_t column(size_t slot) const { return columns_[slot]; }

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
  size_t ColumnOf(const EntrySlot& slot) const;

  const Plan& plan_;
  std::vector<Check> checks_;
  Part tuple_;
  Part key_;
  Part covered_;
  const size_t prefix_bytes_;
  std::vector<size_t> columns_;  // of the slots, in a projection of the index
  const EntryStream* stream_ = nullptr;
  const ColumnRow* column_row_ = nullptr;
  bool is_decoded_ = false;
};

}  // namespace daftar::query
