#include "daftar/audit.h"

#include "absl/strings/escaping.h"
#include "api/state.h"
#include "audit/difference.h"
#include "audit/field_difference.h"
#include "audit/record_versions.h"
#include "base/status.h"
#include "daftar/database.h"

namespace daftar {
namespace {

CommitInfo ToInfo(const journal::EntryHead& head, bool has_entry) {
  CommitInfo info;
  info.version = head.version;
  if (has_entry) info.time = Instant{head.time};
  info.actor = head.actor;
  info.reason = head.reason;
  info.decision = head.decision;
  info.changes = head.change_count;
  return info;
}

// The commit that wrote a version is known to the caller.
Record ToRecord(const txn::ReadView& view, const catalog::TableDef* table, record::Message message,
                CommitVersion created) {
  return internal::RecordAccess::Make(std::make_shared<internal::RecordState>(
      internal::RecordState{view.catalog, table, std::move(message), created}));
}

const record::Message* PointerTo(const std::optional<record::Message>& message) {
  return message.has_value() ? &*message : nullptr;
}

absl::StatusOr<std::vector<FieldChange>> ChangesBetween(
    const std::optional<record::Message>& before, const std::optional<record::Message>& after,
    Calendar calendar) {
  DAFTAR_ASSIGN_OR_RETURN(std::vector<audit::FieldDifference> found,
                          audit::FieldDifferences(PointerTo(before), PointerTo(after), calendar));
  std::vector<FieldChange> changes;
  for (audit::FieldDifference& each : found) {
    changes.push_back({std::move(each.path), std::move(each.before), std::move(each.after)});
  }
  return changes;
}

}  // namespace

namespace internal {

absl::StatusOr<txn::ReadView> ViewAt(const txn::Core& core, const AsOf& moment) {
  if (moment.commit() != nullptr) return core.ViewAsOf(*moment.commit());
  return core.ViewAt(moment.time()->micros);
}

}  // namespace internal

absl::StatusOr<std::vector<RecordVersion>> Database::History(std::string_view table, const Key& key,
                                                             const std::optional<AsOf>& until,
                                                             Calendar calendar) const {
  const txn::ReadView view = state_->core->View();
  CommitVersion last = view.version;
  if (until.has_value()) {
    DAFTAR_ASSIGN_OR_RETURN(last, txn::CommitOf(view, *until));
  }
  DAFTAR_ASSIGN_OR_RETURN(const catalog::TableDef* def, view.catalog->GetTable(table));
  DAFTAR_ASSIGN_OR_RETURN(const codec::EncodedKey encoded, internal::EncodeKey(*def, key));
  DAFTAR_ASSIGN_OR_RETURN(std::vector<audit::RecordVersion> found,
                          audit::VersionsOf(view, *def, encoded, last));
  std::vector<RecordVersion> versions;
  std::optional<record::Message> before;
  for (audit::RecordVersion& each : found) {
    RecordVersion& version = versions.emplace_back();
    version.commit = ToInfo(each.commit, each.has_entry);
    DAFTAR_ASSIGN_OR_RETURN(version.changes, ChangesBetween(before, each.record, calendar));
    before.reset();
    if (!each.record.has_value()) continue;
    DAFTAR_ASSIGN_OR_RETURN(before, record::Message::FromStored(def->schema, each.record->bytes()));
    version.record = ToRecord(view, def, *std::move(each.record), each.commit.version);
  }
  return versions;
}

ChangeFeed Database::Changes(CommitVersion after) const {
  return internal::DatabaseAccess::MakeFeed(state_->core->View(), after);
}

absl::Status Database::Diff(const AsOf& from, const AsOf& to, std::string_view table,
                            absl::FunctionRef<absl::Status(const RecordDifference&)> visit,
                            Calendar calendar) const {
  const txn::ReadView newest = state_->core->View();
  DAFTAR_ASSIGN_OR_RETURN(const txn::ReadView before, internal::ViewAt(*state_->core, from));
  DAFTAR_ASSIGN_OR_RETURN(const txn::ReadView after, internal::ViewAt(*state_->core, to));
  audit::DifferenceOptions options;
  options.spill_folder = internal::SpillFolder(*state_);
  if (!table.empty()) {
    DAFTAR_ASSIGN_OR_RETURN(options.table, newest.catalog->GetTable(table));
  }
  DAFTAR_ASSIGN_OR_RETURN(const auto difference,
                          audit::Difference::Make(newest, before, after, options));
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, difference->Next());
    if (!found) return absl::OkStatus();
    const audit::RecordDifference& each = difference->difference();
    RecordDifference shown;
    shown.table = each.key.table->name;
    shown.key = each.key.values;
    DAFTAR_ASSIGN_OR_RETURN(shown.changes, ChangesBetween(each.before, each.after, calendar));
    DAFTAR_ASSIGN_OR_RETURN(shown.before, internal::FindRecord(before, shown.table, shown.key));
    DAFTAR_ASSIGN_OR_RETURN(shown.after, internal::FindRecord(after, shown.table, shown.key));
    DAFTAR_RETURN_IF_ERROR(visit(shown));
  }
}

ChangeFeed::ChangeFeed(std::unique_ptr<internal::ChangeFeedState> state)
    : state_(std::move(state)) {}
ChangeFeed::ChangeFeed(ChangeFeed&&) noexcept = default;
ChangeFeed& ChangeFeed::operator=(ChangeFeed&&) noexcept = default;
ChangeFeed::~ChangeFeed() = default;

absl::StatusOr<bool> ChangeFeed::NextCommit() {
  DAFTAR_ASSIGN_OR_RETURN(const bool found, state_->feed.NextCommit());
  if (found) state_->commit = ToInfo(state_->feed.commit(), true);
  return found;
}

const CommitInfo& ChangeFeed::commit() const { return state_->commit; }

absl::StatusOr<bool> ChangeFeed::NextChange() {
  DAFTAR_ASSIGN_OR_RETURN(const bool found, state_->feed.NextChange());
  if (!found) return false;
  audit::RecordChange& each = state_->feed.change();
  RecordChange& shown = state_->change = RecordChange();
  if (each.key.table != nullptr) shown.table = each.key.table->name;
  shown.key = each.key.values;
  shown.deleted = each.deleted;
  if (!each.deleted) shown.digest = absl::BytesToHexString(journal::BytesOf(each.digest));
  if (each.record.has_value()) {
    shown.record = ToRecord(state_->feed.view(), each.key.table, *std::move(each.record),
                            state_->commit.version);
  }
  return true;
}

const RecordChange& ChangeFeed::change() const { return state_->change; }

}  // namespace daftar
