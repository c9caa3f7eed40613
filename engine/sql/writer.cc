#include "sql/writer.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "codec/keyspace.h"
#include "index/entries.h"
#include "sql/row_input.h"
#include "txn/unique_group.h"
#include "txn/write_set.h"

namespace daftar::sql {
namespace {

constexpr std::string_view kReplaceRemedy =
    "INSERT OR REPLACE replaces it, INSERT OR IGNORE leaves it";

class Writer {
 public:
  Writer(txn::Transaction* transaction, const catalog::TableDef& table, const RowChange& change)
      : transaction_(transaction),
        table_(table),
        replace_(change.replace),
        is_all_or_none_(change.is_all_or_none) {}

  absl::Status Insert(record::Message record, const codec::EncodedKey& key) {
    DAFTAR_RETURN_IF_ERROR(MakeRoom(record, key));
    return Put(std::move(record), key);
  }

  absl::Status Update(const codec::EncodedKey& before_key, const record::Message& before,
                      record::Message record, const codec::EncodedKey& key) {
    if (key == before_key) {
      DAFTAR_RETURN_IF_ERROR(MakeRoomInIndexes(&before, record, key));
      if (is_all_or_none_) return transaction_->WriteLater(Upsert(std::move(record), key));
    } else {
      DAFTAR_RETURN_IF_ERROR(Delete(before_key));
      DAFTAR_RETURN_IF_ERROR(MakeRoom(record, key));
    }
    return Put(std::move(record), key);
  }

  absl::Status Delete(const codec::EncodedKey& key) {
    return transaction_->Write({&table_, key, std::nullopt, WriteIntent::kUpdate});
  }

 private:
  txn::RecordWrite Upsert(record::Message record, const codec::EncodedKey& key) const {
    return {&table_, key, std::move(record), WriteIntent::kUpsert};
  }
  absl::Status Put(record::Message record, const codec::EncodedKey& key) {
    return transaction_->Write(Upsert(std::move(record), key));
  }

  // Refuses what stands in the way of the record, or deletes it.
  absl::Status MakeRoom(const record::Message& record, const codec::EncodedKey& key) {
    DAFTAR_ASSIGN_OR_RETURN(const txn::ReadView view, transaction_->View());
    DAFTAR_ASSIGN_OR_RETURN(const auto taken, view.reader->Get(key.view()));
    if (taken.has_value() && !replace_) {
      return AlreadyExists("a record with this key exists")
          .With("table", table_.name)
          .With("key", txn::DescribeKey(table_, PrimaryKey(key)))
          .With("remedy", kReplaceRemedy);
    }
    return MakeRoomInIndexes(nullptr, record, key);
  }

  // `before`: the record in whose place it comes, whose entries are its own; null: none.
  absl::Status MakeRoomInIndexes(const record::Message* before, const record::Message& record,
                                 const codec::EncodedKey& key) {
    for (const catalog::IndexDef& index : table_.indexes) {
      if (!index.unique) continue;
      DAFTAR_ASSIGN_OR_RETURN(const index::EntryChanges changes,
                              index::ChangesOf(index, PrimaryKey(key), before, &record));
      for (const index::Entry& entry : changes.added) {
        if (!entry.has_null) DAFTAR_RETURN_IF_ERROR(MakeRoomFor(index, entry));
      }
    }
    return absl::OkStatus();
  }

  absl::Status MakeRoomFor(const catalog::IndexDef& index, const index::Entry& entry) {
    const std::string prefix(entry.key.view().substr(0, entry.tuple_bytes));
    DAFTAR_ASSIGN_OR_RETURN(const std::vector<std::string> others, Others(prefix, entry));
    for (const std::string& other : others) {
      if (!replace_) {
        return WithContext(
            txn::UniqueClash(table_, index, entry.key.view(), other, entry.tuple_bytes), "remedy",
            kReplaceRemedy);
      }
      DAFTAR_RETURN_IF_ERROR(Delete(codec::EncodedKey(
          codec::RecordPrefix(table_.id).append(other.substr(entry.tuple_bytes)))));
    }
    return absl::OkStatus();
  }

  // The entries of other records that begin with `prefix`.
  absl::StatusOr<std::vector<std::string>> Others(const std::string& prefix,
                                                  const index::Entry& entry) {
    DAFTAR_ASSIGN_OR_RETURN(const txn::ReadView view, transaction_->View());
    const auto entries = view.reader->NewIterator({prefix, codec::PrefixEnd(prefix)}, {});
    std::vector<std::string> others;
    while (true) {
      DAFTAR_ASSIGN_OR_RETURN(const bool more, entries->Next());
      if (!more) return others;
      if (entries->key() != entry.key.view()) others.emplace_back(entries->key());
    }
  }

