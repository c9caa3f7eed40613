// All versions of a table's records, old and present, one after the other.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "catalog/catalog.h"
#include "daftar/ids.h"
#include "io/verify_run.h"
#include "storage/store.h"

namespace daftar::io {

// A record as it was stored until a commit. Lifetime: until the walk moves on.
struct StoredVersion {
  std::string_view key;  // the record's whole key
  CommitVersion ended;   // kPresent: it is still there
  std::string_view value;
};

// Gives the versions by key, then by their end. Old ones that ended by the table's history start
// are left out: they are on their way to be removed. Reports history keys that are malformed.
// Lifetime: the run and the table outlive it.
class VersionWalk {
 public:
  VersionWalk(VerifyRun* run, const catalog::TableDef& table);

  // Moves to the next version; false after the last. Errors: those of the store.
  absl::StatusOr<bool> Next();
  // Requires: Next() gave true.
  const StoredVersion& version() const { return version_; }

 private:
  absl::Status LoadPresent();
  absl::Status LoadPast();

  VerifyRun* const run_;
  const std::string prefix_;
  const CommitVersion start_;
  const std::unique_ptr<storage::Iterator> present_;
  const std::unique_ptr<storage::Iterator> past_;
  bool present_loaded_ = false;
  bool has_present_ = false;
  bool past_loaded_ = false;
  bool has_past_ = false;
  StoredVersion past_version_;
  StoredVersion version_;
};

}  // namespace daftar::io
