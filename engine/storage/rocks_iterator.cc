#include "storage/rocks_iterator.h"

#include "base/check.h"
#include "storage/rocks_status.h"

namespace daftar::storage {

RocksIterator::RocksIterator(rocksdb::DB& database, rocksdb::ReadOptions read_options,
                             const KeyRange& range, bool reverse)
    : range_(range), reverse_(reverse), lower_(range_.lower), upper_(range_.upper) {
  if (!lower_.empty()) read_options.iterate_lower_bound = &lower_;
  if (!upper_.empty()) read_options.iterate_upper_bound = &upper_;
  inner_.reset(database.NewIterator(read_options));
}

absl::StatusOr<bool> RocksIterator::Next() {
  switch (state_) {
    case State::kBeforeFirst:
      reverse_ ? inner_->SeekToLast() : inner_->SeekToFirst();
      break;
    case State::kBeforeTarget:
      // RocksDB keeps a target outside the range at the range's bound.
      reverse_ ? inner_->SeekForPrev(target_) : inner_->Seek(target_);
      break;
    case State::kAtEntry:
      reverse_ ? inner_->Prev() : inner_->Next();
      break;
    case State::kExhausted:
      return false;
    case State::kFailed:
      return FromRocks(inner_->status(), "iteration failed");
  }
  if (inner_->Valid()) {
    state_ = State::kAtEntry;
    return true;
  }
  // RocksDB also becomes invalid on an error, which must not pass for the end of the range.
  const absl::Status status = FromRocks(inner_->status(), "iteration failed");
  state_ = status.ok() ? State::kExhausted : State::kFailed;
  if (!status.ok()) return status;
  return false;
}

void RocksIterator::Seek(std::string_view key) {
  if (state_ == State::kFailed) return;
  target_.assign(key);
  state_ = State::kBeforeTarget;
}

std::string_view RocksIterator::key() const {
  DAFTAR_DCHECK(state_ == State::kAtEntry);
  return inner_->key().ToStringView();
}

std::string_view RocksIterator::value() const {
  DAFTAR_DCHECK(state_ == State::kAtEntry);
  return inner_->value().ToStringView();
}

}  // namespace daftar::storage
