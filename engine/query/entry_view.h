// The values that an index entry holds.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "query/plan.h"

namespace daftar::query {

// An entry taken apart as far as a plan's slots ask. Value type; owns its values.
class EntryView {
 public:
  // `key` without the index's prefix. Errors: DataLoss.
  static absl::StatusOr<EntryView> Decode(const Plan& plan, std::string_view key,
                                          std::string_view value);

  // The value of a path, or null when the entry does not hold it. Lifetime: as long as the view.
  const OwnedScalar* Find(const Plan& plan, const record::FieldPath& path) const;
  // The primary key. Lifetime: as long as the key it was decoded from.
  std::string_view primary_key() const { return primary_key_; }

 private:
  std::string_view primary_key_;
  std::vector<OwnedScalar> tuple_;
  std::vector<OwnedScalar> primary_key_values_;
  std::vector<OwnedScalar> covered_;
};

}  // namespace daftar::query
