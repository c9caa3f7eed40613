#include "txn/core.h"

#include <chrono>
#include <thread>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "catalog/catalog_codec.h"
#include "history/as_of_reader.h"
#include "txn/statement.h"

namespace daftar::txn {
namespace {

// How far back a database that is opened for writing is looked over for missing commits: what is
// found in the log is less than this.
constexpr uint64_t kTailCommits = 65536;
// How often the anchor is synced at most.
constexpr int64_t kAnchorSyncMicros = 1'000'000;
// Opening beside a writer: it may take files away while they are being looked for.
constexpr int kAttemptsMax = 9;
constexpr std::chrono::milliseconds kFirstPause(1);  // doubled each time

storage::Durability ToStorage(Durability durability) {
  return durability == Durability::kSynced ? storage::Durability::kSynced
                                           : storage::Durability::kBuffered;
}

int64_t SystemMicros() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

CoreOptions WithDefaults(CoreOptions options) {
  if (!options.clock) options.clock = SystemMicros;
  return options;
}

absl::StatusOr<Header> ReadHeader(const storage::Reader& reader) {
  DAFTAR_ASSIGN_OR_RETURN(const std::optional<std::string> value, reader.Get(HeaderKey()));
  if (!value.has_value()) {
    auto entries = reader.NewIterator({}, {});
    DAFTAR_ASSIGN_OR_RETURN(const bool holds_something, entries->Next());
    if (holds_something) return DataLoss("database has lost its header");
    return NotFound("directory holds no database; make one with `daftar init`");
  }
  DAFTAR_ASSIGN_OR_RETURN(const Header header, DecodeHeader(*value));
  if (header.format < kFormatVersion) {
    return FailedPrecondition("database is of an older format; run `daftar upgrade`")
        .With("format", header.format)
        .With("format of this library", kFormatVersion);
  }
  return header;
}

}  // namespace

Core::Core(std::unique_ptr<storage::Store> store, CoreOptions options)
    : store_(std::move(store)),
      options_(WithDefaults(std::move(options))),
      queue_([this](const std::vector<CommitRequest*>& group, absl::FunctionRef<void()> done) {
        ProcessGroup(group, done);
      }),
      recent_(options_.recent_bytes_max) {}

Core::~Core() {
  housekeeper_ = nullptr;
  if (options_.mode != CoreMode::kWrite) return;
  const WriteLock lock(this);
  const DatabaseEnd newest = end();
  if (newest.header.last_commit == anchored_) return;
  // There is nobody to tell of a failure: what is not durable then was never said to be.
  if (!store_->Sync().ok()) return;
  const Anchor anchor{newest.header.id, newest.header.last_commit, newest.journal.time,
                      newest.journal.hash};
  store_->WriteAnchor(EncodeAnchor(anchor), storage::Durability::kSynced).IgnoreError();
}

absl::StatusOr<std::unique_ptr<Core>> Core::Open(std::unique_ptr<storage::Store> store,
                                                 CoreOptions options) {
  std::unique_ptr<Core> core(new Core(std::move(store), std::move(options)));
  DAFTAR_RETURN_IF_ERROR(core->options_.mode == CoreMode::kWrite ? core->Load()
                                                                 : core->LoadMoving());
  if (core->options_.housekeeping && core->options_.mode == CoreMode::kWrite) {
    core->housekeeper_ = std::make_unique<Housekeeper>(core->store_.get());
  }
  return core;
}

absl::StatusOr<std::unique_ptr<Core>> Core::Create(std::unique_ptr<storage::Store> store,
                                                   catalog::Catalog catalog, const DatabaseId& id,
                                                   CoreOptions options) {
  auto entries = store->NewIterator({}, {});
  DAFTAR_ASSIGN_OR_RETURN(const bool holds_something, entries->Next());
  if (holds_something) return AlreadyExists("directory already holds a database");
  Header header;
  header.schema = catalog.version;
  header.id = id;
  DAFTAR_ASSIGN_OR_RETURN(const std::string stored,
                          catalog::EncodeCatalog(catalog, header.last_commit));
  storage::Batch batch;
  batch.Put(HeaderKey(), EncodeHeader(header));
  batch.Put(catalog::CatalogKey(catalog.version), stored);
  // The anchor is first: a database without one is damaged, one that was not made yet is not.
  DAFTAR_RETURN_IF_ERROR(
      store->WriteAnchor(EncodeAnchor({id, {}, 0, {}}), storage::Durability::kSynced));
  DAFTAR_RETURN_IF_ERROR(store->Write(batch, storage::Durability::kSynced));
  // The catalog is read back, so that a new database and a reopened one run on the same bytes.
  return Open(std::move(store), std::move(options));
}

absl::StatusOr<std::optional<Anchor>> Core::FindAnchor() const {
  DAFTAR_ASSIGN_OR_RETURN(const std::optional<std::string> bytes, store_->ReadAnchor());
  if (!bytes.has_value()) return std::optional<Anchor>();
  DAFTAR_ASSIGN_OR_RETURN(const Anchor anchor, DecodeAnchor(*bytes));
  return std::optional(anchor);
}

absl::StatusOr<Anchor> Core::ReadAnchor() const {
  DAFTAR_ASSIGN_OR_RETURN(const std::optional<Anchor> anchor, FindAnchor());
  if (!anchor.has_value()) return DataLoss("database has lost its anchor; run `daftar recover`");
  return *anchor;
}

absl::Status Core::CheckAnchor(const storage::Reader& reader, const Header& header,
                               const std::optional<Anchor>& anchor) const {
  if (!anchor.has_value()) {
    return DataLoss("database has lost its anchor; run `daftar recover --dry-run`");
  }
  if (anchor->id != header.id) {
    return DataLoss("the anchor is another database's; run `daftar recover --dry-run`");
  }
  if (anchor->version > header.last_commit) {
    return DataLoss("commits that were acknowledged are missing; run `daftar recover --dry-run`")
        .With("newest commit found", header.last_commit.value())
        .With("newest commit acknowledged", anchor->version.value());
  }
  if (anchor->version.value() == 0) return absl::OkStatus();
  DAFTAR_ASSIGN_OR_RETURN(const journal::EntryHead entry, ReadEntry(reader, anchor->version));
  if (journal::HashOf(entry) == anchor->entry) return absl::OkStatus();
  return DataLoss("the journal is not the one that the anchor knows")
      .With("commit", anchor->version.value());
}

absl::StatusOr<std::shared_ptr<const catalog::Catalog>> Core::LoadCatalog(
    const storage::Reader& reader, SchemaVersion version) const {
  {
    absl::ReaderMutexLock lock(&view_mutex_);
    if (view_.catalog != nullptr && view_.catalog->version == version) return view_.catalog;
  }
  const std::string key = catalog::CatalogKey(version);
  DAFTAR_ASSIGN_OR_RETURN(const std::optional<std::string> stored, reader.Get(key));
  if (!stored.has_value()) {
    return DataLoss("database has lost its schema").With("version", version.value());
  }
  DAFTAR_ASSIGN_OR_RETURN(catalog::Catalog catalog, catalog::DecodeCatalog(key, *stored));
  return std::make_shared<const catalog::Catalog>(std::move(catalog));
}

std::shared_ptr<const storage::Reader> Core::NewReader(CommitVersion newest) const {
  switch (options_.mode) {
    case CoreMode::kWrite:
      return storage::NewSnapshotReader(*store_);
    case CoreMode::kRead:
      return storage::NewLiveReader(*store_);
    case CoreMode::kFollow:
      // The store moves on beneath a view, which must not.
      return history::NewAsOfReader(storage::NewLiveReader(*store_), newest);
  }
  return nullptr;
}

absl::Status Core::Load() {
  const auto state = storage::NewSnapshotReader(*store_);
  DatabaseEnd end;
  DAFTAR_ASSIGN_OR_RETURN(const std::optional<Anchor> anchor, FindAnchor());
  if (options_.mode != CoreMode::kWrite) DAFTAR_RETURN_IF_ERROR(store_->CatchUp());
  DAFTAR_ASSIGN_OR_RETURN(end.header, ReadHeader(*state));
  DAFTAR_ASSIGN_OR_RETURN(const auto catalog, LoadCatalog(*state, end.header.schema));
  uint64_t tail = kTailCommits;
  if (options_.mode != CoreMode::kWrite) {
    DAFTAR_ASSIGN_OR_RETURN(tail, store_->UnflushedWrites());
  }
  const CommitVersion last = end.header.last_commit;
  DAFTAR_RETURN_IF_ERROR(CheckJournalTail(*state, last, tail));
  DAFTAR_RETURN_IF_ERROR(CheckAnchor(*state, end.header, anchor));
  if (last.value() > 0) {
    DAFTAR_ASSIGN_OR_RETURN(const journal::EntryHead entry, ReadEntry(*state, last));
    end.journal = {journal::HashOf(entry), entry.time};
  }
  DAFTAR_ASSIGN_OR_RETURN(HistoryStarts starts, ReadHistoryStarts(*state));
  {
    absl::MutexLock lock(&write_mutex_);
    anchored_ = anchor->version;
  }
  {
    absl::MutexLock lock(&view_mutex_);
    end_ = end;
  }
  Show({NewReader(last), catalog, std::make_shared<const HistoryStarts>(std::move(starts)), last});
  return absl::OkStatus();
}

absl::Status Core::LoadMoving() {
  absl::MutexLock lock(&load_mutex_);
  absl::Status status;
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    if (attempt > 0) std::this_thread::sleep_for(kFirstPause * (1 << attempt));
    status = Load();
    if (!absl::IsDataLoss(status) && !absl::IsUnavailable(status)) return status;
  }
  return status;
}

