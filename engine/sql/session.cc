#include "sql/session.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "codec/keyspace.h"
#include "query/cost.h"
#include "sql/columns.h"

namespace daftar::sql {
namespace {

// Tables are counted up to this many records; more are taken for the number below.
constexpr uint64_t kCountedMax = 500;
constexpr uint64_t kManyRows = 1'000'000;

}  // namespace

Session::Session(txn::Core* core, SessionOptions options)
    : core_(core), options_(std::move(options)), catalog_(core->catalog()) {}

void Session::StatementBegins(bool writes) {
  writes_ = writes_ || writes;
  if (running_++ > 0) return;
  stop_sign_.Reset(options_.time_max);
  counts_ = QueryCounts();
  names_left_out_ = false;
  failure_ = absl::OkStatus();
}

void Session::StatementEnds() {
  if (--running_ > 0) return;
  writes_ = false;
  // One that has only read ends without a word of SQLite's.
  if (!in_transaction()) EndTransaction();
  view_.reset();
  earlier_.clear();
  rows_.clear();
  system_rows_.clear();
}

absl::Status Session::CheckSchema(const catalog::Catalog& catalog) const {
  if (catalog.version == catalog_->version) return absl::OkStatus();
  return Aborted("the schema has changed since the connection was opened; open another one");
}

absl::StatusOr<txn::ReadView> Session::Guarded(absl::StatusOr<txn::ReadView> view) const {
  if (!view.ok()) return view.status();
  DAFTAR_RETURN_IF_ERROR(CheckSchema(*view->catalog));
  view->reader = NewGuardedReader(std::move(view->reader), &stop_sign_);
  return view;
}

absl::StatusOr<txn::ReadView> Session::View() {
  if (!options_.as_of.empty()) {
    if (!pinned_.has_value()) {
      DAFTAR_ASSIGN_OR_RETURN(pinned_, Guarded(options_.view_at(options_.as_of)));
    }
    return *pinned_;
  }
  if (reads_transaction()) {
    DAFTAR_ASSIGN_OR_RETURN(txn::Transaction * transaction, Writing());
    return Guarded(transaction->View());
  }
  if (!view_.has_value()) {
    DAFTAR_ASSIGN_OR_RETURN(view_, Guarded(core_->View()));
  }
  return *view_;
}

absl::StatusOr<txn::ReadView> Session::CommittedView() {
  DAFTAR_ASSIGN_OR_RETURN(txn::ReadView view, View());
  return reads_transaction() ? Guarded(transaction_->snapshot()) : view;
}

absl::StatusOr<txn::ReadView> Session::ViewAsOf(std::string_view moment) {
  auto found = earlier_.find(moment);
  if (found == earlier_.end()) {
    DAFTAR_ASSIGN_OR_RETURN(txn::ReadView view, Guarded(options_.view_at(moment)));
    found = earlier_.emplace(std::string(moment), std::move(view)).first;
  }
  return found->second;
}

absl::StatusOr<uint64_t> Session::EstimateRows(const catalog::TableDef& table) {
  const txn::ReadView view = core_->View();
  if (view.statistics != nullptr) {
    const index::Statistics* known = query::FindStatistics(*view.statistics, table, nullptr);
    if (known != nullptr) return std::max<uint64_t>(1, known->entries);
  }
  Estimate& estimate = estimates_[table.id];
  if (estimate.rows == kManyRows || (estimate.at == view.version && estimate.rows > 0)) {
    return estimate.rows;
  }
  const std::string prefix = codec::RecordPrefix(table.id);
  const auto records =
      view.reader->NewIterator({prefix, codec::PrefixEnd(prefix)}, storage::ScanOptions());
  uint64_t rows = 1;
  while (rows < kCountedMax) {
    DAFTAR_ASSIGN_OR_RETURN(const bool more, records->Next());
    if (!more) break;
    ++rows;
  }
  estimate = {view.version, rows == kCountedMax ? kManyRows : rows};
  return estimate.rows;
}

absl::StatusOr<txn::Transaction*> Session::Writing() {
  if (!options_.writable) {
    return FailedPrecondition("the connection only reads; open it for writing");
  }
  if (transaction_ == nullptr) {
    auto begun = std::make_unique<txn::Transaction>(core_, options_.limits);
    DAFTAR_RETURN_IF_ERROR(CheckSchema(*begun->catalog()));
    transaction_ = std::move(begun);
    committed_ = false;
  }
  return transaction_.get();
}

absl::Status Session::Commit() {
  if (transaction_ == nullptr || committed_) return absl::OkStatus();
  const txn::Migration* const migration = migration_.has_value() ? &*migration_ : nullptr;
  DAFTAR_ASSIGN_OR_RETURN(last_commit_, transaction_->Commit(options_.commit, migration));
  committed_ = true;
  return absl::OkStatus();
}

void Session::EndTransaction() {
  transaction_.reset();
  migration_.reset();
  committed_ = false;
  savepoints_.clear();
}

void Session::SetSavepoint(int depth) {
  if (transaction_ == nullptr) return;
  // A table that joins late is told of the innermost one again, when more has been written: the
  // first place counts. Outer ones that no table was told of were made before any write.
  for (int outer = 0; outer <= depth; ++outer) {
    savepoints_.try_emplace(outer, transaction_->savepoint());
  }
}

absl::Status Session::RollbackTo(int depth) {
  if (transaction_ == nullptr) return absl::OkStatus();
  // A SAVEPOINT that began the transaction has the depth -1: all goes.
  if (depth < 0) {
    savepoints_.clear();
    return transaction_->RollbackTo(txn::Transaction::Savepoint());
  }
  const auto found = savepoints_.find(depth);
  // Made before anything of ours was written, and nothing has been since.
  if (found == savepoints_.end()) return absl::OkStatus();
  const txn::Transaction::Savepoint place = found->second;
  savepoints_.erase(std::next(found), savepoints_.end());
  return transaction_->RollbackTo(place);
}

absl::StatusOr<int64_t> Session::RowId(const catalog::TableDef& table, std::string_view key) {
  if (HasIntegerKey(table)) {
    key.remove_prefix(codec::RecordPrefix(table.id).size());
    DAFTAR_ASSIGN_OR_RETURN(const OwnedScalar value, codec::TakePart(table.key.front().part, &key));
    if (const auto* number = std::get_if<int64_t>(&value)) return *number;
    return static_cast<int64_t>(std::get<uint64_t>(value));
  }
  Rows& rows = rows_[table.id];
  const auto [place, is_new] =
      rows.numbers.try_emplace(std::string(key), static_cast<int64_t>(rows.keys.size()) + 1);
  if (is_new) rows.keys.emplace_back(key);
  return place->second;
}

int64_t Session::SystemRowId(std::string_view table, std::string_view identity) {
  auto rows = system_rows_.find(table);
  if (rows == system_rows_.end()) rows = system_rows_.try_emplace(std::string(table)).first;
  return rows->second.try_emplace(identity, static_cast<int64_t>(rows->second.size()) + 1)
      .first->second;
}

absl::StatusOr<codec::EncodedKey> Session::KeyOf(const catalog::TableDef& table,
                                                 int64_t number) const {
  if (HasIntegerKey(table)) {
    const catalog::Term& term = table.key.front();
    DAFTAR_ASSIGN_OR_RETURN(const OwnedScalar value, term.path.type().FromValue(Value(number)));
    codec::EncodedKey key(codec::RecordPrefix(table.id));
    codec::AppendPart(term.part, ToView(value), &key.bytes());
    return key;
  }
  const auto rows = rows_.find(table.id);
  if (rows == rows_.end() || number < 1 ||
      static_cast<uint64_t>(number) > rows->second.keys.size()) {
    return Internal("a row has no record").With("row", number);
  }
  return codec::EncodedKey(rows->second.keys[static_cast<size_t>(number) - 1]);
}

std::span<const std::string> Session::KeysAfter(const catalog::TableDef& table,
                                                int64_t number) const {
  const auto rows = rows_.find(table.id);
  if (rows == rows_.end() || number < 1) return {};
  const std::span<const std::string> keys(rows->second.keys);
  return keys.subspan(std::min(static_cast<size_t>(number), keys.size()));
}

}  // namespace daftar::sql
