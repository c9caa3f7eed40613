#include "txn/core.h"

#include "base/status.h"
#include "catalog/catalog_codec.h"

namespace daftar::txn {
namespace {

storage::Durability ToStorage(Durability durability) {
  return durability == Durability::kSynced ? storage::Durability::kSynced
                                           : storage::Durability::kBuffered;
}

}  // namespace

Core::Core(std::unique_ptr<storage::Store> store, Header header,
           std::shared_ptr<const catalog::Catalog> catalog)
    : store_(std::move(store)), header_(header), catalog_(std::move(catalog)) {}

absl::StatusOr<std::unique_ptr<Core>> Core::Open(std::unique_ptr<storage::Store> store) {
  DAFTAR_ASSIGN_OR_RETURN(const std::optional<std::string> value, store->Get(HeaderKey(), {}));
  if (!value.has_value()) {
    auto entries = store->NewIterator({}, {});
    DAFTAR_ASSIGN_OR_RETURN(const bool holds_something, entries->Next());
    if (holds_something) return DataLoss("database has lost its header");
    return NotFound("directory holds no database; make one with `daftar init`");
  }
  DAFTAR_ASSIGN_OR_RETURN(const Header header, DecodeHeader(*value));
  const std::string key = catalog::CatalogKey(header.schema);
  DAFTAR_ASSIGN_OR_RETURN(const std::optional<std::string> stored, store->Get(key, {}));
  if (!stored.has_value()) {
    return DataLoss("database has lost its schema").With("version", header.schema.value());
  }
  DAFTAR_ASSIGN_OR_RETURN(catalog::Catalog catalog, catalog::DecodeCatalog(key, *stored));
  return std::unique_ptr<Core>(new Core(
      std::move(store), header, std::make_shared<const catalog::Catalog>(std::move(catalog))));
}

absl::StatusOr<std::unique_ptr<Core>> Core::Create(std::unique_ptr<storage::Store> store,
                                                   catalog::Catalog catalog) {
  auto entries = store->NewIterator({}, {});
  DAFTAR_ASSIGN_OR_RETURN(const bool holds_something, entries->Next());
  if (holds_something) return AlreadyExists("directory already holds a database");
  Header header;
  header.schema = catalog.version;
  DAFTAR_ASSIGN_OR_RETURN(const std::string stored,
                          catalog::EncodeCatalog(catalog, header.last_commit));
  storage::Batch batch;
  batch.Put(HeaderKey(), EncodeHeader(header));
  batch.Put(catalog::CatalogKey(catalog.version), stored);
  DAFTAR_RETURN_IF_ERROR(store->Write(batch, storage::Durability::kSynced));
  // The catalog is read back, so that a new database and a reopened one run on the same bytes.
  return Open(std::move(store));
}

std::shared_ptr<const catalog::Catalog> Core::catalog() const { return catalog_; }

absl::StatusOr<ReadView> Core::View() const {
  ReadView view;
  view.store = store_.get();
  view.snapshot = store_->NewSnapshot();
  view.catalog = catalog_;
  DAFTAR_ASSIGN_OR_RETURN(const std::optional<std::string> value,
                          store_->Get(HeaderKey(), view.read_options()));
  if (!value.has_value()) return DataLoss("database has lost its header");
  DAFTAR_ASSIGN_OR_RETURN(const Header header, DecodeHeader(*value));
  view.version = header.last_commit;
  return view;
}

absl::StatusOr<CommitVersion> Core::Commit(const catalog::Catalog& catalog,
                                           const std::vector<RecordWrite>& writes,
                                           Durability durability) {
  const absl::MutexLock lock(&write_mutex_);
  if (catalog.version != header_.schema) {
    return Aborted("the schema has changed since the batch was begun; begin again");
  }
  Header next = header_;
  next.last_commit = CommitVersion(header_.last_commit.value() + 1);
  WriteSet changes(store_.get(), next.schema, next.last_commit);
  for (const RecordWrite& write : writes) DAFTAR_RETURN_IF_ERROR(changes.Apply(write));
  DAFTAR_RETURN_IF_ERROR(changes.CheckUnique());
  storage::Batch batch;
  changes.AppendTo(&batch);
  if (batch.empty()) return header_.last_commit;
  batch.Put(HeaderKey(), EncodeHeader(next));
  DAFTAR_RETURN_IF_ERROR(store_->Write(batch, ToStorage(durability)));
  header_ = next;
  return next.last_commit;
}

}  // namespace daftar::txn
