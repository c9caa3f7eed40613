// The versions of a table's records from a key on, for walks beside those who write.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "catalog/catalog.h"
#include "daftar/ids.h"
#include "storage/reader.h"
#include "txn/read_view.h"

namespace daftar::io {

// By record, then in time. Versions that may have been removed as old are left out. Thread safety:
// none.
class VersionStream {
 public:
  // Those of the record keys from `from` on. Lifetime: shares what the view reads from.
  VersionStream(const txn::ReadView& view, const catalog::TableDef& table, const std::string& from);

  // From which commit on the history of the table is whole.
  CommitVersion start() const { return start_; }
  // What the keys begin with.
  std::string_view prefix() const { return prefix_; }

  // Moves to the next version; false after the last. Errors: DataLoss, Unavailable.
  [[nodiscard]] absl::StatusOr<bool> Next();
  // Requires: the last Next() gave true. Lifetime: until the next call.
  std::string_view key() const { return uses_past_ ? past_key_ : present_->key(); }
  std::string_view value() const { return uses_past_ ? past_->value() : present_->value(); }
  // kPresent: it is still there.
  CommitVersion ended() const;

 private:
  absl::Status LoadPast();

  const std::string prefix_;
  CommitVersion start_;
  std::unique_ptr<storage::Iterator> present_;
  std::unique_ptr<storage::Iterator> past_;
  // Which of the two is to be moved on; at first both.
  bool uses_present_ = true;
  bool uses_past_ = true;
  bool has_present_ = false;
  bool has_past_ = false;
  std::string_view past_key_;
  CommitVersion past_ended_;
};

}  // namespace daftar::io
