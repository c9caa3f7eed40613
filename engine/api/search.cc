#include "daftar/search.h"

#include "api/state.h"
#include "base/status.h"
#include "search/find.h"

namespace daftar {

absl::StatusOr<SearchResult> Database::Search(const ReadView& view,
                                              const SearchQuery& query) const {
  return search::Find(internal::DatabaseAccess::View(view), query);
}

absl::StatusOr<SearchResult> Database::Search(const SearchQuery& query) const {
  return search::Find(state_->core->View(), query);
}

absl::StatusOr<SearchResult> Transaction::Search(const SearchQuery& query) {
  DAFTAR_ASSIGN_OR_RETURN(const txn::ReadView view, state_->transaction.View());
  return search::Find(view, query);
}

}  // namespace daftar
