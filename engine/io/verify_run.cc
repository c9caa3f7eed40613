#include "io/verify_run.h"

#include <utility>

#include "base/status.h"
#include "codec/key.h"
#include "codec/keyspace.h"

namespace daftar::io {
namespace {

// What is written while commits wait.
constexpr size_t kRepairBatchBytes = size_t{256} << 10;
constexpr uint64_t kProgressInterval = 10000;

}  // namespace

std::unique_ptr<storage::Iterator> VerifyRun::Iterate(const storage::KeyRange& range) const {
  return view_.reader->NewIterator(range, {.fill_cache = false});
}

std::unique_ptr<storage::Iterator> VerifyRun::IteratePrefix(std::string_view prefix) const {
  return Iterate({std::string(prefix), codec::PrefixEnd(prefix)});
}

storage::SorterOptions VerifyRun::NewSorterOptions(size_t memory_bytes_max) const {
  return {spill_folder_, memory_bytes_max, false};
}

storage::ExternalSorter VerifyRun::NewSorter(size_t memory_bytes_max) const {
  return storage::ExternalSorter(NewSorterOptions(memory_bytes_max));
}

void VerifyRun::LoadHistoryStarts() {
  auto starts = txn::ReadHistoryStarts(*view_.reader);
  if (!starts.ok()) {
    Report({.kind = ProblemKind::kDamagedStart, .message = std::string(starts.status().message())});
    starts_ = *view_.history_starts;
    return;
  }
  starts_ = *std::move(starts);
  for (const catalog::TableDef& table : view_.catalog->tables) {
    if (HistoryStart(table) <= view_.version) continue;
    Report({.kind = ProblemKind::kDamagedStart,
            .table = table.name,
            .message = "history begins after the newest commit",
            .commit = HistoryStart(table)});
  }
}

CommitVersion VerifyRun::HistoryStart(const catalog::TableDef& table) const {
  const auto start = starts_.find(table.id);
  return start == starts_.end() ? CommitVersion() : start->second;
}

void VerifyRun::Report(Problem problem) {
  ++report_.problems_found;
  if (problem.repaired) ++report_.problems_repaired;
  if (report_.problems.size() < options_.problems_listed_max) {
    report_.problems.push_back(std::move(problem));
  }
}

absl::Status VerifyRun::Repair(std::string_view key, const std::optional<std::string>& value) {
  if (!options_.repair) return absl::OkStatus();
  repairs_.Set(key, value);
  return repairs_.bytes() < kRepairBatchBytes ? absl::OkStatus() : WriteRepairs();
}

storage::Batch VerifyRun::StillWrong(storage::Batch batch) {
  const txn::ReadView now = core_->View();
  if (now.version == view_.version && now.fills == fills_) return batch;
  const std::string entries = codec::SpacePrefix(codec::Space::kIndex);
  storage::Batch still;
  batch.ForEach([&](const storage::Batch::Operation& operation) {
    // Of present entries it is known which ones commits wrote; totals and old entries follow from
    // more than their own key.
    const bool is_entry = operation.key.starts_with(entries);
    const std::string key(operation.key);
    if (!is_entry || core_->WrittenSince({key, key + '\0'}, view_.version)) {
      has_left_some_ = true;
    } else {
      still.Set(key, operation.value);
    }
  });
  return still;
}

absl::Status VerifyRun::WriteRepairs() ABSL_NO_THREAD_SAFETY_ANALYSIS {
  if (repairs_.empty()) return absl::OkStatus();
  storage::Batch batch = std::exchange(repairs_, storage::Batch());
  // Commits that were prepared without what is put right are worked out anew.
  if (writers_ == Writers::kNone) return core_->Fill(batch);
  const txn::WriteLock lock(core_);
  batch = StillWrong(std::move(batch));
  if (batch.empty()) return absl::OkStatus();
  const bool is_only_writer = core_->View().fills == fills_;
  DAFTAR_RETURN_IF_ERROR(core_->Fill(batch));
  if (is_only_writer) ++fills_;
  return absl::OkStatus();
}

void VerifyRun::Progress() {
  ++checked_;
  if (options_.progress && checked_ % kProgressInterval == 0) options_.progress(checked_);
}

}  // namespace daftar::io
