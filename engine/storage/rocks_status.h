// RocksDB's statuses in the engine's terms.
#pragma once

#include <rocksdb/status.h>

#include <string_view>

#include "absl/status/status.h"

namespace daftar::storage {

// OK, or `text` with the code's counterpart and RocksDB's message as its cause.
absl::Status FromRocks(const rocksdb::Status& status, std::string_view text);

// As FromRocks, for opening an existing database. Our options are always valid, so that a refusal
// of them means that the files say something else than they should, or could not be read: what
// RocksDB says of a failing device is found in the text only, which tests/storage covers.
absl::Status FromRocksOpen(const rocksdb::Status& status, std::string_view text);

// Whether opening failed because the lock is held, and if so, by this very process.
bool IsLockHeld(const rocksdb::Status& status);
bool IsLockHeldHere(const rocksdb::Status& status);

}  // namespace daftar::storage