  std::string_view PrimaryKey(const codec::EncodedKey& key) const {
    return key.view().substr(codec::RecordPrefix(table_.id).size());
  }

  txn::Transaction* const transaction_;
  const catalog::TableDef& table_;
  const bool replace_;
  const bool is_all_or_none_;
};

// The number for a row that is inserted without one, in a table of its own numbers.
absl::StatusOr<std::optional<int64_t>> NextRowId(txn::Transaction& transaction,
                                                 const catalog::TableDef& table,
                                                 const std::vector<Column>& columns,
                                                 sqlite3_value** values) {
  if (!HasOwnRowId(table)) return std::optional<int64_t>();
  const size_t column = *FindColumn(columns, table.key.front().path);
  if (sqlite3_value_type(values[column]) != SQLITE_NULL) return std::optional<int64_t>();
  DAFTAR_ASSIGN_OR_RETURN(const txn::ReadView view, transaction.View());
  const bool ascending = table.key.front().part.direction == codec::Direction::kAscending;
  const std::string prefix = codec::RecordPrefix(table.id);
  const auto records =
      view.reader->NewIterator({prefix, codec::PrefixEnd(prefix)}, {.reverse = ascending});
  DAFTAR_ASSIGN_OR_RETURN(const bool found, records->Next());
  if (!found) return std::optional<int64_t>(1);
  std::string_view key = records->key().substr(prefix.size());
  DAFTAR_ASSIGN_OR_RETURN(const OwnedScalar last, codec::TakePart(table.key.front().part, &key));
  if (std::get<int64_t>(last) == INT64_MAX) {
    return ResourceExhausted("the table has no numbers left").With("table", table.name);
  }
  return std::optional<int64_t>(std::max<int64_t>(0, std::get<int64_t>(last)) + 1);
}

absl::Status WriteWhole(Session* session, const catalog::TableDef& table,
                        const std::vector<Column>& columns, const RowChange& change,
                        txn::Transaction* transaction, int64_t* row) {
  Writer writer(transaction, table, change);
  if (!change.row.has_value()) {
    DAFTAR_ASSIGN_OR_RETURN(const std::optional<int64_t> number,
                            NextRowId(*transaction, table, columns, change.values));
    DAFTAR_ASSIGN_OR_RETURN(record::Message record,
                            NewRecord(table, columns, change.values, number));
    DAFTAR_ASSIGN_OR_RETURN(const codec::EncodedKey key, index::RecordKey(table, record));
    DAFTAR_RETURN_IF_ERROR(writer.Insert(std::move(record), key));
    DAFTAR_ASSIGN_OR_RETURN(*row, session->RowId(table, key.view()));
    return absl::OkStatus();
  }
  DAFTAR_ASSIGN_OR_RETURN(const codec::EncodedKey before_key, session->KeyOf(table, *change.row));
  if (change.values == nullptr) return writer.Delete(before_key);
  DAFTAR_ASSIGN_OR_RETURN(
      const std::optional<record::Message> before,
      transaction->Read(table, before_key, session->KeysAfter(table, *change.row)));
  // Another row of the statement has replaced it.
  if (!before.has_value()) return absl::OkStatus();
  DAFTAR_ASSIGN_OR_RETURN(record::Message record,
                          ChangedRecord(table, columns, *before, change.values));
  DAFTAR_ASSIGN_OR_RETURN(const codec::EncodedKey key, index::RecordKey(table, record));
  return writer.Update(before_key, *before, std::move(record), key);
}

}  // namespace

absl::Status WriteRow(Session* session, const catalog::TableDef& table,
                      const std::vector<Column>& columns, const RowChange& change, int64_t* row) {
  DAFTAR_ASSIGN_OR_RETURN(txn::Transaction * transaction, session->Writing());
  const txn::Transaction::Savepoint before = transaction->savepoint();
  const absl::Status status = WriteWhole(session, table, columns, change, transaction, row);
  if (status.ok() || transaction->savepoint().writes == before.writes) return status;
  // Nothing of a row is kept when not all of it could be written.
  DAFTAR_RETURN_IF_ERROR(transaction->RollbackTo(before));
  return status;
}

}  // namespace daftar::sql
