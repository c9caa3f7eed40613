#include "txn/renew_search.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "names/name_keys.h"
#include "txn/schema_work.h"

namespace daftar::txn {

absl::Status RenewSearch(Core* core) {
  const auto current = core->catalog();
  catalog::Catalog next = *current;
  next.version = SchemaVersion(current->version.value() + 1);
  storage::Batch batch;
  std::string renewed;
  for (catalog::TableDef& table : next.tables) {
    for (catalog::IndexDef& index : table.indexes) {
      if (!index.outdated()) continue;
      batch.Put(TombstoneKey(index.id), "");
      // What was built of others is built once more with this one.
      batch.Delete(BuildProgressKey(table.id));
      index.id = next.next_index;
      next.next_index = IndexId(next.next_index.value() + 1);
      index.search->keys_version = names::kNameKeysVersion;
      index.state = catalog::IndexState::kBuilding;
      absl::StrAppend(&renewed, renewed.empty() ? "" : ", ", table.name, ".", index.name);
    }
  }
  if (renewed.empty()) return absl::OkStatus();
  CommitOptions stated;
  stated.reason = absl::StrCat("schema ", next.version.value(), ": names have other keys; ",
                               renewed, " to be built anew");
  return core->CommitSchema(next, stated, std::move(batch)).status();
}

}  // namespace daftar::txn
