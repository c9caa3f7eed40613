#include "torture/io_trial.h"

#include <chrono>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "torture/open_ledger.h"
#include "torture/writers.h"

namespace daftar::torture {
namespace {

using testing::IoFailure;

// Enough to fill the smallest write buffer.
constexpr uint64_t kFlushCommits = 36;
constexpr uint32_t kFlushRowBytes = 40 << 10;
constexpr int kBackgroundMs = 400;

size_t DataFiles(const std::filesystem::path& directory) {
  size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().extension() == ".sst") ++count;
  }
  return count;
}

}  // namespace

IoTrial::IoTrial(const PreparedLedger& ledger, const std::filesystem::path& folder,
                 const Options& options)
    : ledger_(ledger),
      folder_(folder),
      options_(options),
      files_(std::make_shared<testing::FailingFileSystem>()),
      choices_(options.seed) {
  std::filesystem::remove_all(folder_);
  std::filesystem::create_directories(folder_ / "spill");
  ledger_.CopyTo(folder_ / "db");
}

absl::StatusOr<std::unique_ptr<txn::Core>> IoTrial::Open() const {
  return OpenLedger(folder_ / "db", {.file_system = files_});
}

// A failure of a device is no damage, and a full disk has a code of its own.
absl::Status IoTrial::Judge(const absl::Status& status) {
  if (said_.empty()) said_ = status.ToString();
  if (absl::IsResourceExhausted(status) || absl::IsUnavailable(status)) return absl::OkStatus();
  // A write that nobody waited for may have failed before: of the anchor, or in the background.
  const bool latched =
      absl::StrContains(status.message(), "writes are refused after a failed write");
  if (absl::IsFailedPrecondition(status) && latched) return absl::OkStatus();
  if (IsWrongAnswer(status)) return status;
  return WrongAnswer(absl::StrCat("refused with the wrong code: ", status.ToString()));
}

absl::Status IoTrial::RunOpen() {
  files_->Arm(options_.fault);
  auto core = Open();
  failures_ = files_->failures();
  files_->Disarm();
  if (!core.ok()) return Judge(core.status());
  return CheckLedger(**core, ledger_.model(), {}, &choices_);
}

absl::Status IoTrial::RunClose() {
  DAFTAR_ASSIGN_OR_RETURN(auto core, Open());
  Commit(core.get());
  files_->Arm(options_.fault);
  core.reset();
  failures_ = files_->failures();
  files_->Disarm();
  return refusal_;
}

void IoTrial::Commit(txn::Core* core) {
  WritersOptions writers;
  writers.session = 1000;
  writers.seed = choices_.Next();
  writers.spill_folder = folder_ / "spill";
  writers.workload.bulk_percent = options_.operation == IoOperation::kBulk ? 100 : 0;
  writers.workload.large_percent = 0;
  writers.workload.buffered_percent = options_.operation == IoOperation::kClose ? 100 : 30;
  writers.commits = options_.operation == IoOperation::kBulk ? 1 : 3;
  if (options_.operation == IoOperation::kFlush || options_.operation == IoOperation::kCompaction) {
    writers.commits = kFlushCommits;
    writers.workload.note_bytes = kFlushRowBytes;
  }
  writers.may_fail = [this](const absl::Status& status) {
    refusal_ = status;
    return true;
  };
  RunWriters(core, ledger_.model(), &log_, writers);
}

// Until flush and compaction are through, have failed or do not come.
void IoTrial::AwaitBackground(const txn::Core& core) const {
  const auto stats = [&] { return core.store().UnflushedWrites().value_or(0); };
  const uint64_t unflushed = stats();
  const size_t files = DataFiles(folder_ / "db");
  for (int waited = 0; waited < kBackgroundMs && files_->failures() == 0; ++waited) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    const bool done = options_.operation == IoOperation::kFlush ? stats() < unflushed
                                                                : DataFiles(folder_ / "db") < files;
    if (done) break;
  }
  // What failed is noted by the store a little later.
  if (files_->failures() > 0) std::this_thread::sleep_for(std::chrono::milliseconds(3));
}

