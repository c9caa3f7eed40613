#include "audit/difference.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "codec/keyspace.h"
#include "txn/journal_reader.h"
#include "txn/write_set.h"

namespace daftar::audit {
namespace {

constexpr size_t kSortBytesMax = size_t{32} << 20;

// Adds the keys of one commit's records that are of the table, or all.
absl::Status AddKeys(const txn::ReadView& newest, const journal::EntryHead& commit,
                     const std::string& prefix, storage::ExternalSorter* sorter) {
  txn::EntryChanges changes(newest.reader, commit);
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, changes.Next());
    if (!found) return absl::OkStatus();
    const std::string& key = changes.change().key;
    if (key.starts_with(prefix)) DAFTAR_RETURN_IF_ERROR(sorter->Add(key, ""));
  }
}

absl::Status CheckTables(const txn::ReadView& view, const DifferenceOptions& options) {
  for (const catalog::TableDef& table : view.catalog->tables) {
    if (options.table != nullptr && table.id != options.table->id) continue;
    DAFTAR_RETURN_IF_ERROR(txn::CheckReadable(view, table));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<record::Message>> RecordAt(const txn::ReadView& view,
                                                        const catalog::TableDef& table,
                                                        std::string_view key) {
  return txn::ReadRecord(*view.reader, table, codec::EncodedKey(std::string(key)));
}

bool Same(const std::optional<record::Message>& a, const std::optional<record::Message>& b) {
  if (a.has_value() != b.has_value()) return false;
  return !a.has_value() || a->bytes() == b->bytes();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Difference>> Difference::Make(const txn::ReadView& newest,
                                                             const txn::ReadView& from,
                                                             const txn::ReadView& to,
                                                             const DifferenceOptions& options) {
  DAFTAR_RETURN_IF_ERROR(CheckTables(from, options));
  DAFTAR_RETURN_IF_ERROR(CheckTables(to, options));
  std::unique_ptr<Difference> made(new Difference(from, to));
  const std::string prefix = options.table == nullptr ? codec::SpacePrefix(codec::Space::kRecord)
                                                      : codec::RecordPrefix(options.table->id);
  storage::ExternalSorter sorter({options.spill_folder, kSortBytesMax, false});
  const CommitVersion last = std::max(from.version, to.version);
  CommitVersion after = std::min(from.version, to.version);
  while (true) {
    const CommitVersion next(after.value() + 1);
    DAFTAR_ASSIGN_OR_RETURN(const std::optional<journal::EntryHead> commit,
                            txn::FirstEntryFrom(*newest.reader, next, last));
    if (!commit.has_value()) break;
    DAFTAR_RETURN_IF_ERROR(AddKeys(newest, *commit, prefix, &sorter));
    after = commit->version;
  }
  DAFTAR_ASSIGN_OR_RETURN(made->keys_, sorter.Finish());
  return made;
}

absl::StatusOr<bool> Difference::Next() {
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, keys_->Next());
    if (!found) return false;
    if (keys_->key() == last_key_) continue;
    last_key_ = std::string(keys_->key());
    difference_ = RecordDifference();
    DAFTAR_ASSIGN_OR_RETURN(difference_.key, DecodeRecordKey(*to_.catalog, last_key_));
    if (difference_.key.table == nullptr) continue;  // The schema has dropped the table.
    const catalog::TableDef& table = *difference_.key.table;
    DAFTAR_ASSIGN_OR_RETURN(difference_.before, RecordAt(from_, table, last_key_));
    DAFTAR_ASSIGN_OR_RETURN(difference_.after, RecordAt(to_, table, last_key_));
    if (!Same(difference_.before, difference_.after)) return true;
  }
}

}  // namespace daftar::audit
