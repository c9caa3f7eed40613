#include "columns/chunk.h"

#include <algorithm>
#include <cstdint>

namespace daftar::columns {

std::string_view Chunk::Rest(size_t row) const {
  const size_t begin = row == 0 ? 0 : rest_ends_[row - 1];
  return std::string_view(rests_).substr(begin, rest_ends_[row] - begin);
}

size_t Chunk::LowerBound(std::string_view key) const {
  const int order = std::string_view(prefix_).compare(key.substr(0, prefix_.size()));
  if (order != 0) return order < 0 ? rows_ : 0;
  const std::string_view rest = key.substr(prefix_.size());
  size_t first = 0, last = rows_;
  while (first < last) {
    const size_t middle = first + (last - first) / 2;
    if (Rest(middle) < rest) {
      first = middle + 1;
    } else {
      last = middle;
    }
  }
  return first;
}

size_t Chunk::bytes() const {
  size_t bytes = sizeof(Chunk) + prefix_.capacity() + rests_.capacity() + rest_ends_.bytes();
  for (const Column& column : columns_) bytes += column.bytes();
  return bytes;
}

void ChunkBuilder::Add(std::string_view key, const std::vector<Scalar>& values) {
  keys_.emplace_back(key);
  for (size_t i = 0; i < values_.size(); ++i) values_[i].push_back(ToOwned(values[i]));
}

Chunk ChunkBuilder::Finish() {
  Chunk chunk;
  chunk.rows_ = keys_.size();
  // Keys are in order: what the first and the last have in common, all have.
  const std::string& first = keys_.front();
  const auto differ =
      std::mismatch(first.begin(), first.end(), keys_.back().begin(), keys_.back().end());
  chunk.prefix_.assign(first.begin(), differ.first);
  std::vector<uint64_t> ends;
  for (const std::string& key : keys_) {
    chunk.rests_.append(key, chunk.prefix_.size());
    ends.push_back(chunk.rests_.size());
  }
  chunk.rests_.shrink_to_fit();
  chunk.rest_ends_ = Numbers(ends);
  std::vector<Scalar> views(keys_.size());
  for (std::vector<OwnedScalar>& values : values_) {
    std::transform(values.begin(), values.end(), views.begin(),
                   [](const OwnedScalar& value) { return ToView(value); });
    chunk.columns_.push_back(Column::Make(views));
    values.clear();
  }
  keys_.clear();
  return chunk;
}

}  // namespace daftar::columns
