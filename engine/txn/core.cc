#include "txn/core.h"

#include <chrono>
#include <thread>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "catalog/catalog_codec.h"
#include "history/as_of_reader.h"
#include "txn/follower_reader.h"
#include "txn/renew_search.h"
#include "txn/statement.h"

namespace daftar::txn {
namespace {

// How far back a database that is opened for writing is looked over for missing commits: what is
// found in the log is less than this.
constexpr uint64_t kTailCommits = 65536;
// Opening beside a writer: it may take files away while they are being looked for.
constexpr int kAttemptsMax = 9;
constexpr std::chrono::milliseconds kFirstPause(1);  // doubled each time

int64_t SystemMicros() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

CoreOptions WithDefaults(CoreOptions options) {
  if (!options.clock) options.clock = SystemMicros;
  return options;
}

absl::StatusOr<Header> ReadHeader(const storage::Reader& reader,
                                  const std::optional<Anchor>& anchor) {
  DAFTAR_ASSIGN_OR_RETURN(const std::optional<std::string> value, reader.Get(HeaderKey()));
  if (!value.has_value()) {
    auto entries = reader.NewIterator({}, {});
    DAFTAR_ASSIGN_OR_RETURN(const bool holds_something, entries->Next());
    if (holds_something) return DataLoss("database has lost its header");
    // The anchor of a database that was not made to the end counts no commits.
    if (anchor.has_value() && anchor->version.value() > 0) {
      return DataLoss("database has lost everything but its anchor")
          .With("newest commit acknowledged", anchor->version.value());
    }
    return NotFound("directory holds no database; make one with `daftar init`");
  }
  DAFTAR_ASSIGN_OR_RETURN(const Header header, DecodeHeader(*value));
  if (header.format < kOldestFormat) {
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
      queue_([this] { return NewCommitStage(); }),
      columns_(std::make_shared<columns::ColumnCache>(options_.column_bytes_max,
                                                      options_.column_rows_min)),
      scan_(store_.get(), options_.scan),
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
  if (core->options_.mode != CoreMode::kWrite) return core;
  if (core->options_.housekeeping) {
    core->housekeeper_ = std::make_unique<Housekeeper>(core->store_.get());
  }
  DAFTAR_RETURN_IF_ERROR(RenewSearch(core.get()));
  return core;
}

absl::StatusOr<std::unique_ptr<Core>> Core::Create(std::unique_ptr<storage::Store> store,
                                                   catalog::Catalog catalog, const DatabaseId& id,
                                                   CoreOptions options) {
  auto entries = store->NewIterator({}, {});
  DAFTAR_ASSIGN_OR_RETURN(const bool holds_something, entries->Next());
  if (holds_something) return AlreadyExists("directory already holds a database");
  Header header;
  header.format = FormatFor(catalog);
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
  if (options_.compiler != nullptr) {
    DAFTAR_RETURN_IF_ERROR(catalog::CompileChecks(options_.compiler, &catalog.tables));
  }
  return std::make_shared<const catalog::Catalog>(std::move(catalog));
}

std::shared_ptr<const storage::Reader> Core::NewReader(
    CommitVersion newest, SchemaVersion schema, std::shared_ptr<const HistoryStarts> starts) const {
  switch (options_.mode) {
    case CoreMode::kWrite:
      return storage::NewSnapshotReader(*store_);
    case CoreMode::kRead:
      return storage::NewLiveReader(*store_);
    case CoreMode::kFollow:
      return NewFollowerReader(*store_, moves_, newest, schema, std::move(starts));
  }
  return nullptr;
}

absl::Status Core::Load() {
  const auto state = storage::NewSnapshotReader(*store_);
  DatabaseEnd end;
  DAFTAR_ASSIGN_OR_RETURN(const std::optional<Anchor> anchor, FindAnchor());
  if (options_.mode != CoreMode::kWrite) {
    ++moves_;
    const absl::Status status = store_->CatchUp();
    ++moves_;
    DAFTAR_RETURN_IF_ERROR(status);
  }
  DAFTAR_ASSIGN_OR_RETURN(end.header, ReadHeader(*state, anchor));
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
  DAFTAR_ASSIGN_OR_RETURN(HistoryStarts found, ReadHistoryStarts(*state));
  const auto starts = std::make_shared<const HistoryStarts>(std::move(found));
  DAFTAR_ASSIGN_OR_RETURN(index::AllStatistics statistics, ReadStatistics(*state));
  {
    absl::MutexLock lock(&write_mutex_);
    anchored_ = anchor->version;
  }
  {
    absl::MutexLock lock(&view_mutex_);
    end_ = end;
  }
  columns_->NoteAny(last, 0);
  Show({NewReader(last, end.header.schema, starts), catalog, starts, last, end.header.id,
        std::make_shared<const index::AllStatistics>(std::move(statistics)), 0,
        options_.mode == CoreMode::kWrite ? columns_ : nullptr, &scan_});
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
  columns_->NoteAny(view.version, ++view.fills);
  view.reader = NewReader(view.version, view.catalog->version, view.history_starts);
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
  DAFTAR_RETURN_IF_ERROR(CommitOf(view, AsOf::Commit(version)).status());
  if (version == view.version) return view;
  view.columns = nullptr;
  view.reader = options_.mode == CoreMode::kFollow
                    ? NewReader(version, view.catalog->version, view.history_starts)
                    : history::NewAsOfReader(std::move(view.reader), version);
  view.version = version;
  return view;
}

absl::StatusOr<ReadView> Core::ViewAt(int64_t time) const {
  DAFTAR_ASSIGN_OR_RETURN(const CommitVersion version, CommitOf(View(), AsOf::Time(Instant{time})));
  return ViewAsOf(version);
}

}  // namespace daftar::txn
