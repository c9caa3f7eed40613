// What is done to a whole database: upgrade, recovery, following another process.

#include "daftar/maintenance.h"

#include <chrono>
#include <span>

#include "api/state.h"
#include "base/random.h"
#include "base/status.h"
#include "daftar/database.h"
#include "io/analyze.h"
#include "storage/directory_lock.h"
#include "storage/open.h"
#include "storage/salvage.h"
#include "txn/journal_reader.h"
#include "txn/prune.h"
#include "txn/recover.h"
#include "txn/upgrade.h"

namespace daftar {
namespace {

int64_t NowMicros() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// Whether the database opens as it is; a message when it does not.
absl::StatusOr<std::string> WhyItDoesNotOpen(const std::filesystem::path& directory) {
  storage::RocksOptions options;
  options.read_only = true;
  options.nobody_writes = true;
  auto store = storage::OpenRocksStore(directory, options);
  absl::Status status = store.status();
  if (status.ok()) status = txn::Core::Open(*std::move(store)).status();
  if (status.ok()) return std::string();
  if (absl::IsDataLoss(status)) return std::string(status.message());
  return status;
}

absl::StatusOr<std::unique_ptr<storage::Store>> OpenUntilDamage(
    const std::filesystem::path& directory, bool read_only) {
  storage::RocksOptions options;
  options.read_only = read_only;
  options.nobody_writes = read_only;
  options.until_damage = true;
  auto store = storage::OpenRocksStore(directory, options);
  if (absl::IsDataLoss(store.status())) {
    return WithContext(store.status(), "remedy", "nothing consistent is left; restore a backup");
  }
  return store;
}

RecoveryReport ToReport(const txn::Assessment& assessment) {
  RecoveryReport report;
  report.kept = assessment.kept;
  if (report.kept.value() > 0) report.kept_time = Instant{assessment.kept_time};
  if (assessment.anchor.has_value()) {
    report.acknowledged = assessment.anchor->version;
    if (assessment.anchor->version > report.kept) {
      report.commits_lost = assessment.anchor->version.value() - report.kept.value();
    }
  }
  return report;
}

}  // namespace

absl::StatusOr<uint32_t> Database::Upgrade(const std::filesystem::path& directory,
                                           const CommitOptions& commit) {
  txn::UpgradeOptions options;
  DAFTAR_RETURN_IF_ERROR(FillRandom(std::as_writable_bytes(std::span(options.id))));
  options.spill_folder = directory;
  options.clock = NowMicros;
  options.commit = commit;
  DAFTAR_ASSIGN_OR_RETURN(const auto store, storage::OpenRocksStore(directory, {}));
  return txn::UpgradeStore(store.get(), options);
}

absl::StatusOr<RecoveryReport> Database::Recover(const std::filesystem::path& directory,
                                                 const RecoveryOptions& options) {
  // Beside a writer, what is being written would look like damage.
  auto lock = storage::LockDirectory(directory);
  // A dry run may be of a directory that cannot be written to.
  if (!lock.ok() && (!options.dry_run || absl::IsFailedPrecondition(lock.status()))) {
    return lock.status();
  }
  DAFTAR_ASSIGN_OR_RETURN(const std::string cause, WhyItDoesNotOpen(directory));
  std::string saved_in;
  if (!options.dry_run && !cause.empty()) {
    DAFTAR_ASSIGN_OR_RETURN(const std::filesystem::path folder,
                            storage::SaveDamagedFiles(directory));
    saved_in = folder.string();
  }
  const bool changes = !options.dry_run && !cause.empty();
  // Opening for writing takes the lock itself.
  if (changes) lock->reset();
  DAFTAR_ASSIGN_OR_RETURN(const auto store, OpenUntilDamage(directory, !changes));
  DAFTAR_ASSIGN_OR_RETURN(const txn::Assessment assessment, txn::Assess(*store));
  RecoveryReport report = ToReport(assessment);
  report.cause = cause;
  report.saved_in = saved_in;
  if (!changes) return report;
  DAFTAR_RETURN_IF_ERROR(txn::CloseGap(store.get(), assessment, options.commit, NowMicros()));
  report.recovered = true;
  return report;
}

absl::StatusOr<PruneReport> Database::PruneHistory(const PruneOptions& options) {
  if (!options.dry_run) DAFTAR_RETURN_IF_ERROR(internal::CheckWritable(*state_));
  // Of two at once, one could let a history begin earlier again than the other has removed it.
  absl::MutexLock lock(&state_->prune_mutex);
  return txn::PruneHistory(state_->core.get(), options);
}

absl::StatusOr<AnalyzeReport> Database::Analyze(const AnalyzeOptions& options) {
  DAFTAR_RETURN_IF_ERROR(internal::CheckWritable(*state_));
  return io::Analyze(state_->core.get(), options);
}

absl::Status Database::CatchUp() { return state_->core->CatchUp(); }

absl::StatusOr<ReaderLag> Database::Lag() const {
  DAFTAR_ASSIGN_OR_RETURN(const txn::Anchor anchor, state_->core->ReadAnchor());
  const txn::ReadView view = state_->core->View();
  ReaderLag lag;
  if (anchor.version <= view.version) return lag;
  lag.commits = anchor.version.value() - view.version.value();
  DAFTAR_ASSIGN_OR_RETURN(const auto newest, txn::FindEntry(*view.reader, view.version));
  if (newest.has_value()) lag.time = std::chrono::microseconds(anchor.time - newest->time);
  return lag;
}

}  // namespace daftar