absl::Status Core::CatchUp() {
  if (options_.mode != CoreMode::kFollow) {
    return FailedPrecondition("the database was not opened to follow another process");
  }
  return LoadMoving();
}

void Core::ShowStore() {
  ReadView view = View();
  view.reader = NewReader(view.version);
  Show(std::move(view));
}

void Core::Show(ReadView view) {
  absl::MutexLock lock(&view_mutex_);
  view_ = std::move(view);
}

std::shared_ptr<const catalog::Catalog> Core::catalog() const { return View().catalog; }

ReadView Core::View() const {
  absl::ReaderMutexLock lock(&view_mutex_);
  return view_;
}

absl::StatusOr<ReadView> Core::ViewAsOf(CommitVersion version) const {
  ReadView view = View();
  if (version > view.version) {
    return InvalidArgument("there is no such commit yet")
        .With("commit", version.value())
        .With("newest", view.version.value());
  }
  if (version == view.version) return view;
  view.reader = history::NewAsOfReader(std::move(view.reader), version);
  view.version = version;
  return view;
}

absl::StatusOr<ReadView> Core::ViewAt(int64_t time) const {
  const ReadView view = View();
  DAFTAR_ASSIGN_OR_RETURN(const CommitVersion version, CommitAt(*view.reader, view.version, time));
  return ViewAsOf(version);
}

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

