// A RocksDB iterator over a bounded range.
#pragma once

#include <rocksdb/db.h>

#include <memory>
#include <optional>
#include <string>

#include "storage/store.h"

namespace daftar::storage {

class RocksIterator final : public Iterator {
 public:
  RocksIterator(rocksdb::DB& database, rocksdb::ReadOptions read_options, const KeyRange& range,
                bool reverse);

  absl::StatusOr<bool> Next() override;
  void Seek(std::string_view key) override;
  std::string_view key() const override;
  std::string_view value() const override;

 private:
  enum class State { kBeforeFirst, kBeforeTarget, kAtEntry, kExhausted, kFailed };

  const KeyRange range_;
  const bool reverse_;
  // RocksDB keeps pointers to them, and so to `range_`.
  const rocksdb::Slice lower_;
  const rocksdb::Slice upper_;
  std::unique_ptr<rocksdb::Iterator> inner_;
  State state_ = State::kBeforeFirst;
  std::string target_;
};

}  // namespace daftar::storage
