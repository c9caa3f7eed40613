// Core: the way of a commit, from its own thread through a group into the store.

#include <algorithm>
#include <optional>
#include <utility>

#include "base/status.h"
#include "txn/core.h"
#include "txn/statement.h"

namespace daftar::txn {
namespace {

// How often the anchor is synced at most.
constexpr int64_t kAnchorSyncMicros = 1'000'000;
// One group in the log and one on its way into memory.
constexpr size_t kInFlightMax = 2;

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
  request.options = &options;
  return CommitPrepared(&request, &changes, nullptr);
}

absl::StatusOr<CommitVersion> Core::CommitPrepared(CommitRequest* request, WriteSet* prepared,
                                                   ReadSet* reads) {
  DAFTAR_RETURN_IF_ERROR(prepared->Finish());
  DAFTAR_RETURN_IF_ERROR(CheckStatement(*request->options, prepared->tables()));
  if (prepared->empty()) return request->view;
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

DatabaseEnd Core::end() const {
  absl::ReaderMutexLock lock(&view_mutex_);
  return end_;
}

int64_t Core::NextTime(const DatabaseEnd& end) const {
  return std::max(options_.clock(), end.journal.time);
}

// One group on its way. Each mutex is taken before the one before it is let go, so that groups keep
// their order; after the log they keep it by in_flight_.
class Core::GroupStage final : public CommitStage {
 public:
  explicit GroupStage(Core* core) ABSL_NO_THREAD_SAFETY_ANALYSIS : core_(*core) {
    core_.work_mutex_.Lock();
    std::shared_ptr<const storage::Reader> state;
    DatabaseEnd end;
    {
      absl::ReaderMutexLock lock(&core_.view_mutex_);
      state = core_.view_.reader;
      end = core_.end_;
      for (const std::shared_ptr<InFlight>& each : core_.in_flight_) {
        state = storage::NewOverlayReader(std::move(state), each->changes);
        end = each->end;
        before_ = each;
      }
    }
    group_.emplace(std::move(state), end, core_.recent_, core_.NextTime(end),
                   core_.options_.faults);
  }

  void Add(const std::vector<CommitRequest*>& requests) override {
    for (CommitRequest* request : requests) group_->Add(request);
    requests_.insert(requests_.end(), requests.begin(), requests.end());
  }

  void Seal() override ABSL_NO_THREAD_SAFETY_ANALYSIS {
    for (RecentCommits::Written& each : group_->written()) core_.recent_.Add(std::move(each));
    self_ = std::make_shared<InFlight>(InFlight{group_->end(), group_->changes()});
    core_.write_mutex_.Lock();
    {
      absl::MutexLock lock(&core_.view_mutex_);
      const auto few = [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
        return core_.in_flight_.size() < kInFlightMax;
      };
      core_.view_mutex_.Await(absl::Condition(&few));
      core_.in_flight_.push_back(self_);
    }
    core_.work_mutex_.Unlock();
  }

  void Write(absl::FunctionRef<void()> logged) override {
    absl::Status status = Log(logged);
    AwaitTurn();
    if (status.ok()) status = Show();
    {
      absl::MutexLock lock(&core_.view_mutex_);
      self_->shown = status.ok();
      if (self_->logged && !status.ok()) core_.must_reopen_ = true;
      core_.in_flight_.pop_front();
    }
    for (const CommitGroup::Accepted& accepted : group_->accepted()) {
      accepted.request->result = accepted.version;
    }
    // What a refused request met may have been an accepted one that was then not written.
    if (status.ok()) return;
    for (CommitRequest* request : requests_) request->result = status;
  }

 private:
  // Writes the group and lets the next one follow.
  absl::Status Log(absl::FunctionRef<void()> logged) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    bool passed = false;
    const auto pass = [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
      passed = true;
      core_.write_mutex_.Unlock();
      logged();
    };
    const auto pass_logged = [&] {
      self_->logged = true;
      pass();
    };
    absl::Status status = core_.CheckWritable();
    if (!status.ok()) {
      // Nothing is attempted.
    } else if (before_ != nullptr && !before_->logged) {
      status = Aborted("a commit before this one could not be written; begin again");
    } else if (group_->batch().empty()) {
      pass_logged();
    } else {
      const bool synced = group_->needs_sync() && !core_.options_.faults.skip_sync;
      group_->batch().Put(HeaderKey(), EncodeHeader(group_->end().header));
      status = core_.store_->Write(
          group_->batch(), synced ? storage::Durability::kSynced : storage::Durability::kBuffered,
          pass_logged);
    }
    if (!passed) pass();
    return status;
  }

  void AwaitTurn() {
    absl::MutexLock lock(&core_.view_mutex_);
    const auto first = [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
      return core_.in_flight_.front() == self_;
    };
    core_.view_mutex_.Await(absl::Condition(&first));
  }

  absl::Status Show() {
    if (before_ != nullptr) {
      absl::ReaderMutexLock lock(&core_.view_mutex_);
      if (!before_->shown) {
        return Unavailable(
            "a commit before this one failed; whether this one was written is known when the "
            "database is opened again");
      }
    }
    if (group_->batch().empty()) return absl::OkStatus();
    DAFTAR_RETURN_IF_ERROR(core_.PublishGroup(*self_, group_->needs_sync()));
    if (core_.housekeeper_ != nullptr) core_.housekeeper_->NoteWrite(group_->replaced_bytes());
    return absl::OkStatus();
  }

  Core& core_;
  std::shared_ptr<InFlight> before_;  // null: the group follows from the view
  std::shared_ptr<InFlight> self_;
  std::optional<CommitGroup> group_;
  std::vector<CommitRequest*> requests_;
};

std::unique_ptr<CommitStage> Core::NewCommitStage() { return std::make_unique<GroupStage>(this); }

WriteLock::WriteLock(Core* core) ABSL_NO_THREAD_SAFETY_ANALYSIS : core_(core) {
  core->work_mutex_.Lock();
  core->write_mutex_.Lock();
  absl::MutexLock lock(&core->view_mutex_);
  const auto none = [core]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return core->in_flight_.empty(); };
  core->view_mutex_.Await(absl::Condition(&none));
}

