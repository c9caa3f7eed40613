// The order rule of bulk writers, shared by the backends.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace daftar::storage {

// Thread safety: none.
class BulkOrder {
 public:
  // Takes the next key. Errors: InvalidArgument when it is not greater than the one before, which
  // stays the last one; FailedPrecondition after Finish().
  absl::Status Take(std::string_view key);
  // Errors: FailedPrecondition when called twice.
  absl::Status Finish();
  bool any() const { return any_; }
  // The key taken last.
  const std::string& last() const { return last_; }

 private:
  std::string last_;
  bool any_ = false;
  bool finished_ = false;
};

// The refusal of a part of a part.
absl::Status PartOfPart();

}  // namespace daftar::storage
