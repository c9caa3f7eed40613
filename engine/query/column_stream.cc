#include "query/column_stream.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"

namespace daftar::query {
namespace {

using columns::Projection;

class ColumnStream final : public SeekingStream {
 public:
  ColumnStream(const Projection& projection, std::vector<ScanPart> parts, bool reverse,
               uint64_t* entries_read)
      : projection_(projection),
        parts_(std::move(parts)),
        reverse_(reverse),
        entries_read_(*entries_read) {}

  absl::StatusOr<StreamStep> Next() override {
    while (ahead_ == end_) {
      if (next_part_ == parts_.size()) return StreamStep::kEnd;
      Begin(parts_[next_part_++].range);
    }
    if (reverse_) Back();
    row_ = {projection_.chunks()[ahead_.chunk].get(), ahead_.row};
    if (!reverse_) Forth();
    is_made_ = false;
    ++entries_read_;
    return StreamStep::kEntry;
  }
  uint64_t PassOver(uint64_t entries) override {
    uint64_t passed = 0;
    while (passed < entries) {
      if (ahead_ == end_) {
        if (next_part_ == parts_.size()) break;
        Begin(parts_[next_part_++].range);
        continue;
      }
      passed += reverse_ ? PassBack(entries - passed) : PassForth(entries - passed);
    }
    return passed;
  }
  void Seek(std::string_view key) override {
    if (next_part_ == 0 && !parts_.empty()) Begin(parts_[next_part_++].range);
    if (reverse_) {
      const Projection::Place at = projection_.LowerBound(std::string(key) + '\0');
      ahead_ = std::clamp(at, end_, ahead_);
    } else {
      ahead_ = std::clamp(projection_.LowerBound(key), ahead_, end_);
    }
  }
  std::string_view key() const override {
    if (!is_made_) {
      key_.assign(projection_.prefix());
      row_.chunk->AppendKey(row_.row, &key_);
      is_made_ = true;
    }
    return key_;
  }
  std::string_view value() const override { return {}; }
  bool keeps_key() const override { return true; }
  const ColumnRow* column_row() const override { return &row_; }

 private:
  // Stands at the end of a range where its entries begin.
  void Begin(const storage::KeyRange& range) {
    ahead_ = projection_.LowerBound(range.lower);
    end_ = range.upper.empty() ? projection_.end() : projection_.LowerBound(range.upper);
    if (end_ < ahead_) end_ = ahead_;
    if (reverse_) std::swap(ahead_, end_);
  }
  // Pass over what is left of a chunk within the range, up to so many entries.
  uint64_t PassForth(uint64_t entries) {
    const size_t rows = projection_.chunks()[ahead_.chunk]->rows();
    const size_t until = ahead_.chunk == end_.chunk ? end_.row : rows;
    const uint64_t passed = std::min<uint64_t>(entries, until - ahead_.row);
    ahead_.row += passed;
    if (ahead_.row == rows) ahead_ = {ahead_.chunk + 1, 0};
    return passed;
  }
  uint64_t PassBack(uint64_t entries) {
    if (ahead_.row == 0) {
      ahead_ = {ahead_.chunk - 1, projection_.chunks()[ahead_.chunk - 1]->rows()};
    }
    const size_t until = ahead_.chunk == end_.chunk ? end_.row : 0;
    const uint64_t passed = std::min<uint64_t>(entries, ahead_.row - until);
    ahead_.row -= passed;
    return passed;
  }
  void Forth() {
    if (++ahead_.row == row_.chunk->rows()) ahead_ = {ahead_.chunk + 1, 0};
  }
  void Back() {
    if (ahead_.row == 0)
      ahead_ = {ahead_.chunk - 1, projection_.chunks()[ahead_.chunk - 1]->rows()};
    --ahead_.row;
  }

  const Projection& projection_;
  const std::vector<ScanPart> parts_;
  const bool reverse_;
  uint64_t& entries_read_;
  size_t next_part_ = 0;
  Projection::Place ahead_;  // of what is left of the range
  Projection::Place end_;
  ColumnRow row_;
  mutable std::string key_;  // of the row, once it is asked for
  mutable bool is_made_ = false;
};

}  // namespace

std::unique_ptr<SeekingStream> NewColumnStream(const Projection& projection,
                                               std::vector<ScanPart> parts, bool reverse,
                                               uint64_t* entries_read) {
  return std::make_unique<ColumnStream>(projection, std::move(parts), reverse, entries_read);
}

}  // namespace daftar::query