WriteLock::~WriteLock() ABSL_NO_THREAD_SAFETY_ANALYSIS {
  core_->write_mutex_.Unlock();
  core_->work_mutex_.Unlock();
}

absl::StatusOr<CommitVersion> Core::CommitNote(const CommitOptions& options, storage::Batch batch) {
  DAFTAR_RETURN_IF_ERROR(CheckStatement(options, {}));
  const WriteLock lock(this);
  DAFTAR_RETURN_IF_ERROR(CheckWritable());
  const DatabaseEnd before = end();
  DatabaseEnd after = before;
  after.header.last_commit = CommitVersion(before.header.last_commit.value() + 1);
  const int64_t time = NextTime(before);
  const WriteSet nothing(nullptr, after.header.schema, after.header.last_commit);
  DAFTAR_ASSIGN_OR_RETURN(
      const journal::EntryHead head,
      nothing.AppendEntry(StatementOf(options), time, before.journal.hash, &batch));
  after.journal = {journal::HashOf(head), time};
  batch.Put(HeaderKey(), EncodeHeader(after.header));
  DAFTAR_RETURN_IF_ERROR(store_->Write(batch, ToStorage(options.durability)));
  DAFTAR_ASSIGN_OR_RETURN(HistoryStarts starts,
                          ReadHistoryStarts(*storage::NewLiveReader(*store_)));
  Publish(after, options.durability == Durability::kSynced);
  ReadView view = View();
  view.history_starts = std::make_shared<const HistoryStarts>(std::move(starts));
  Show(std::move(view));
  return after.header.last_commit;
}

void Core::NoteWritten(RecentCommits::Written written) { recent_.Add(std::move(written)); }

void Core::Publish(const DatabaseEnd& end, bool durable) {
  const auto reader = storage::NewSnapshotReader(*store_);
  {
    absl::MutexLock lock(&view_mutex_);
    view_.version = end.header.last_commit;
    view_.reader = reader;
    end_ = end;
  }
  if (durable) NoteDurable(end);
}

absl::Status Core::CheckWritable() const {
  absl::ReaderMutexLock lock(&view_mutex_);
  if (!must_reopen_) return absl::OkStatus();
  return FailedPrecondition(
      "writes are refused, as an earlier commit failed when it was in the log already; open the "
      "database again");
}

absl::StatusOr<CommitVersion> Core::NewestIn(const storage::Reader& reader,
                                             const InFlight& group) const {
  {
    absl::ReaderMutexLock lock(&view_mutex_);
    if (in_flight_.size() == 1) return group.end.header.last_commit;
  }
  // Groups that follow this one may be in the store by now, too.
  DAFTAR_ASSIGN_OR_RETURN(const std::optional<std::string> stored, reader.Get(HeaderKey()));
  if (!stored.has_value()) return DataLoss("database has lost its header");
  DAFTAR_ASSIGN_OR_RETURN(const Header header, DecodeHeader(*stored));
  return header.last_commit;
}

absl::Status Core::PublishGroup(const InFlight& group, bool durable) {
  if (View().version < group.end.header.last_commit) {
    const auto reader = storage::NewSnapshotReader(*store_);
    DAFTAR_ASSIGN_OR_RETURN(const CommitVersion newest, NewestIn(*reader, group));
    absl::MutexLock lock(&view_mutex_);
    for (const std::shared_ptr<InFlight>& each : in_flight_) {
      if (each->end.header.last_commit == newest) end_ = each->end;
    }
    view_.version = newest;
    view_.reader = reader;
  }
  if (durable) NoteDurable(group.end);
  return absl::OkStatus();
}

void Core::NoteDurable(const DatabaseEnd& end) {
  absl::MutexLock lock(&anchor_mutex_);
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
