// A query that is bound and planned once and run with other values.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "query/plan.h"
#include "txn/read_view.h"

namespace daftar::query {

// Thread safety: all methods may be called from many threads.
class Prepared {
 public:
  // Errors: those of BindWithParameters.
  static absl::StatusOr<std::unique_ptr<Prepared>> Make(const txn::ReadView& view, Query query);

  // How many values a run takes.
  size_t value_count() const { return value_count_; }
  const Query& query() const { return query_; }
  // The query with values in place of its parameters, bound to the view's schema; it names the
  // index that was chosen before, when that still answers it. Errors: InvalidArgument for the
  // values; FailedPrecondition when the query does not bind to the schema any more.
  absl::StatusOr<BoundQuery> Fill(const txn::ReadView& view, const std::vector<Value>& values);
  // `plan` was made of what Fill gave for the view: later ones are to read in the same way.
  void Keep(const txn::ReadView& view, const Plan& plan);

 private:
  // The query as one schema has it, and what was chosen by some statistics.
  struct Form {
    std::shared_ptr<const catalog::Catalog> catalog;
    std::shared_ptr<const index::AllStatistics> statistics;
    std::shared_ptr<const BoundQuery> bound;
    // The index that a plan was chosen with; null: the records. Nothing: no plan yet.
    std::optional<const catalog::IndexDef*> index;
  };

  explicit Prepared(Query query) : query_(std::move(query)) {}

  // Gives what is bound to the view's schema, binding it anew when it is another one.
  absl::StatusOr<Form> FormFor(const txn::ReadView& view);

  const Query query_;
  size_t value_count_ = 0;  // set before others see this
  absl::Mutex mutex_;
  Form form_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace daftar::query
