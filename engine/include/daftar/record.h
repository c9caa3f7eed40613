// A record as an application sees it, whatever its table.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "daftar/calendar.h"
#include "daftar/ids.h"
#include "daftar/value.h"

namespace daftar {

// The values of a primary key, in the order in which the schema names its fields. Text is accepted
// for any type ("2024-03-20" for a date).
using Key = std::vector<Value>;

namespace internal {
struct RecordState;
struct RecordAccess;
}  // namespace internal

// One record as it was read. Owns its bytes and keeps the schema it was read under, so it may
// outlive the database it came from. Cheap to copy. Thread safety: may be read from many threads.
class Record {
 public:
  // The value at a path such as "validTo" or "address.city"; null when it is not set. A path
  // through a list is InvalidArgument: use GetJson. Errors: InvalidArgument; DataLoss.
  absl::StatusOr<Value> Get(std::string_view path) const;
  // The part of the record at a path of any kind, as JSON; "null" when it is not set.
  absl::StatusOr<std::string> GetJson(std::string_view path,
                                      Calendar calendar = Calendar::kGregorian) const;
  // The whole record as one compact JSON object, which Batch::Put reads back; in another calendar
  // than kGregorian to be shown. Errors: DataLoss.
  absl::StatusOr<std::string> ToJson(Calendar calendar = Calendar::kGregorian) const;
  // The commit that wrote the record.
  CommitVersion created() const;

 private:
  friend struct internal::RecordAccess;
  explicit Record(std::shared_ptr<const internal::RecordState> state) : state_(std::move(state)) {}
  std::shared_ptr<const internal::RecordState> state_;
};

}  // namespace daftar
