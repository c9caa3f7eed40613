#include "daftar/typed.h"

#include "api/state.h"
#include "base/status.h"
#include "record/kj_fence.h"

namespace daftar::internal {

absl::StatusOr<std::string> TypedAccess::TableOf(const Database& database, capnp::Schema schema) {
  const auto catalog = database.state_->core->catalog();
  const catalog::TableDef* table = catalog->FindType(schema.getProto().getId());
  if (table == nullptr) {
    return NotFound("the database has no table of this class")
        .With("class", record::TypeName(schema));
  }
  DAFTAR_ASSIGN_OR_RETURN(const auto compiled, record::SchemaSet::FromCompiled(schema));
  const absl::Status compatible =
      record::SchemaSet::CheckWireCompatible(*catalog->schemas, *compiled);
  if (!compatible.ok()) {
    return FailedPrecondition("the class was generated from another schema than the database has")
        .With("class", record::TypeName(schema))
        .With("cause", compatible.message());
  }
  return table->name;
}

namespace {

absl::StatusOr<txn::RecordWrite> MakeTypedPut(const catalog::Catalog& catalog,
                                              std::string_view table,
                                              capnp::AnyStruct::Reader record, WriteIntent intent) {
  DAFTAR_ASSIGN_OR_RETURN(const catalog::TableDef* def, catalog.GetTable(table));
  DAFTAR_ASSIGN_OR_RETURN(record::Message message,
                          record::Message::FromReader(def->schema, record));
  return MakePut(*def, std::move(message), intent);
}

}  // namespace

absl::Status TypedAccess::Put(Batch* batch, std::string_view table, capnp::AnyStruct::Reader record,
                              WriteIntent intent) {
  DAFTAR_ASSIGN_OR_RETURN(txn::RecordWrite write,
                          MakeTypedPut(batch->state_->catalog(), table, record, intent));
  batch->state_->Add(std::move(write));
  return absl::OkStatus();
}

absl::Status TypedAccess::Put(Transaction* transaction, std::string_view table,
                              capnp::AnyStruct::Reader record, WriteIntent intent) {
  txn::Transaction& inner = transaction->state_->transaction;
  DAFTAR_ASSIGN_OR_RETURN(txn::RecordWrite write,
                          MakeTypedPut(*inner.catalog(), table, record, intent));
  return inner.Write(std::move(write));
}

capnp::AnyStruct::Reader TypedAccess::Read(const Record& record) {
  return RecordAccess::State(record).message.any();
}

}  // namespace daftar::internal
