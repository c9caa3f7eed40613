// Some fields of a few hundred records that follow each other.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "columns/column.h"

namespace daftar::columns {

// Rows in the order of their keys, at least one. Thread-safe to read.
class Chunk {
 public:
  size_t rows() const { return rows_; }
  const Column& column(size_t field) const { return columns_[field]; }
  // The key of a row, behind the prefix of its table.
  std::string Key(size_t row) const { return prefix_ + std::string(Rest(row)); }
  void AppendKey(size_t row, std::string* key) const { key->append(prefix_).append(Rest(row)); }
  size_t KeyBytes(size_t row) const { return prefix_.size() + Rest(row).size(); }
  // The first row whose key is not before `key`; rows(): there is none.
  size_t LowerBound(std::string_view key) const;
  size_t bytes() const;

 private:
  friend class ChunkBuilder;

  std::string_view Rest(size_t row) const;

  size_t rows_ = 0;
  std::string prefix_;  // of all keys
  std::string rests_;   // what comes behind it
  Numbers rest_ends_;
  std::vector<Column> columns_;
};

// Takes rows in the order of their keys. Thread safety: none.
class ChunkBuilder {
 public:
  explicit ChunkBuilder(size_t fields) : values_(fields) {}

  // `values`: one for each field; text is copied.
  void Add(std::string_view key, const std::vector<Scalar>& values);
  size_t rows() const { return keys_.size(); }
  // The rows since the last call. Requires: there is one.
  Chunk Finish();

 private:
  std::vector<std::string> keys_;
  std::vector<std::vector<OwnedScalar>> values_;  // of each field
};

}  // namespace daftar::columns
