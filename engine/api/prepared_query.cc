#include "daftar/prepared_query.h"

#include "api/state.h"
#include "base/status.h"

namespace daftar {

PreparedQuery::PreparedQuery(std::unique_ptr<internal::PreparedState> state)
    : state_(std::move(state)) {}
PreparedQuery::PreparedQuery(PreparedQuery&&) noexcept = default;
PreparedQuery& PreparedQuery::operator=(PreparedQuery&&) noexcept = default;
PreparedQuery::~PreparedQuery() = default;

size_t PreparedQuery::parameter_count() const { return state_->prepared->value_count(); }

absl::StatusOr<Cursor> PreparedQuery::Run(const std::vector<Value>& values) const {
  DAFTAR_ASSIGN_OR_RETURN(txn::ReadView view,
                          internal::ViewFor(*state_->core, state_->prepared->query()));
  return internal::RunPrepared(std::move(view), state_->prepared.get(), values);
}

absl::StatusOr<Cursor> PreparedQuery::Run(const ReadView& view,
                                          const std::vector<Value>& values) const {
  return internal::RunPrepared(internal::DatabaseAccess::View(view), state_->prepared.get(),
                               values);
}

absl::StatusOr<PreparedQuery> Database::Prepare(const Query& query) const {
  DAFTAR_ASSIGN_OR_RETURN(auto prepared, query::Prepared::Make(state_->core->View(), query));
  return PreparedQuery(
      std::make_unique<internal::PreparedState>(state_->core.get(), std::move(prepared)));
}

}  // namespace daftar
