// What stands behind the public classes.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "daftar/database.h"
#include "query/executor.h"
#include "record/message.h"
#include "txn/core.h"

namespace daftar::internal {

struct RecordState {
  std::shared_ptr<const catalog::Catalog> catalog;  // keeps the schema alive
  const catalog::TableDef* table = nullptr;
  record::Message message;
  CommitVersion created;
};

struct RecordAccess {
  static Record Make(std::shared_ptr<const RecordState> state) { return Record(std::move(state)); }
  static const RecordState& State(const Record& record) { return *record.state_; }
};

struct ViewState {
  txn::ReadView view;
};

class BatchState {
 public:
  explicit BatchState(std::shared_ptr<const catalog::Catalog> catalog)
      : catalog_(std::move(catalog)) {}

  // Errors: InvalidArgument when a key field is not set.
  absl::Status Put(const catalog::TableDef& table, record::Message message, WriteIntent intent);
  absl::Status Delete(const catalog::TableDef& table, const Key& key);

  const catalog::Catalog& catalog() const { return *catalog_; }
  const std::vector<txn::RecordWrite>& writes() const { return writes_; }

 private:
  std::shared_ptr<const catalog::Catalog> catalog_;
  std::vector<txn::RecordWrite> writes_;
};

class CursorState {
 public:
  CursorState(txn::ReadView view, query::Plan plan) : executor(std::move(view), std::move(plan)) {}
  query::Executor executor;
};

class DatabaseState {
 public:
  DatabaseState(std::unique_ptr<txn::Core> opened, bool only_reads)
      : core(std::move(opened)), read_only(only_reads) {}
  const std::unique_ptr<txn::Core> core;
  const bool read_only;
  std::filesystem::path directory;  // empty: in memory
};

// The store key for a user's key. Errors: InvalidArgument naming the field.
absl::StatusOr<codec::EncodedKey> EncodeKey(const catalog::TableDef& table, const Key& key);

// The schema in a file, or the registry schema. Errors: InvalidArgument, NotFound.
absl::StatusOr<std::shared_ptr<const record::SchemaSet>> ParseSchema(const SchemaFile& schema);

// Where sorts may spill: beside the data when it is ours to write, else the system's folder.
std::filesystem::path SpillFolder(const DatabaseState& state);

// Errors: FailedPrecondition when the database was opened for reading only.
absl::Status CheckWritable(const DatabaseState& state);

}  // namespace daftar::internal
