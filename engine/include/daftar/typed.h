// Tables of generated Cap'n Proto classes: the fields of a record as getters, with no names as
// text. The only public header that includes Cap'n Proto.
//
//   auto firms = daftar::Table<registry::Firm>::Open(*database);
//   auto firm = firms->Get({"IR-1001"});
//   firm->reader().getStatus();
#pragma once

#include <capnp/any.h>
#include <capnp/schema.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "daftar/database.h"

namespace daftar {

namespace internal {

// The untyped half of Table<T>.
struct TypedAccess {
  // The name of the table whose struct is `schema`. Errors: NotFound when the database has none;
  // FailedPrecondition when the class was generated from a schema that does not fit the stored one.
  static absl::StatusOr<std::string> TableOf(const Database& database, capnp::Schema schema);
  static absl::Status Put(Batch* batch, std::string_view table, capnp::AnyStruct::Reader record,
                          WriteIntent intent);
  static absl::Status Put(Transaction* transaction, std::string_view table,
                          capnp::AnyStruct::Reader record, WriteIntent intent);
  static capnp::AnyStruct::Reader Read(const Record& record);
};

}  // namespace internal

// One record with the getters of a generated class. Owns its bytes. Cheap to copy.
template <typename T>
class TypedRecord {
 public:
  explicit TypedRecord(Record record) : record_(std::move(record)) {}

  // Lifetime: as long as the record. The bytes passed their checksum and were walked in whole
  // before they were stored, so getters do not throw; reading more than 1,000 times the record's
  // size through readers of one TypedRecord meets Cap'n Proto's traversal limit, which throws.
  typename T::Reader reader() const { return internal::TypedAccess::Read(record_).as<T>(); }
  const Record& record() const { return record_; }

 private:
  Record record_;
};

// A table whose records are of the generated class T. Lifetime: must end before its database.
// Thread safety: as Database.
template <typename T>
class Table {
 public:
  // Errors: NotFound when the database has no table of this struct; FailedPrecondition when the
  // class does not fit the stored schema.
  static absl::StatusOr<Table> Open(Database& database) {
    auto name = internal::TypedAccess::TableOf(database, capnp::Schema::from<T>());
    if (!name.ok()) return name.status();
    return Table(&database, *std::move(name));
  }

  const std::string& name() const { return name_; }

  // From the newest state, from a view, or as a transaction sees it. Errors: as Database::Get.
  absl::StatusOr<TypedRecord<T>> Get(const Key& key) const {
    return Typed(database_->Get(name_, key));
  }
  absl::StatusOr<TypedRecord<T>> Get(const ReadView& view, const Key& key) const {
    return Typed(database_->Get(view, name_, key));
  }
  absl::StatusOr<TypedRecord<T>> Get(Transaction& transaction, const Key& key) const {
    return Typed(transaction.Get(name_, key));
  }
  // Errors: as Database::Find.
  absl::StatusOr<std::optional<TypedRecord<T>>> Find(const Key& key) const {
    return Typed(database_->Find(name_, key));
  }
  absl::StatusOr<std::optional<TypedRecord<T>>> Find(const ReadView& view, const Key& key) const {
    return Typed(database_->Find(view, name_, key));
  }
  absl::StatusOr<std::optional<TypedRecord<T>>> Find(Transaction& transaction,
                                                     const Key& key) const {
    return Typed(transaction.Find(name_, key));
  }
  // Adds a record to a batch; it is copied. The reader may be over bytes from outside: all of it is
  // checked. Errors: InvalidArgument when it is no valid message or a key field is not set;
  // ResourceExhausted when it is too large.
  absl::Status Put(Batch* batch, typename T::Reader record,
                   WriteIntent intent = WriteIntent::kUpsert) const {
    return internal::TypedAccess::Put(batch, name_, capnp::AnyStruct::Reader(record), intent);
  }
  // The same for a transaction. Errors: also those of Transaction::Put.
  absl::Status Put(Transaction& transaction, typename T::Reader record,
                   WriteIntent intent = WriteIntent::kUpsert) const {
    return internal::TypedAccess::Put(&transaction, name_, capnp::AnyStruct::Reader(record),
                                      intent);
  }
  // A batch of one. Errors: those of Put and of Database::Commit.
  absl::Status Put(typename T::Reader record, WriteIntent intent = WriteIntent::kUpsert,
                   const CommitOptions& options = {}) const {
    Batch batch = database_->NewBatch();
    if (auto status = Put(&batch, record, intent); !status.ok()) return status;
    return database_->Commit(std::move(batch), options).status();
  }

 private:
  static absl::StatusOr<TypedRecord<T>> Typed(absl::StatusOr<Record> record) {
    if (!record.ok()) return record.status();
    return TypedRecord<T>(*std::move(record));
  }
  static absl::StatusOr<std::optional<TypedRecord<T>>> Typed(
      absl::StatusOr<std::optional<Record>> record) {
    if (!record.ok()) return record.status();
    if (!record->has_value()) return std::optional<TypedRecord<T>>();
    return std::optional<TypedRecord<T>>(TypedRecord<T>(**std::move(record)));
  }

  Table(Database* database, std::string name) : database_(database), name_(std::move(name)) {}
  Database* database_;
  std::string name_;
};

}  // namespace daftar
