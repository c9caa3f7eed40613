#include "io/table_sink.h"

#include "base/status.h"
#include "record/json_codec.h"

namespace daftar::io {

absl::Status TableSink::Add(std::span<const record::JsonValue> records, uint64_t line) {
  std::vector<record::Message> messages;
  messages.reserve(records.size());
  for (const record::JsonValue& json : records) {
    DAFTAR_ASSIGN_OR_RETURN(record::Message message, record::MessageFromJson(table_->schema, json));
    messages.push_back(std::move(message));
  }
  return load_.Add(messages, line);
}

}  // namespace daftar::io
