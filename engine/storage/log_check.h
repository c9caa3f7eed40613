// Checks RocksDB's logs - the write-ahead log and the manifest - for damage that RocksDB 9.10 does
// not see or does not survive.
#pragma once

#include <rocksdb/file_system.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace daftar::storage {

// The write-ahead logs in a database directory, in order. Errors: Unavailable.
absl::StatusOr<std::vector<std::string>> LogNames(rocksdb::FileSystem* file_system,
                                                  const std::string& directory);

// Whether a log can be left to RocksDB, which then finds all other damage by its checksums:
//   - A record of the kind that recycled logs have, which ours never are, makes RocksDB read the
//     same bytes for ever, or takes all that follows for leftovers: one bit makes one out of any.
//   - A record that the file ends within passes for a write that was interrupted. When its bytes
//     are all there and only its length says otherwise, acknowledged writes would vanish.
//   - A header of zeros makes RocksDB skip the rest of its block without a word. Zeros up to the
//     end of the file are left by a power loss; when something follows, there is a hole.
// Errors: DataLoss.
absl::Status CheckLogBytes(std::string_view bytes);

// By name of a log: how many of its bytes are before the damage.
using LogCuts = std::map<std::string, uint64_t, std::less<>>;

// The same for all logs in a database directory, and the manifest that CURRENT names. With `cuts`,
// damage to a write-ahead log is put there instead of being an error. Errors: also Unavailable when
// one cannot be read. What is missing is for RocksDB to notice.
absl::Status CheckLogs(rocksdb::FileSystem* file_system, const std::string& directory,
                       LogCuts* cuts = nullptr);

}  // namespace daftar::storage
