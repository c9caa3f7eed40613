// Reading through a view: records and queries.

#include "absl/strings/str_cat.h"
#include "api/state.h"
#include "base/status.h"
#include "query/continuation.h"
#include "query/planner.h"
#include "record/envelope.h"

namespace daftar {
namespace internal {

absl::StatusOr<std::optional<Record>> FindRecord(const txn::ReadView& view, std::string_view table,
                                                 const Key& key) {
  DAFTAR_ASSIGN_OR_RETURN(const catalog::TableDef* def, view.catalog->GetTable(table));
  DAFTAR_RETURN_IF_ERROR(txn::CheckReadable(view, *def));
  DAFTAR_ASSIGN_OR_RETURN(const codec::EncodedKey encoded, EncodeKey(*def, key));
  DAFTAR_ASSIGN_OR_RETURN(const std::optional<std::string> value, view.reader->Get(encoded.view()));
  if (!value.has_value()) return std::optional<Record>();
  auto envelope = record::DecodeEnvelope(encoded.view(), *value);
  if (!envelope.ok()) return WithContext(envelope.status(), "table", def->name);
  DAFTAR_ASSIGN_OR_RETURN(record::Message message,
                          record::Message::FromStored(def->schema, envelope->message));
  return std::optional<Record>(RecordAccess::Make(std::make_shared<RecordState>(
      RecordState{view.catalog, def, std::move(message), envelope->created})));
}

absl::StatusOr<Record> GetRecord(const txn::ReadView& view, std::string_view table,
                                 const Key& key) {
  DAFTAR_ASSIGN_OR_RETURN(std::optional<Record> found, FindRecord(view, table, key));
  if (found.has_value()) return *std::move(found);
  std::string shown;
  for (const Value& value : key) {
    absl::StrAppend(&shown, shown.empty() ? "" : ", ", value.ToString());
  }
  return NotFound("no record with this key").With("table", table).With("key", shown);
}

namespace {

// `prepared`: what the query was filled in of, or null.
absl::StatusOr<Cursor> RunBound(txn::ReadView view, const Query& query, query::BoundQuery bound,
                                query::Prepared* prepared = nullptr) {
  DAFTAR_RETURN_IF_ERROR(txn::CheckReadable(view, *bound.table));
  if (query.after().has_value()) {
    DAFTAR_RETURN_IF_ERROR(query::GoOn(view, *query.after(), &bound));
  }
  DAFTAR_ASSIGN_OR_RETURN(query::Plan plan,
                          query::MakePlan(std::move(bound), view.statistics.get()));
  if (prepared != nullptr) prepared->Keep(view, plan);
  return DatabaseAccess::MakeCursor(std::move(view), std::move(plan));
}

}  // namespace

absl::StatusOr<Cursor> RunQuery(txn::ReadView view, const Query& query) {
  DAFTAR_ASSIGN_OR_RETURN(query::BoundQuery bound, query::Bind(*view.catalog, query));
  return RunBound(std::move(view), query, std::move(bound));
}

absl::StatusOr<txn::ReadView> ViewFor(const txn::Core& core, const Query& query) {
  txn::ReadView view = core.View();
  if (!query.after().has_value()) return view;
  DAFTAR_ASSIGN_OR_RETURN(const query::Continuation continuation,
                          query::OpenContinuation(view.database, *query.after()));
  if (!continuation.is_pinned) return view;
  return core.ViewAsOf(continuation.version);
}

absl::StatusOr<Cursor> RunTransactionQuery(txn::ReadView view, const Query& query) {
  DAFTAR_ASSIGN_OR_RETURN(query::BoundQuery bound, query::Bind(*view.catalog, query));
  bound.reads_ahead = false;
  // To put ties in order, all of them would have to be read, and the row after them.
  if (!query.paged() && !query.distinct() && bound.asked_orders < bound.orders.size()) {
    bound.orders.resize(bound.asked_orders);
    bound.is_total = false;
  }
  return RunBound(std::move(view), query, std::move(bound));
}

absl::StatusOr<Cursor> RunPrepared(txn::ReadView view, query::Prepared* prepared,
                                   const std::vector<Value>& values) {
  DAFTAR_ASSIGN_OR_RETURN(query::BoundQuery bound, prepared->Fill(view, values));
  return RunBound(std::move(view), prepared->query(), std::move(bound), prepared);
}

}  // namespace internal

CommitVersion ReadView::version() const { return state_->view.version; }

}  // namespace daftar
