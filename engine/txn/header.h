// The database header: one key that says what the store holds and where its counters stand.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "daftar/ids.h"

namespace daftar::txn {

// The newest format. A database has it once its schema has aggregates, which a library of format 2
// would not keep up to date; others stay as they were. Formats before kOldestFormat can only be
// upgraded.
inline constexpr uint32_t kFormatVersion = 3;
inline constexpr uint32_t kOldestFormat = 2;

// Tells one database from all others; drawn at random when it is made.
using DatabaseId = std::array<uint8_t, 16>;

struct Header {
  uint32_t format = kOldestFormat;
  CommitVersion last_commit;  // the newest commit in the store
  SchemaVersion schema;       // the schema in force
  DatabaseId id{};            // all zero in format 1, which has none
};

std::string HeaderKey();
// Requires: header.format is kOldestFormat at least.
std::string EncodeHeader(const Header& header);
// Decodes all formats up to kFormatVersion. Errors: DataLoss when the bytes do not verify;
// FailedPrecondition when the format is newer.
absl::StatusOr<Header> DecodeHeader(std::string_view value);

}  // namespace daftar::txn
