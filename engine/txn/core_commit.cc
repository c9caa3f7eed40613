// Core: the way of a commit, from its own thread through a group into the store.

#include <algorithm>
#include <optional>
#include <utility>

#include "base/status.h"
#include "catalog/catalog_codec.h"
#include "txn/core.h"
#include "txn/statement.h"

namespace daftar::txn {
namespace {

// How often the anchor is synced at most.
constexpr int64_t kAnchorSyncMicros = 1'000'000;

storage::Durability ToStorage(Durability durability) {
  return durability == Durability::kSynced ? storage::Durability::kSynced
                                           : storage::Durability::kBuffered;
}

}  // namespace

absl::StatusOr<CommitVersion> Core::Commit(const catalog::Catalog& catalog,
                                           const std::vector<RecordWrite>& writes,
                                           const CommitOptions& options) {
  const ReadView view = View();
  if (catalog.version != view.catalog->version) {
    return Aborted("the schema has changed since the batch was begun; begin again");
  }
  WriteSet changes(view.reader, catalog.version, CommitVersion(view.version.value() + 1));
  for (const RecordWrite& write : writes) DAFTAR_RETURN_IF_ERROR(changes.Apply(write));
  CommitRequest request;
  request.catalog = &catalog;
  request.writes = &writes;
  request.view = view.version;
  request.fills = view.fills;
  request.options = &options;
  return CommitPrepared(&request, &changes, nullptr);
}

absl::StatusOr<CommitVersion> Core::CommitPrepared(CommitRequest* request, WriteSet* prepared,
                                                   ReadSet* reads) {
  DAFTAR_RETURN_IF_ERROR(prepared->Finish());
  DAFTAR_RETURN_IF_ERROR(CheckStatement(*request->options, prepared->tables()));
  if (prepared->empty()) return request->view;
  if (request->catalog->has_rules()) {
    const absl::Status allowed = CheckRules(*request, prepared);
    if (!allowed.ok()) {
      // What the rule asks for may have come since.
      if (!absl::IsFailedPrecondition(allowed) || View().version == request->view) return allowed;
      request->refresh = true;
    }
  }
  ReadSet guards;
  prepared->AddGuards(&guards);
  guards.Seal();
  if (reads != nullptr) {
    if (options_.faults.ignore_read_keys) reads->ClearKeys();
    if (options_.faults.ignore_read_ranges) reads->ClearRanges();
    reads->Seal();
  }
  request->prepared = prepared;
  request->guards = &guards;
  request->reads = reads;
  queue_.Submit(request);
  return request->result;
}

absl::Status Core::CheckRules(const CommitRequest& request, WriteSet* prepared) {
  std::optional<storage::ScanTeam> other;
  if (prepared->IsLarge() && scan_.limits().threads > 1) {
    other.emplace(&scan_, 1, [prepared] { prepared->MakeBatch(); });
  }
  return prepared->CheckRules(*request.catalog, *request.options, Now());
}

DatabaseEnd Core::end() const {
  absl::ReaderMutexLock lock(&view_mutex_);
  return end_;
}

int64_t Core::NextTime(const DatabaseEnd& end) const {
  return std::max(options_.clock(), end.journal.time);
}

// One group on its way. The queue lets one gather and one be written, and keeps their order.
class Core::GroupStage final : public CommitStage {
 public:
  explicit GroupStage(Core* core) : core_(*core) {
    std::shared_ptr<const storage::Reader> state;
    DatabaseEnd end;
    uint64_t fills = 0;
    {
      absl::ReaderMutexLock lock(&core_.view_mutex_);
      state = core_.view_.reader;
      fills = core_.view_.fills;
      end = core_.end_;
      if (core_.in_flight_.has_value()) {
        state = storage::NewOverlayReader(std::move(state), core_.in_flight_->changes);
        end = core_.in_flight_->end;
      }
    }
    follows_ = end.header.last_commit;
    absl::MutexLock lock(&core_.work_mutex_);
    group_.emplace(std::move(state), end, fills, core_.recent_, core_.NextTime(end),
                   core_.options_.faults);
  }

