#include "torture/prepared_ledger.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "torture/checker.h"
#include "torture/child.h"
#include "torture/open_ledger.h"
#include "torture/writers.h"

namespace daftar::torture {
namespace {

namespace fs = std::filesystem;

// For what goes on in the background after an opening.
constexpr std::chrono::milliseconds kSettling(100);

void Copy(const fs::path& from, const fs::path& to) {
  fs::remove_all(to);
  fs::create_directories(to);
  for (const auto& entry : fs::directory_iterator(from)) {
    if (entry.is_regular_file()) fs::copy_file(entry.path(), to / entry.path().filename());
  }
}

}  // namespace

absl::Status PreparedLedger::RunSession(uint64_t session, uint64_t commits,
                                        const PrepareOptions& options) {
  OpLog log;
  const ChildEnd end = WaitFor(StartChild([&] {
    auto core = OpenLedger(directory(), {.may_create = session == 1});
    if (!core.ok()) return 1;
    std::this_thread::sleep_for(kSettling);
    WritersOptions writers;
    writers.commits = commits;
    writers.session = session;
    writers.seed = MixSeed({options.seed, session});
    writers.spill_folder = folder_;
    writers.workload = options.workload;
    if (session == options.commits.size()) writers.workload.bulk_percent = 0;
    RunWriters(core->get(), model_, &log, writers);
    return 0;
  }));
  if (!end.clean()) return Internal(absl::StrCat("preparing ended with ", end.Describe()));
  const std::vector<LoggedOp> ops = log.Read();
  for (const LoggedOp& logged : ops) {
    if (!logged.error.empty()) return Internal(logged.error);
    model_.Apply(logged.op);
  }
  return absl::OkStatus();
}

absl::Status PreparedLedger::Prepare(const fs::path& folder, const PrepareOptions& options) {
  folder_ = folder;
  fs::create_directories(folder_);
  uint64_t session = 0;
  for (const uint64_t commits : options.commits) {
    if (session > 0) {
      older_.push_back(folder_ / absl::StrCat("older-", session));
      Copy(directory(), older_.back());
    }
    DAFTAR_RETURN_IF_ERROR(RunSession(++session, commits, options));
  }
  return absl::OkStatus();
}

std::vector<std::string> PreparedLedger::Files() const {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory())) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

void PreparedLedger::CopyTo(const fs::path& to) const { Copy(directory(), to); }

}  // namespace daftar::torture
