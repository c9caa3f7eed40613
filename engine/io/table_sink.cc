#include "io/table_sink.h"

#include <optional>
#include <utility>

#include "base/status.h"
#include "journal/hash.h"
#include "record/cell_encoder.h"
#include "record/json_codec.h"

namespace daftar::io {

// Whatever can be said of a record by itself is worked out here, ahead of the load.
class TableSink::Rows final : public SinkRows {
 public:
  Rows(capnp::StructSchema schema, std::span<const std::string> paths, txn::BulkLoad* load)
      : schema_(schema), load_(load) {
    if (!paths.empty()) encoder_ = record::CellEncoder::Create(schema, paths);
  }

  void Clear() override {
    messages_.clear();
    about_.clear();
    row_ends_.clear();
  }

  absl::Status Append(std::span<const record::JsonValue> records) override {
    const size_t before = messages_.size();
    for (const record::JsonValue& json : records) {
      absl::StatusOr<record::Message> message = record::MessageFromJson(schema_, json);
      if (!message.ok()) {
        messages_.erase(messages_.begin() + static_cast<std::ptrdiff_t>(before), messages_.end());
        return message.status();
      }
      messages_.push_back(*std::move(message));
    }
    EndRow();
    return absl::OkStatus();
  }

  bool AppendCells(std::span<const std::string_view> cells) override {
    bytes_.clear();
    if (!encoder_.has_value() || !encoder_->Append(cells, &bytes_)) return false;
    absl::StatusOr<record::Message> message = record::Message::FromStored(schema_, bytes_);
    if (!message.ok()) return false;
    messages_.push_back(*std::move(message));
    EndRow();
    return true;
  }

  void TakeRow(size_t row, std::vector<txn::BulkRecord>* records) const {
    records->clear();
    for (size_t i = row == 0 ? 0 : row_ends_[row - 1]; i < row_ends_[row]; ++i) {
      records->push_back({&messages_[i], about_[i].hash, about_[i].ahead});
    }
  }

 private:
  struct About {
    journal::Hash hash;
    absl::Status ahead;
  };

  void EndRow() {
    for (size_t i = about_.size(); i < messages_.size(); ++i) {
      about_.push_back({journal::HashOf(messages_[i].bytes()), load_->CheckAhead(messages_[i])});
    }
    row_ends_.push_back(messages_.size());
  }

  const capnp::StructSchema schema_;
  txn::BulkLoad* const load_;
  std::optional<record::CellEncoder> encoder_;  // nothing: there are no cells, or not plain ones
  std::string bytes_;
  std::vector<record::Message> messages_;
  std::vector<About> about_;      // parallel to messages_
  std::vector<size_t> row_ends_;  // in messages_
};

std::unique_ptr<SinkRows> TableSink::NewRows(std::span<const std::string> paths) {
  return std::make_unique<Rows>(table_->schema, paths, &load_);
}

absl::Status TableSink::Add(const SinkRows& rows, size_t row, uint64_t line) {
  static_cast<const Rows&>(rows).TakeRow(row, &records_);
  return load_.Add(records_, line);
}

}  // namespace daftar::io
