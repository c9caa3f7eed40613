// What the anchor says: how far the database had come when it was last known to be safe.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "daftar/ids.h"
#include "journal/hash.h"
#include "txn/header.h"

namespace daftar::txn {

// A log that is cut or deleted looks to the store like a database of an earlier moment. The anchor
// is kept elsewhere, so that this is found out. docs/format.md section 10.
struct Anchor {
  DatabaseId id{};
  CommitVersion version;  // a commit that was acknowledged as synced
  int64_t time = 0;       // of that commit
  journal::Hash entry{};  // the hash of its journal entry
};

std::string EncodeAnchor(const Anchor& anchor);
// Errors: DataLoss when the bytes are not what EncodeAnchor makes; FailedPrecondition when they are
// of a newer format.
absl::StatusOr<Anchor> DecodeAnchor(std::string_view bytes);

}  // namespace daftar::txn
