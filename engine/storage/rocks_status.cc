#include "storage/rocks_status.h"

#include "absl/strings/match.h"
#include "base/status.h"

namespace daftar::storage {
namespace {

absl::StatusCode IoErrorCode(rocksdb::Status::SubCode subcode) {
  switch (subcode) {
    case rocksdb::Status::kNoSpace:
    case rocksdb::Status::kSpaceLimit:
    case rocksdb::Status::kMemoryLimit:
      return absl::StatusCode::kResourceExhausted;
    case rocksdb::Status::kPathNotFound:  // A file that the database refers to.
      return absl::StatusCode::kDataLoss;
    default:
      return absl::StatusCode::kUnavailable;
  }
}

absl::StatusCode CodeOf(const rocksdb::Status& status) {
  switch (status.code()) {
    case rocksdb::Status::kOk:
      return absl::StatusCode::kOk;
    case rocksdb::Status::kNotFound:
      return absl::StatusCode::kNotFound;
    case rocksdb::Status::kCorruption:
      return absl::StatusCode::kDataLoss;
    case rocksdb::Status::kInvalidArgument:
      return absl::StatusCode::kInvalidArgument;
    case rocksdb::Status::kIOError:
      return IoErrorCode(status.subcode());
    case rocksdb::Status::kBusy:
    case rocksdb::Status::kTryAgain:
    case rocksdb::Status::kExpired:
      return absl::StatusCode::kAborted;
    case rocksdb::Status::kAborted:
      return status.subcode() == rocksdb::Status::kMemoryLimit
                 ? absl::StatusCode::kResourceExhausted
                 : absl::StatusCode::kAborted;
    case rocksdb::Status::kTimedOut:
      return absl::StatusCode::kUnavailable;
    case rocksdb::Status::kShutdownInProgress:
      return absl::StatusCode::kFailedPrecondition;
    // Answers to things that we never ask for.
    case rocksdb::Status::kNotSupported:
    case rocksdb::Status::kMergeInProgress:
    case rocksdb::Status::kIncomplete:
    case rocksdb::Status::kCompactionTooLarge:
    case rocksdb::Status::kColumnFamilyDropped:
    case rocksdb::Status::kMaxCode:
      return absl::StatusCode::kInternal;
  }
  return absl::StatusCode::kInternal;
}

}  // namespace

absl::Status FromRocks(const rocksdb::Status& status, std::string_view text) {
  if (status.ok()) return absl::OkStatus();
  return Error(CodeOf(status), text).With("cause", status.ToString());
}

absl::Status FromRocksOpen(const rocksdb::Status& status, std::string_view text) {
  const std::string cause = status.ToString();
  // RocksDB hides a device that fails in codes of damage and of options, and takes any file that
  // opens only at the second attempt for one without direct I/O, which we never ask for.
  const bool missing = absl::StrContains(cause, "No such file or directory");
  const bool hidden =
      (status.IsCorruption() || status.IsInvalidArgument()) &&
      (absl::StrContains(cause, "IO error: ") || absl::StrContains(cause, "Direct I/O"));
  if (hidden && !missing) {
    const bool full = absl::StrContains(cause, "No space left on device");
    return Error(full ? absl::StatusCode::kResourceExhausted : absl::StatusCode::kUnavailable, text)
        .With("cause", cause);
  }
  // A reader beside a writer is told to try again when a file is missing that the database names;
  // after several attempts it is not the writer who has just taken it away.
  if (status.IsInvalidArgument() || status.IsNotSupported() || status.IsTryAgain()) {
    return DataLoss(text).With("cause", cause);
  }
  return FromRocks(status, text);
}

bool IsLockHeldHere(const rocksdb::Status& status) {
  return status.IsIOError() && absl::StrContains(status.ToString(), "lock hold by current process");
}

bool IsLockHeld(const rocksdb::Status& status) {
  // RocksDB gives no code for it; the text is covered by the tests of a second opener.
  return IsLockHeldHere(status) ||
         (status.IsIOError() && absl::StrContains(status.ToString(), "While lock file"));
}

}  // namespace daftar::storage
