#include "api/state.h"
#include "base/status.h"
#include "codec/keyspace.h"
#include "daftar/database.h"
#include "record/json_codec.h"
#include "record/json_parser.h"

namespace daftar {
namespace internal {

absl::StatusOr<codec::EncodedKey> EncodeKey(const catalog::TableDef& table, const Key& key) {
  if (key.size() != table.key.size()) {
    std::string fields;
    for (const catalog::Term& term : table.key) {
      absl::StrAppend(&fields, fields.empty() ? "" : ", ", term.path.text());
    }
    return InvalidArgument("key has a wrong number of values")
        .With("table", table.name)
        .With("key fields", fields)
        .With("values given", key.size());
  }
  codec::EncodedKey encoded(codec::RecordPrefix(table.id));
  for (size_t i = 0; i < key.size(); ++i) {
    const record::FieldPath& path = table.key[i].path;
    const auto value = path.type().FromValue(key[i]);
    if (!value.ok()) return WithContext(value.status(), "field", path.text());
    if (IsNull(*value)) {
      return InvalidArgument("a key value cannot be null").With("field", path.text());
    }
    codec::AppendPart(table.key[i].part, ToView(*value), &encoded.bytes());
  }
  return encoded;
}

absl::StatusOr<txn::RecordWrite> MakePut(const catalog::TableDef& table, record::Message message,
                                         WriteIntent intent) {
  DAFTAR_ASSIGN_OR_RETURN(codec::EncodedKey key, index::RecordKey(table, message));
  return txn::RecordWrite{&table, std::move(key), std::move(message), intent};
}

absl::StatusOr<txn::RecordWrite> MakePut(const catalog::Catalog& catalog, std::string_view table,
                                         std::string_view json, WriteIntent intent) {
  DAFTAR_ASSIGN_OR_RETURN(const catalog::TableDef* def, catalog.GetTable(table));
  DAFTAR_ASSIGN_OR_RETURN(const record::JsonValue value, record::ParseJson(json));
  auto message = record::MessageFromJson(def->schema, value);
  if (!message.ok()) return WithContext(message.status(), "table", table);
  return MakePut(*def, *std::move(message), intent);
}

absl::StatusOr<txn::RecordWrite> MakeDelete(const catalog::Catalog& catalog, std::string_view table,
                                            const Key& key) {
  DAFTAR_ASSIGN_OR_RETURN(const catalog::TableDef* def, catalog.GetTable(table));
  DAFTAR_ASSIGN_OR_RETURN(codec::EncodedKey encoded, EncodeKey(*def, key));
  return txn::RecordWrite{def, std::move(encoded), std::nullopt, WriteIntent::kUpdate};
}

}  // namespace internal

Batch::Batch(std::unique_ptr<internal::BatchState> state) : state_(std::move(state)) {}
Batch::Batch(Batch&&) noexcept = default;
Batch& Batch::operator=(Batch&&) noexcept = default;
Batch::~Batch() = default;

absl::Status Batch::Put(std::string_view table, std::string_view json, WriteIntent intent) {
  DAFTAR_ASSIGN_OR_RETURN(txn::RecordWrite write,
                          internal::MakePut(state_->catalog(), table, json, intent));
  state_->Add(std::move(write));
  return absl::OkStatus();
}

absl::Status Batch::Delete(std::string_view table, const Key& key) {
  DAFTAR_ASSIGN_OR_RETURN(txn::RecordWrite write,
                          internal::MakeDelete(state_->catalog(), table, key));
  state_->Add(std::move(write));
  return absl::OkStatus();
}

size_t Batch::size() const { return state_->writes().size(); }

}  // namespace daftar
