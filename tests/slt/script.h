// The records of a sqllogictest file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace daftar::slt {

struct Record {
  enum class Kind : uint8_t { kStatement, kQuery, kHalt };
  enum class Sort : uint8_t { kNone, kRows, kValues };

  Kind kind = Kind::kStatement;
  int line = 0;  // where it begins
  std::string sql;
  bool for_others = false;  // skipif sqlite, or onlyif another engine
  bool must_fail = false;   // statement error
  std::string types;        // of a query's columns: I, R or T each
  Sort sort = Sort::kNone;
  // One line a value, or one "N values hashing to MD5".
  std::vector<std::string> expected;
};

// Errors: InvalidArgument with the line of a record that makes no sense.
absl::StatusOr<std::vector<Record>> ParseScript(std::string_view text);

}  // namespace daftar::slt