absl::Status IoTrial::RunCommits() {
  DAFTAR_ASSIGN_OR_RETURN(auto core, Open());
  files_->Arm(options_.fault);
  Commit(core.get());
  if (options_.operation == IoOperation::kFlush || options_.operation == IoOperation::kCompaction) {
    AwaitBackground(*core);
  }
  const bool persistent = options_.fault.persistent;
  failures_ = files_->failures();
  if (!persistent) files_->Disarm();
  DAFTAR_RETURN_IF_ERROR(CheckAfterFailure(core.get()));
  core.reset();  // A persistent fault meets the closing as well.
  files_->Disarm();
  return absl::OkStatus();
}

absl::Status IoTrial::CheckAfterFailure(txn::Core* core) {
  if (refusal_.ok()) return absl::OkStatus();
  DAFTAR_RETURN_IF_ERROR(Judge(refusal_));
  if (ReadsOnly() || options_.fault.persistent) return absl::OkStatus();
  // A bulk writer's own files are not the database's.
  if (absl::StrContains(refusal_.message(), "a bulk file")) return absl::OkStatus();
  // A write failed: the handle reads on and writes no more.
  Workload others(2, ledger_.model().RowsOf(2), uint64_t{1500} << 32, choices_.Next(),
                  {.bulk_percent = 0});
  const absl::StatusOr<CommitVersion> second = RunOp(core, others.Next(), folder_ / "spill");
  if (!absl::IsFailedPrecondition(second.status())) {
    return WrongAnswer(absl::StrCat("a commit after a failed write: ", second.status().ToString(),
                                    "; the failure was ", refusal_.ToString()));
  }
  Model model = ledger_.model();
  for (const LoggedOp& logged : log_.Read()) {
    if (logged.acknowledged.has_value()) model.Apply(logged.op);
  }
  return CheckLedger(*core, model, {}, &choices_);
}

absl::Status IoTrial::CheckReopened() {
  auto core = Open();
  if (!core.ok()) {
    return WrongAnswer(absl::StrCat("does not open any more: ", core.status().ToString()));
  }
  const std::vector<LoggedOp> session = log_.Read();
  Model model = ledger_.model();
  DAFTAR_ASSIGN_OR_RETURN(const auto order, ReadOrder(**core, model.last()));
  DAFTAR_RETURN_IF_ERROR(CheckSession(session, model.last(), order, {}));
  Adopt(session, order, &model);
  DAFTAR_RETURN_IF_ERROR(CheckLedger(**core, model, {}, &choices_));
  // And it goes on working.
  Workload workload(2, model.RowsOf(2), uint64_t{2000} << 32, choices_.Next(), {.bulk_percent = 0});
  const Op op = workload.Next();
  DAFTAR_RETURN_IF_ERROR(RunOp(core->get(), op, folder_ / "spill").status());
  model.Apply(op);
  return CheckLedger(**core, model, {}, &choices_);
}

absl::Status IoTrial::Run() {
  absl::Status status;
  switch (options_.operation) {
    case IoOperation::kOpen:
      status = RunOpen();
      break;
    case IoOperation::kClose:
      status = RunClose();
      break;
    case IoOperation::kCommit:
    case IoOperation::kFlush:
    case IoOperation::kCompaction:
    case IoOperation::kBulk:
      status = RunCommits();
      break;
  }
  DAFTAR_RETURN_IF_ERROR(status);
  if (options_.fault.failure == IoFailure::kNoSpace && options_.fault.persistent) {
    // The disk is still full: opening may be refused, and must not make it worse.
    testing::IoFault full = options_.fault;
    full.nth = 1;
    files_->Arm(full);
    const auto core = Open();
    if (!core.ok()) DAFTAR_RETURN_IF_ERROR(Judge(core.status()));
  }
  files_->Disarm();
  return CheckReopened();
}

}  // namespace daftar::torture
