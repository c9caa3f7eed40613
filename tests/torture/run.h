// Runs a command's work in several processes and reports what they found.
#pragma once

#include <filesystem>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "torture/board.h"
#include "torture/commands.h"

namespace daftar::torture {

// A folder of this run, removed when it found nothing.
class RunFolder {
 public:
  RunFolder(const Common& common, const Board& board);
  ~RunFolder();
  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  const Board& board_;
  std::filesystem::path path_;
};

// Runs `body` in common.jobs child processes, each with its number and a folder of its own; prints
// the seed, progress, counts and violations. A child that dies is a violation. The bodies end by
// themselves, early when board.stop().
ExitCode RunProcesses(const std::string& command, const Common& common, Board* board,
                      absl::FunctionRef<void(int process, const std::filesystem::path&)> body);

// Work in pieces that do not depend on each other. The object is copied into every process by
// forking, after Prepare().
class Items {
 public:
  virtual ~Items() = default;
  // Called once, in a process that has no threads and must start none; `folder` is kept for all.
  virtual absl::Status Prepare(const std::filesystem::path& folder) = 0;
  // Requires: Prepare() was called.
  virtual uint64_t count() const = 0;
  virtual std::string Describe(uint64_t item) const = 0;
  // `folder` is this process's own and keeps what the item before left in it. Notes violations in
  // the board by itself.
  virtual void Run(uint64_t item, const std::filesystem::path& folder) = 0;
};

// Runs all items in child processes, whose death is a violation of the item they were at: it must
// not end the run nor hide what the next items do. An item may take `patience_seconds`.
ExitCode RunItems(const std::string& command, const Common& common, Board* board, Items* items,
                  unsigned patience_seconds);

}  // namespace daftar::torture