  void Add(CommitRequest* request) override {
    absl::MutexLock lock(&core_.work_mutex_);
    group_->Add(request);
    requests_.push_back(request);
  }

  void Seal() override {
    absl::MutexLock lock(&core_.work_mutex_);
    for (RecentCommits::Written& each : group_->written()) core_.recent_.Add(std::move(each));
    absl::MutexLock view_lock(&core_.view_mutex_);
    core_.in_flight_ = InFlight{group_->end(), group_->changes()};
  }

  void Write() override ABSL_NO_THREAD_SAFETY_ANALYSIS {
    core_.write_mutex_.Lock();
    absl::Status status;
    // What the group follows may not have come about.
    if (core_.end().header.last_commit != follows_) {
      status = Aborted("a commit before this one could not be written; begin again");
    } else if (!group_->batch().empty()) {
      status = core_.WriteGroup(&*group_);
    }
    {
      absl::MutexLock lock(&core_.view_mutex_);
      core_.in_flight_.reset();
    }
    core_.write_mutex_.Unlock();
    for (const CommitGroup::Accepted& accepted : group_->accepted()) {
      accepted.request->result = accepted.version;
    }
    // What a refused request met may have been an accepted one that was then not written.
    if (status.ok()) return;
    for (CommitRequest* request : requests_) request->result = status;
  }

