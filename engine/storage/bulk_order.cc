#include "storage/bulk_order.h"

#include "base/status.h"

namespace daftar::storage {

absl::Status BulkOrder::Take(std::string_view key) {
  if (finished_) return FailedPrecondition("bulk writer is already finished");
  if (any_ && key <= last_) {
    return InvalidArgument("bulk keys must increase")
        .WithBytes("key", key)
        .WithBytes("previous", last_);
  }
  last_.assign(key);
  any_ = true;
  return absl::OkStatus();
}

absl::Status BulkOrder::Finish() {
  if (finished_) return FailedPrecondition("bulk writer is already finished");
  finished_ = true;
  return absl::OkStatus();
}

absl::Status PartOfPart() {
  return FailedPrecondition("a part of a bulk writer has no parts of its own");
}

}  // namespace daftar::storage
