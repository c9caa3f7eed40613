// A database of one table with indexes of several kinds, and a check of everything it holds.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/backend.h"
#include "storage/store.h"
#include "txn/core.h"

namespace daftar::testing {

// Codes of firms to their records as JSON.
using Firms = std::map<std::string, std::string>;

// firm(code, seal, tags, size, note): `seal` is unique and covers `size`; `tags` is unique over a
// list; firms with a size are ordered by it.
catalog::Catalog FirmCatalog();

// The id of every test database, and a clock that stands still: the same commits give the same
// bytes.
inline constexpr txn::DatabaseId kTestId = {1, 2, 3};
inline constexpr int64_t kTestTime = 1'700'000'000'000'000;
txn::CoreOptions TestOptions();

// A new database. Throws on an error.
std::unique_ptr<txn::Core> NewFirmDatabase(std::unique_ptr<storage::Store> store);
std::unique_ptr<txn::Core> NewFirmDatabase();  // in memory

const catalog::TableDef& FirmTable(const txn::Core& core);
record::Message Firm(const txn::Core& core, std::string_view json);

txn::RecordWrite Put(const txn::Core& core, std::string_view json,
                     WriteIntent intent = WriteIntent::kUpsert);
txn::RecordWrite Delete(const txn::Core& core, std::string_view code);

// A vector of writes, which cannot be copied as an initializer list needs.
template <typename... Write>
std::vector<txn::RecordWrite> Writes(Write&&... write) {
  std::vector<txn::RecordWrite> writes;
  (writes.push_back(std::forward<Write>(write)), ...);
  return writes;
}

// Commits against the catalog in force, without a sync.
absl::StatusOr<CommitVersion> Commit(txn::Core* core, const std::vector<txn::RecordWrite>& writes);
template <typename... Write>
absl::StatusOr<CommitVersion> Commit(txn::Core* core, txn::RecordWrite first, Write&&... rest) {
  return Commit(core, Writes(std::move(first), std::forward<Write>(rest)...));
}

// All firms, after checking that the store holds nothing but a header, a catalog, records that
// verify under their keys, exactly the index entries these records have, no version after the
// header's, old values whose times do not overlap, and a journal that is whole; and that unique
// values are unique.
Firms CheckedFirms(const storage::Store& store);

// The newest commit according to the store.
CommitVersion LastCommit(const storage::Store& store);

}  // namespace daftar::testing
