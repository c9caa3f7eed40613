// Runs a sqllogictest file against a database of ours.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "daftar/database.h"
#include "daftar/sql.h"
#include "slt/schema.h"
#include "slt/script.h"

namespace daftar::slt {

// What became of the records of a file.
struct Counts {
  int passed = 0;
  int failed = 0;
  std::map<std::string, int> skipped;  // by the reason
  std::vector<std::string> failures;   // the first few: line, statement, what was expected, given
};

// All rows live in an in-memory database of ours. A CREATE or DROP makes another one with the new
// schema and takes the rows along.
class Runner {
 public:
  explicit Runner(std::filesystem::path scratch) : scratch_(std::move(scratch)) {}

  // Errors: those of ParseScript. What fails in the file is in the counts.
  absl::StatusOr<Counts> Run(std::string_view script);

 private:
  void RunRecord(const Record& record);
  void RunQuery(const Record& record);
  absl::Status Execute(const std::string& sql);
  absl::Status Rebuild();
  absl::StatusOr<std::vector<std::string>> Values(const Record& record);
  void Fail(const Record& record, std::string_view what);

  const std::filesystem::path scratch_;  // for schema files
  Schema schema_;
  std::unique_ptr<Database> database_;
  std::optional<SqlConnection> sql_;
  std::vector<std::string> views_;  // as TEMP views, made again with each connection
  std::string unsupported_;         // why the rest of the file cannot be run
  Counts counts_;
};

}  // namespace daftar::slt
