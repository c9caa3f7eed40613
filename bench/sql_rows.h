// The rows of a statement of Daftar's as a digest.
#pragma once

#include <cstdint>
#include <string>

#include "bench/must.h"
#include "bench/permits.h"
#include "daftar/sql.h"

namespace daftar::bench {

// Runs the statement to its end. Requires: its columns are text and integers.
inline void AddRows(SqlStatement* statement, Digest* digest) {
  const size_t columns = statement->columns().size();
  while (Must(statement->Next())) {
    for (size_t i = 0; i < columns; ++i) {
      const Value value = statement->value(i);
      if (const auto* text = value.get_if<std::string>()) {
        digest->Add(*text);
      } else {
        digest->Add(*value.get_if<int64_t>());
      }
    }
    digest->EndRow();
  }
}

}  // namespace daftar::bench
