#include "txn/commit_group.h"

#include <algorithm>

#include "base/status.h"
#include "codec/keyspace.h"
#include "txn/statement.h"

namespace daftar::txn {

CommitGroup::CommitGroup(std::shared_ptr<const storage::Reader> state, const DatabaseEnd& end,
                         uint64_t fills, const RecentCommits& recent, int64_t time,
                         const PlantedFaults& faults)
    : state_(std::move(state)),
      fills_(fills),
      recent_(recent),
      time_(time),
      faults_(faults),
      end_(end) {}

std::shared_ptr<const storage::Reader> CommitGroup::Newest() const {
  if (overlay_->empty()) return state_;
  return storage::NewOverlayReader(state_, overlay_);
}

absl::StatusOr<bool> CommitGroup::HitSince(const ReadSet& reads, CommitVersion since) const {
  DAFTAR_ASSIGN_OR_RETURN(const bool hit, recent_.Hit(reads, since));
  if (hit) return true;
  for (const RecentCommits::Written& written : written_) {
    if (written.Hits(reads)) return true;
  }
  return false;
}

absl::Status CommitGroup::Validate(const CommitRequest& request) const {
  // None is abandoned but under a WriteLock, when no group is under way: the state knows of it.
  if (request.migration != nullptr) {
    DAFTAR_RETURN_IF_ERROR(CheckNotAbandoned(*state_, request.migration->info.definition.name));
  }
  if (request.catalog->version != end_.header.schema) {
    return Aborted("the schema has changed since the batch was begun; begin again");
  }
  // Who has read nothing need not know what was written since.
  if (request.reads == nullptr || request.reads->empty()) return absl::OkStatus();
  DAFTAR_ASSIGN_OR_RETURN(const bool hit, HitSince(*request.reads, request.view));
  if (!hit) return absl::OkStatus();
  return Aborted("another commit changed what the transaction has read; begin again")
      .With("begun at", request.view.value());
}

absl::Status CommitGroup::Refresh(CommitRequest* request, std::unique_ptr<WriteSet>* fresh) {
  // Entries that were added meanwhile may be among those that the writes replace.
  if (request->fills == fills_ && !request->refresh) {
    const auto hit = HitSince(*request->guards, request->view);
    // Not knowing any more what was written since means to look.
    if (hit.ok() && !*hit) return absl::OkStatus();
    if (!hit.ok() && !absl::IsAborted(hit.status())) return hit.status();
  }
  *fresh = std::make_unique<WriteSet>(Newest(), end_.header.schema, end_.header.last_commit);
  for (const RecordWrite& write : *request->writes) {
    DAFTAR_RETURN_IF_ERROR((*fresh)->Apply(write));
  }
  DAFTAR_RETURN_IF_ERROR((*fresh)->Finish());
  return (*fresh)->CheckRules(*request->catalog, *request->options, time_);
}

void CommitGroup::Add(CommitRequest* request) {
  absl::Status status = Validate(*request);
  std::unique_ptr<WriteSet> fresh;
  if (status.ok()) status = Refresh(request, &fresh);
  WriteSet* const writes = fresh == nullptr ? request->prepared : fresh.get();
  if (status.ok() && writes->empty()) {
    accepted_.push_back({request, end_.header.last_commit});
    return;
  }
  if (status.ok()) status = Take(request, writes);
  if (!status.ok()) request->result = status;
}

absl::Status CommitGroup::Take(CommitRequest* request, WriteSet* writes) {
  const CommitVersion version(end_.header.last_commit.value() + 1);
  writes->Stamp(version);
  DAFTAR_RETURN_IF_ERROR(writes->SettleGroups(*Newest()));
  const size_t first_operation = batch_.size();
  // The entry alone can refuse, and must then leave nothing behind.
  storage::Batch entry;
  DAFTAR_ASSIGN_OR_RETURN(
      const journal::EntryHead head,
      writes->AppendEntry(StatementOf(*request->options), time_, end_.journal.hash, &entry));
  replaced_bytes_ += writes->AppendTo(&batch_);
  batch_.Append(entry);
  if (request->migration != nullptr) NoteMigration(*request->migration, version);
  PlantFaults(version, first_operation);
  end_.header.last_commit = version;
  end_.journal = {journal::HashOf(head), time_};
  needs_sync_ = needs_sync_ || request->options->durability == Durability::kSynced;
  written_.push_back(WrittenBy(version, *writes->changes()));
  Lay(writes->changes());
  accepted_.push_back({request, version});
  return absl::OkStatus();
}

RecentCommits::Written CommitGroup::WrittenBy(CommitVersion version,
                                              const storage::PendingChanges& changes) const {
  // Too much to name counts as everything.
  if (changes.size() * sizeof(std::string) > recent_.bytes_max()) return {version, {}, {{"", ""}}};
  RecentCommits::Written written{version, {}, {}};
  written.keys.reserve(changes.size());
  for (const auto& [key, change] : changes) written.keys.emplace_back(key);
  return written;
}

void CommitGroup::Lay(std::shared_ptr<const storage::PendingChanges> changes) {
  if (overlay_->empty()) {
    overlay_ = std::move(changes);
    return;
  }
  if (merged_ == nullptr) {
    merged_ = std::make_shared<storage::PendingChanges>(*overlay_);
    overlay_ = merged_;
  }
  for (const auto& [key, change] : *changes) merged_->Set(key, change.value);
}

void CommitGroup::NoteMigration(const Migration& migration, CommitVersion version) {
  if (faults_.forget_migration && version.value() % 3 == 0) return;
  Migration noted = migration;
  noted.info.last_commit = version;
  const std::string key = MigrationKey(noted.info.definition.name);
  batch_.Put(key, EncodeMigration(key, noted));
}

void CommitGroup::PlantFaults(CommitVersion version, size_t first_operation) {
  if (version.value() % 10 != 0) return;
  const auto drop = [&](codec::Space space) {
    batch_.DropIf(first_operation, [space](std::string_view key) {
      return key.front() == static_cast<char>(space);
    });
  };
  if (faults_.drop_index_entry) drop(codec::Space::kIndex);
  if (faults_.drop_group) drop(codec::Space::kAggregate);
  if (faults_.drop_history) drop(codec::Space::kHistory);
}

}  // namespace daftar::txn
