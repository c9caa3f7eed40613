// A query that is run many times with other values.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "daftar/cursor.h"
#include "daftar/read_view.h"
#include "daftar/value.h"

namespace daftar {

namespace internal {
class PreparedState;
}  // namespace internal

// Made by Database::Prepare, which checks names once. The first run chooses a plan; later ones read
// in the same way, until the schema or the statistics have changed, when the query is prepared anew
// by itself. Values that would be served better by another plan are not looked for.
//
//   auto expiring = database->Prepare(Query("permit")
//                                         .Where("zone", Operator::kEqual, Parameter{0})
//                                         .Where("validTo", Operator::kLess, Parameter{1})
//                                         .Select({"no", "firm"}));
//   auto rows = expiring->Run({"CHB", Date{20000}});
//
// Lifetime: must end before its database. Thread safety: may be run from many threads.
class PreparedQuery {
 public:
  PreparedQuery(PreparedQuery&&) noexcept;
  PreparedQuery& operator=(PreparedQuery&&) noexcept;
  ~PreparedQuery();

  // How many values a run takes.
  size_t parameter_count() const;
  // As Database::Run; `values` stand for the parameters, and may be text for any type. Errors: also
  // InvalidArgument when there are more or fewer values than parameters; FailedPrecondition when
  // the schema has changed so that the names are not there any more.
  absl::StatusOr<Cursor> Run(const std::vector<Value>& values) const;
  absl::StatusOr<Cursor> Run(const ReadView& view, const std::vector<Value>& values) const;

 private:
  friend class Database;
  explicit PreparedQuery(std::unique_ptr<internal::PreparedState> state);
  std::unique_ptr<internal::PreparedState> state_;
};

}  // namespace daftar
