#include "index/stored_record.h"

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "record/envelope.h"

namespace daftar::index {

absl::StatusOr<std::optional<record::Message>> ReadRecord(const storage::Reader& reader,
                                                          const catalog::TableDef& table,
                                                          const codec::EncodedKey& key) {
  DAFTAR_ASSIGN_OR_RETURN(const std::optional<std::string> value, reader.Get(key.view()));
  if (!value.has_value()) return std::optional<record::Message>();
  DAFTAR_ASSIGN_OR_RETURN(record::Message record, DecodeRecord(table, key.view(), *value));
  return std::optional<record::Message>(std::move(record));
}

absl::StatusOr<record::Message> DecodeRecord(const catalog::TableDef& table, std::string_view key,
                                             std::string_view value) {
  auto envelope = record::DecodeEnvelope(key, value);
  if (!envelope.ok()) return WithContext(envelope.status(), "table", table.name);
  return record::Message::FromStored(table.schema, envelope->message);
}

std::string DescribeKey(const catalog::TableDef& table, std::string_view primary_key) {
  std::string text;
  for (const catalog::Term& term : table.key) {
    auto value = codec::TakePart(term.part, &primary_key);
    if (!value.ok()) return text;
    absl::StrAppend(&text, text.empty() ? "" : ", ",
                    term.path.type().ToValue(ToView(*value)).ToString());
  }
  return text;
}

}  // namespace daftar::index
