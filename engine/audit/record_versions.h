// Everything that one record ever was.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "catalog/catalog.h"
#include "codec/key.h"
#include "journal/entry.h"
#include "record/message.h"
#include "txn/read_view.h"

namespace daftar::audit {

struct RecordVersion {
  // The commit that made it so. When the journal does not reach back that far, only its version.
  journal::EntryHead commit;
  bool has_entry = true;
  std::optional<record::Message> record;  // absent: the commit deleted it
};

// The versions of the record at `key`, the oldest first, up to the commit `until`; those that were
// removed as old are left out. None when there never was one. `view` shows the newest state.
// Errors: DataLoss, Unavailable.
absl::StatusOr<std::vector<RecordVersion>> VersionsOf(const txn::ReadView& view,
                                                      const catalog::TableDef& table,
                                                      const codec::EncodedKey& key,
                                                      CommitVersion until);

}  // namespace daftar::audit
