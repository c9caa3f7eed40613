// CREATE TABLE and CREATE INDEX as a schema of ours.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace daftar::slt {

// Keeps the declarations in an SQLite without rows, which parses them, and says them again as a
// Cap'n Proto schema. Columns may be null, but for those of a primary key. A table without one gets
// a key `rowid`.
class Schema {
 public:
  Schema();
  ~Schema();
  Schema(const Schema&) = delete;
  Schema& operator=(const Schema&) = delete;

  // Takes a CREATE or DROP of a table or an index. Errors: InvalidArgument as SQLite says it.
  absl::Status Apply(std::string_view sql);
  // Errors: Unimplemented naming what our tables cannot hold.
  absl::StatusOr<std::string> ToCapnp() const;
  bool empty() const;

 private:
  absl::StatusOr<std::string> TableText(const std::string& table, int number) const;

  sqlite3* db_ = nullptr;
};

}  // namespace daftar::slt
