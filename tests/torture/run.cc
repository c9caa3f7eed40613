#include "torture/run.h"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <iostream>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "torture/child.h"
#include "torture/shared.h"

namespace daftar::torture {
namespace {

using Clock = std::chrono::steady_clock;

double Seconds(Clock::time_point since) {
  return std::chrono::duration<double>(Clock::now() - since).count();
}

std::string OneDigit(double seconds) {
  return absl::StrCat(static_cast<int64_t>(seconds), ".", static_cast<int64_t>(seconds * 10) % 10);
}

void Report(const std::string& command, const Common& common, const Board& board,
            Clock::time_point start) {
  std::cout << command << ": " << board.Counts() << "; violations " << board.violations()
            << "; seed " << common.seed << "; " << OneDigit(Seconds(start)) << " s" << std::endl;
}

// Waits for all children, printing progress now and then.
void WaitForAll(const std::string& command, const Common& common, Board* board,
                std::vector<pid_t> children, Clock::time_point start) {
  Clock::time_point printed = start;
  while (!children.empty()) {
    std::erase_if(children, [&](pid_t child) {
      const std::optional<ChildEnd> end = EndOf(child);
      if (end.has_value() && !end->clean()) {
        board->AddViolation(absl::StrCat("a process of the run ended with ", end->Describe()));
      }
      return end.has_value();
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    if (common.quiet || Seconds(printed) < 10) continue;
    printed = Clock::now();
    Report(command, common, *board, start);
  }
}

// The items of one process, one child after the other until all are done.
struct ItemPlace {
  std::atomic<uint64_t> item;
  std::atomic<bool> busy;
};

ExitCode RunIn(const RunFolder& folder, const std::string& command, const Common& common,
               Board* board,
               absl::FunctionRef<void(int process, const std::filesystem::path&)> body) {
  const Clock::time_point start = Clock::now();
  std::vector<pid_t> children;
  for (int process = 0; process < common.jobs; ++process) {
    const std::filesystem::path own = folder.path() / absl::StrCat(process);
    std::filesystem::create_directory(own);
    children.push_back(StartChild([&] {
      body(process, own);
      return 0;
    }));
  }
  WaitForAll(command, common, board, std::move(children), start);
  Report(command, common, *board, start);
  for (const std::string& text : board->Texts()) std::cout << "VIOLATION: " << text << std::endl;
  if (board->violations() == 0) return kClean;
  std::cout << "kept: " << folder.path().string() << std::endl;
  return kViolation;
}

}  // namespace

RunFolder::RunFolder(const Common& common, const Board& board) : board_(board) {
  path_ = common.folder / absl::StrCat("daftar-torture-", getpid());
  std::filesystem::create_directories(path_);
}

RunFolder::~RunFolder() {
  std::error_code ignored;
  if (board_.violations() == 0) std::filesystem::remove_all(path_, ignored);
}

ExitCode RunProcesses(const std::string& command, const Common& common, Board* board,
                      absl::FunctionRef<void(int process, const std::filesystem::path&)> body) {
  const RunFolder folder(common, *board);
  return RunIn(folder, command, common, board, body);
}

ExitCode RunItems(const std::string& command, const Common& common, Board* board, Items* items,
                  unsigned patience_seconds) {
  const RunFolder folder(common, *board);
  std::filesystem::create_directory(folder.path() / "master");
  const absl::Status prepared = items->Prepare(folder.path() / "master");
  if (!prepared.ok()) {
    std::cerr << command << ": " << prepared << std::endl;
    return kCannotRun;
  }
  const Shared<std::atomic<uint64_t>> next;
  return RunIn(folder, command, common, board, [&](int, const std::filesystem::path& own) {
    const Shared<ItemPlace> place;
    while (*next < items->count() && !board->stop()) {
      const ChildEnd end = WaitFor(StartChild([&] {
        while (!board->stop()) {
          const uint64_t item = (*next)++;
          if (item >= items->count()) break;
          place->item = item;
          place->busy = true;
          ExpectProgressWithin(patience_seconds);
          items->Run(item, own);
          place->busy = false;
        }
        return 0;
      }));
      if (end.clean()) continue;
      board->AddViolation(absl::StrCat(items->Describe(place->item), ": the process ended with ",
                                       end.Describe(), place->busy ? "" : " after it"));
    }
  });
}

}  // namespace daftar::torture
