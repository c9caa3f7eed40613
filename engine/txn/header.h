// The database header: one key that says what the store holds and where its counters stand.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "daftar/ids.h"

namespace daftar::txn {

// The newest format this library reads and writes.
inline constexpr uint32_t kFormatVersion = 1;

struct Header {
  uint32_t format = kFormatVersion;
  CommitVersion last_commit;  // the newest commit in the store
  SchemaVersion schema;       // the schema in force
};

std::string HeaderKey();
std::string EncodeHeader(const Header& header);
// Errors: DataLoss when the bytes do not verify; FailedPrecondition when the format is newer than
// kFormatVersion.
absl::StatusOr<Header> DecodeHeader(std::string_view value);

}  // namespace daftar::txn
