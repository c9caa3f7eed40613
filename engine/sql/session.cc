#include "sql/session.h"

#include <utility>

#include "base/status.h"
#include "codec/keyspace.h"

namespace daftar::sql {
namespace {

// Tables are counted up to this many records; more are taken for the number below.
constexpr uint64_t kCountedMax = 500;
constexpr uint64_t kManyRows = 1'000'000;

}  // namespace

Session::Session(txn::Core* core, SessionOptions options)
    : core_(core), options_(std::move(options)), catalog_(core->catalog()) {}

void Session::StatementBegins() {
  if (running_++ > 0) return;
  stop_sign_.Reset(options_.time_max);
  counts_ = QueryCounts();
  failure_ = absl::OkStatus();
}

void Session::StatementEnds() {
  if (--running_ > 0) return;
  view_.reset();
  earlier_.clear();
  rows_.clear();
}

txn::ReadView Session::Guarded(txn::ReadView view) const {
  view.reader = NewGuardedReader(std::move(view.reader), &stop_sign_);
  return view;
}

absl::StatusOr<txn::ReadView> Session::View() {
  if (!options_.as_of.empty()) {
    if (!pinned_.has_value()) {
      DAFTAR_ASSIGN_OR_RETURN(txn::ReadView view, options_.view_at(options_.as_of));
      pinned_ = Guarded(std::move(view));
    }
    return *pinned_;
  }
  if (!view_.has_value()) view_ = Guarded(core_->View());
  return *view_;
}

absl::StatusOr<txn::ReadView> Session::ViewAsOf(std::string_view moment) {
  auto found = earlier_.find(moment);
  if (found == earlier_.end()) {
    DAFTAR_ASSIGN_OR_RETURN(txn::ReadView view, options_.view_at(moment));
    found = earlier_.emplace(std::string(moment), Guarded(std::move(view))).first;
  }
  return found->second;
}

absl::StatusOr<uint64_t> Session::EstimateRows(const catalog::TableDef& table) {
  const txn::ReadView view = core_->View();
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

int64_t Session::RowId(TableId table, std::string_view key) {
  Rows& rows = rows_[table];
  const auto [place, is_new] =
      rows.numbers.try_emplace(std::string(key), static_cast<int64_t>(rows.keys.size()) + 1);
  if (is_new) rows.keys.emplace_back(key);
  return place->second;
}

}  // namespace daftar::sql
