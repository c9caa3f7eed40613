// One operation on a copy of a database in a file system whose n-th call fails.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/failing_file_system.h"
#include "torture/checker.h"
#include "torture/prepared_ledger.h"

namespace daftar::torture {

// What is done while a call fails.
enum class IoOperation { kOpen, kCommit, kFlush, kCompaction, kBulk, kClose };

class IoTrial {
 public:
  struct Options {
    IoOperation operation = IoOperation::kCommit;
    testing::IoFault fault;
    uint64_t seed = 0;
  };
  // `folder` is emptied. Lifetime: `ledger` outlives the trial.
  IoTrial(const PreparedLedger& ledger, const std::filesystem::path& folder,
          const Options& options);

  // Does the operation while the fault is armed, then without it checks that nothing was lost and
  // everything works. Errors: WrongAnswer for all that must not be.
  absl::Status Run();
  // Calls that failed. 0: the operation needs fewer than the n-th.
  uint64_t failures() const { return failures_; }
  // What the operation said of it; empty when it went through all the same.
  const std::string& said() const { return said_; }

 private:
  absl::Status RunOpen();
  absl::Status RunClose();
  absl::Status RunCommits();
  // What the operations that commit are made of.
  void Commit(txn::Core* core);
  void AwaitBackground(const txn::Core& core) const;
  // The handle on which something failed must go on reading, and no longer write.
  absl::Status CheckAfterFailure(txn::Core* core);
  absl::Status CheckReopened();
  absl::Status Judge(const absl::Status& status);
  bool ReadsOnly() const { return options_.fault.kinds == testing::kIoRead; }
  absl::StatusOr<std::unique_ptr<txn::Core>> Open() const;

  const PreparedLedger& ledger_;
  const std::filesystem::path folder_;
  const Options options_;
  const std::shared_ptr<testing::FailingFileSystem> files_;
  Choices choices_;
  OpLog log_;
  absl::Status refusal_;  // the first of a commit
  uint64_t failures_ = 0;
  std::string said_;
};

}  // namespace daftar::torture