 private:
  Core& core_;
  CommitVersion follows_;
  std::optional<CommitGroup> group_;
  std::vector<CommitRequest*> requests_;
};

std::unique_ptr<CommitStage> Core::NewCommitStage() { return std::make_unique<GroupStage>(this); }

absl::Status Core::WriteGroup(CommitGroup* group) {
  const bool synced = group->needs_sync() && !options_.faults.skip_sync;
  group->batch().Put(HeaderKey(), EncodeHeader(group->end().header));
  DAFTAR_RETURN_IF_ERROR(store_->Write(
      group->batch(), synced ? storage::Durability::kSynced : storage::Durability::kBuffered));
  Publish(group->end(), group->needs_sync(), group->changes().get());
  if (housekeeper_ != nullptr) housekeeper_->NoteWrite(group->replaced_bytes());
  return absl::OkStatus();
}

WriteLock::WriteLock(Core* core) ABSL_NO_THREAD_SAFETY_ANALYSIS : core_(core) {
  core->queue_.Pause();
  core->work_mutex_.Lock();
  core->write_mutex_.Lock();
}

WriteLock::~WriteLock() ABSL_NO_THREAD_SAFETY_ANALYSIS {
  core_->write_mutex_.Unlock();
  core_->work_mutex_.Unlock();
  core_->queue_.Resume();
}

absl::StatusOr<CommitVersion> Core::CommitNote(const CommitOptions& options, storage::Batch batch) {
  return CommitNoteWith(options, [&](const ReadView&) { return std::optional(std::move(batch)); });
}

absl::StatusOr<CommitVersion> Core::CommitNoteWith(const CommitOptions& options,
                                                   const NoteBody& body) {
  return CommitNote(nullptr, options, body);
}

absl::StatusOr<CommitVersion> Core::CommitSchema(const catalog::Catalog& catalog,
                                                 const CommitOptions& options, storage::Batch batch,
                                                 const StateCheck& check) {
  const auto body = [&](const ReadView& view) -> absl::StatusOr<std::optional<storage::Batch>> {
    if (check != nullptr) DAFTAR_RETURN_IF_ERROR(check(view));
    return std::optional(std::move(batch));
  };
  return CommitNote(&catalog, options, body);
}

absl::StatusOr<CommitVersion> Core::CommitNote(const catalog::Catalog* catalog,
                                               const CommitOptions& options, const NoteBody& body) {
  DAFTAR_RETURN_IF_ERROR(CheckStatement(options, {}));
  const WriteLock lock(this);
  DAFTAR_ASSIGN_OR_RETURN(std::optional<storage::Batch> made, body(View()));
  const DatabaseEnd before = end();
  if (!made.has_value()) return before.header.last_commit;
  storage::Batch& batch = *made;
  DatabaseEnd after = before;
  after.header.last_commit = CommitVersion(before.header.last_commit.value() + 1);
  if (catalog != nullptr) {
    after.header.schema = catalog->version;
    after.header.format = FormatFor(*catalog);
    DAFTAR_ASSIGN_OR_RETURN(const std::string stored,
                            catalog::EncodeCatalog(*catalog, after.header.last_commit));
    batch.Put(catalog::CatalogKey(catalog->version), stored);
  }
  const int64_t time = NextTime(before);
  const WriteSet nothing(nullptr, after.header.schema, after.header.last_commit);
  DAFTAR_ASSIGN_OR_RETURN(
      const journal::EntryHead head,
      nothing.AppendEntry(StatementOf(options), time, before.journal.hash, &batch));
  after.journal = {journal::HashOf(head), time};
  batch.Put(HeaderKey(), EncodeHeader(after.header));
  DAFTAR_RETURN_IF_ERROR(store_->Write(batch, ToStorage(options.durability)));
  // Whatever fails from here on, the version is taken.
  Publish(after, options.durability == Durability::kSynced);
  ReadView view = View();
  // What is stored is read back, so that this process runs on the same as those to come.
  DAFTAR_ASSIGN_OR_RETURN(view.catalog, LoadCatalog(*view.reader, after.header.schema));
  DAFTAR_ASSIGN_OR_RETURN(HistoryStarts starts, ReadHistoryStarts(*view.reader));
  DAFTAR_ASSIGN_OR_RETURN(index::AllStatistics statistics, ReadStatistics(*view.reader));
  view.statistics = std::make_shared<const index::AllStatistics>(std::move(statistics));
  view.history_starts = std::make_shared<const HistoryStarts>(std::move(starts));
  Show(std::move(view));
  return after.header.last_commit;
}

absl::Status Core::Fill(const storage::Batch& batch) {
  DAFTAR_RETURN_IF_ERROR(store_->Write(batch, storage::Durability::kBuffered));
  const auto reader = storage::NewSnapshotReader(*store_);
  absl::MutexLock lock(&view_mutex_);
  columns_->NoteFill(++view_.fills, batch);
  view_.reader = reader;
  return absl::OkStatus();
}

bool Core::WrittenSince(const storage::KeyRange& range, CommitVersion since) const {
  ReadSet read;
  read.AddRange(range);
  read.Seal();
  const auto hit = recent_.Hit(read, since);
  return !hit.ok() || *hit;
}

void Core::NoteWritten(RecentCommits::Written written) { recent_.Add(std::move(written)); }

void Core::Publish(const DatabaseEnd& end, bool durable, const storage::PendingChanges* changes) {
  if (changes != nullptr) {
    columns_->NoteCommits(end.header.last_commit, *changes);
  } else {
    columns_->NoteAny(end.header.last_commit, View().fills);
  }
  const auto reader = storage::NewSnapshotReader(*store_);
  {
    absl::MutexLock lock(&view_mutex_);
    view_.version = end.header.last_commit;
    view_.reader = reader;
    end_ = end;
    in_flight_.reset();
  }
  if (!durable) return;
  const int64_t now = options_.clock();
  const bool sync = now - anchor_synced_at_ >= kAnchorSyncMicros || now < anchor_synced_at_;
  const Anchor anchor{end.header.id, end.header.last_commit, end.journal.time, end.journal.hash};
  const absl::Status status = store_->WriteAnchor(
      EncodeAnchor(anchor), sync ? storage::Durability::kSynced : storage::Durability::kBuffered);
  // The commits are safe whatever becomes of the anchor, and the store refuses to write any more.
  if (!status.ok()) return;
  anchored_ = anchor.version;
  if (sync) anchor_synced_at_ = now;
}

}  // namespace daftar::txn
