// One record by its whole primary key, without a plan.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/scalar.h"
#include "catalog/catalog.h"
#include "record/message.h"
#include "record/predicate.h"
#include "txn/read_view.h"

namespace daftar::query {

// The key that the conditions hold to single values, when it is the whole of it.
std::optional<std::string> WholeKeyOf(const catalog::TableDef& table,
                                      const std::vector<record::Condition>& conditions);

// An object serves one look-up after another. Lifetime: must end before its table. Thread safety:
// none.
class RecordLookup {
 public:
  explicit RecordLookup(const catalog::TableDef& table) : table_(table) {}

  // Whether there is a record at `key`, which WholeKeyOf made. Errors: DataLoss; those of the
  // reader.
  absl::StatusOr<bool> Find(const txn::ReadView& view, std::string key);

  // Of the record found last, until the next call. Errors: DataLoss.
  std::string_view key() const { return key_; }
  // Requires: the path does not fan out.
  absl::StatusOr<Scalar> Get(const record::FieldPath& path) const;
  absl::StatusOr<record::Message> Record() const;

 private:
  const catalog::TableDef& table_;
  std::string key_;
  std::string stored_;
  std::string_view message_;
};

}  // namespace daftar::query
