// One row of a result.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "codec/key.h"
#include "daftar/ids.h"
#include "daftar/value.h"
#include "record/message.h"

namespace daftar::query {

// Exactly one of the two is meant: `record` when the query selects no columns, else `values`.
struct ResultRow {
  codec::EncodedKey key;
  std::optional<record::Message> record;
  CommitVersion created;  // the commit that wrote the record, when it was read
  // One for each column; JSON columns hold their text.
  std::vector<Value> values;
};

// About how much memory a row takes.
size_t BytesOf(const ResultRow& row);

}  // namespace daftar::query
