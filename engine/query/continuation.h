// Where a query goes on, as text that can be handed out and comes back: docs/format.md section 15.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "daftar/ids.h"
#include "query/plan.h"
#include "txn/header.h"
#include "txn/read_view.h"

namespace daftar::query {

struct Continuation {
  CommitVersion version;   // the state that the page before was read from
  bool is_pinned = false;  // the pages to come are read from it, too
  TableId table;
  std::string query_digest;          // 16 bytes
  std::optional<std::string> place;  // a sort key; nothing: before the first row
};

// What tells a query from others: table, conditions and order by the identity of types and fields,
// in a form that neither their names nor the way in which conditions are written change.
std::string NormalForm(const BoundQuery& query);
// A digest of that.
std::string DigestOf(const BoundQuery& query);

// Text that only a holder of the database's id can make. Two of the same are the same.
std::string SealContinuation(const txn::DatabaseId& database, const Continuation& continuation);

// Errors: InvalidArgument when `text` is not what SealContinuation gave for this database.
absl::StatusOr<Continuation> OpenContinuation(const txn::DatabaseId& database,
                                              std::string_view text);

// Makes `query`, bound to `view`, go on where `text` says. Errors: InvalidArgument also when that
// is of another query or table, or of a state that is not the view's.
absl::Status GoOn(const txn::ReadView& view, std::string_view text, BoundQuery* query);

}  // namespace daftar::query
