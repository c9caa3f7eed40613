// What a number stands for: keys and indexed texts that are it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "catalog/catalog.h"
#include "daftar/value.h"
#include "txn/read_view.h"

namespace daftar::search {

// Whether a text may be a number of some scheme: short, with a digit of any script in it.
bool MayBeNumber(std::string_view text);

// The ways in which a number may be stored: as written, with ASCII digits, without separators, and
// in the canonical form of each scheme that accepts it. Each once.
std::vector<std::string> WaysToWrite(std::string_view text);

struct NumberHit {
  std::string primary_key;
  std::string field;  // the path of the number
  std::string text;   // the number as it is stored
  double score = 0;   // how sure it is that it names this record, greater first
};

// The records of a table whose key begins with the number, or that an index on a text has under it;
// so many at most by each of them. Errors: DataLoss, Unavailable; those of a transaction's reads.
absl::StatusOr<std::vector<NumberHit>> FindNumber(const txn::ReadView& view,
                                                  const catalog::TableDef& table,
                                                  const std::vector<std::string>& ways,
                                                  size_t each_max);

}  // namespace daftar::search
