#include "txn/upgrade.h"

#include "base/status.h"
#include "catalog/catalog_codec.h"
#include "codec/key.h"
#include "codec/keyspace.h"
#include "journal/entry_writer.h"
#include "record/envelope.h"
#include "storage/external_sorter.h"
#include "txn/statement.h"

namespace daftar::txn {
namespace {

constexpr size_t kSortBytesMax = size_t{32} << 20;

// Adds every record of the store to the entry, as put.
absl::Status AddAllRecords(const storage::Store& store, journal::EntryWriter* entry) {
  const std::string prefix = codec::SpacePrefix(codec::Space::kRecord);
  const auto records = store.NewIterator({prefix, codec::PrefixEnd(prefix)}, {.fill_cache = false});
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, records->Next());
    if (!found) return absl::OkStatus();
    // Damage is found now rather than given a digest.
    DAFTAR_ASSIGN_OR_RETURN(const record::Envelope envelope,
                            record::DecodeEnvelope(records->key(), records->value()));
    DAFTAR_RETURN_IF_ERROR(
        entry->Add({false, std::string(records->key()), journal::HashOf(envelope.message)}));
  }
}

absl::Status WriteUpgrade(storage::Store* store, const UpgradeOptions& options, Header header) {
  header.format = kOldestFormat;
  header.id = options.id;
  header.last_commit = CommitVersion(header.last_commit.value() + 1);
  const std::string catalog_key = catalog::CatalogKey(header.schema);
  DAFTAR_ASSIGN_OR_RETURN(const std::optional<std::string> stored, store->Get(catalog_key, {}));
  if (!stored.has_value()) return DataLoss("database has lost its schema");
  DAFTAR_ASSIGN_OR_RETURN(const catalog::Catalog catalog,
                          catalog::DecodeCatalog(catalog_key, *stored));

  // Part 0 is made last and stored first.
  storage::ExternalSorter parts({options.spill_folder, kSortBytesMax, false});
  journal::EntryWriter entry(header.last_commit, [&](std::string_view key, std::string_view value) {
    return parts.Add(key, value);
  });
  DAFTAR_RETURN_IF_ERROR(AddAllRecords(*store, &entry));
  DAFTAR_RETURN_IF_ERROR(
      entry.Finish(StatementOf(options.commit), options.clock(), journal::Hash{}).status());

  DAFTAR_ASSIGN_OR_RETURN(const auto writer, store->NewBulkWriter());
  DAFTAR_RETURN_IF_ERROR(writer->Put(HeaderKey(), EncodeHeader(header)));
  DAFTAR_ASSIGN_OR_RETURN(const auto sorted, parts.Finish());
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, sorted->Next());
    if (!found) break;
    DAFTAR_RETURN_IF_ERROR(writer->Put(sorted->key(), sorted->value()));
  }
  HistoryStarts starts;
  for (const catalog::TableDef& table : catalog.tables) starts[table.id] = header.last_commit;
  for (const auto& [table, version] : starts) {
    DAFTAR_RETURN_IF_ERROR(writer->Put(HistoryStartKey(table), EncodeHistoryStart(version)));
  }
  // First an anchor that any state agrees with: a database of format 2 without one is damaged.
  DAFTAR_RETURN_IF_ERROR(
      store->WriteAnchor(EncodeAnchor({header.id, {}, 0, {}}), storage::Durability::kSynced));
  return writer->Finish();
}

}  // namespace

absl::StatusOr<uint32_t> UpgradeStore(storage::Store* store, const UpgradeOptions& options) {
  DAFTAR_RETURN_IF_ERROR(CheckStatement(options.commit, {}));
  DAFTAR_ASSIGN_OR_RETURN(const std::optional<std::string> value, store->Get(HeaderKey(), {}));
  if (!value.has_value()) return NotFound("directory holds no database");
  DAFTAR_ASSIGN_OR_RETURN(const Header header, DecodeHeader(*value));
  if (header.format < kOldestFormat) {
    DAFTAR_RETURN_IF_ERROR(WriteUpgrade(store, options, header));
  }
  return header.format;
}

}  // namespace daftar::txn