void Core::ProcessGroup(const std::vector<CommitRequest*>& requests,
                        absl::FunctionRef<void()> worked_out) {
  work_mutex_.Lock();
  std::shared_ptr<const InFlight> base;
  {
    absl::ReaderMutexLock lock(&view_mutex_);
    base = in_flight_ != nullptr ? in_flight_
                                 : std::make_shared<const InFlight>(InFlight{end_, view_.reader});
  }
  CommitGroup group(base->state, base->end, recent_, NextTime(base->end), options_.faults);
  for (CommitRequest* request : requests) group.Add(request);
  for (RecentCommits::Written& each : group.written()) recent_.Add(std::move(each));
  write_mutex_.Lock();
  {
    absl::MutexLock lock(&view_mutex_);
    in_flight_ = std::make_shared<const InFlight>(InFlight{group.end(), group.Newest()});
  }
  work_mutex_.Unlock();
  worked_out();
  // What the group follows may not have come about.
  absl::Status status;
  if (end().header.last_commit != base->end.header.last_commit) {
    status = Aborted("a commit before this one could not be written; begin again");
  } else if (!group.batch().empty()) {
    status = WriteGroup(&group);
  }
  {
    absl::MutexLock lock(&view_mutex_);
    in_flight_ = nullptr;
  }
  write_mutex_.Unlock();
  // What a refused request met may have been an accepted one that was then not written.
  if (!status.ok()) {
    for (CommitRequest* request : requests) request->result = status;
    return;
  }
  for (const CommitGroup::Accepted& accepted : group.accepted()) {
    accepted.request->result = accepted.version;
  }
}

absl::Status Core::WriteGroup(CommitGroup* group) {
  const bool synced = group->needs_sync() && !options_.faults.skip_sync;
  group->batch().Put(HeaderKey(), EncodeHeader(group->end().header));
  DAFTAR_RETURN_IF_ERROR(store_->Write(
      group->batch(), synced ? storage::Durability::kSynced : storage::Durability::kBuffered));
  Publish(group->end(), group->needs_sync());
  if (housekeeper_ != nullptr) housekeeper_->NoteWrite(group->replaced_bytes());
  return absl::OkStatus();
}

WriteLock::WriteLock(Core* core) ABSL_NO_THREAD_SAFETY_ANALYSIS : core_(core) {
  core->work_mutex_.Lock();
  core->write_mutex_.Lock();
}

WriteLock::~WriteLock() ABSL_NO_THREAD_SAFETY_ANALYSIS {
  core_->write_mutex_.Unlock();
  core_->work_mutex_.Unlock();
}

absl::StatusOr<CommitVersion> Core::CommitNote(const CommitOptions& options, storage::Batch batch) {
  DAFTAR_RETURN_IF_ERROR(CheckStatement(options, {}));
  const WriteLock lock(this);
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
  const auto reader = NewReader(end.header.last_commit);
  {
    absl::MutexLock lock(&view_mutex_);
    view_.version = end.header.last_commit;
    view_.reader = reader;
    end_ = end;
    in_flight_ = nullptr;
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
