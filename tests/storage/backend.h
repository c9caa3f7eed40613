// The store backends that share one conformance suite.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "storage/open.h"
#include "storage/reader.h"
#include "storage/store.h"
#include "support/temp_dir.h"

namespace daftar::testing {

enum class BackendKind { kMemory, kRocks, kFaulty };  // kFaulty: no fault armed, over RocksDB

// An open store of one kind in a place of its own. Throws when it cannot be opened.
class Backend {
 public:
  explicit Backend(BackendKind kind);

  storage::Store& store() { return *store_; }
  const std::filesystem::path& directory() const { return directory_.path(); }
  // Whether what was written is there after Reopen().
  bool persistent() const { return kind_ != BackendKind::kMemory; }
  void Close() { store_.reset(); }
  void Reopen();

 private:
  const BackendKind kind_;
  TempDir directory_;
  std::unique_ptr<storage::Store> store_;
};

std::string ToString(BackendKind kind);

// A database that is small in memory, created when missing.
storage::RocksOptions SmallRocksOptions();

using Model = std::map<std::string, std::string>;

// Everything in the store, which must be readable.
Model Contents(const storage::Store& store, const storage::Snapshot* snapshot = nullptr);

// The same of a state to read from.
Model Contents(const storage::Reader& reader);

// One batch with one put.
storage::Batch PutBatch(std::string_view key, std::string_view value);

}  // namespace daftar::testing
