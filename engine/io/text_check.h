// Checks, while others read and write, that what is stored fits fields which are to hold JSON.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "catalog/catalog.h"
#include "daftar/schema_change.h"
#include "journal/hash.h"
#include "txn/core.h"
#include "txn/schema_work.h"

namespace daftar::io {

// Whether `after`, which is `before` under another schema, has $json on texts that were without.
bool HasNewJson(const catalog::TableDef& before, const catalog::TableDef& after);

// Looks at every version of a table's records, old ones included, as it will be read. Nothing is
// changed: texts that are JSON are the same bytes either way.
//
// First it walks over the records by ranges; how far it has come is stored after each, with the
// commit as of which that is so. Then it takes what has been committed since out of the journal,
// until only little is left; that is looked at in the moment in which the schema is put in force.
// So each version is seen that anybody can read, and writers wait for nothing but these last
// commits. Memory: the versions of one record at a time. Thread safety: none.
class TextCheck {
 public:
  // `table` is of the schema that is to come, whose types hash to `target`: a check for another
  // schema is not gone on with. Lifetime: both outlive the check. Errors: DataLoss, Unavailable.
  static absl::StatusOr<TextCheck> Begin(txn::Core* core, const catalog::TableDef* table,
                                         const journal::Hash& target);

  // Does a range, or takes what was committed; false when little is left. Errors:
  // FailedPrecondition naming record, field and value when a text is not JSON: what was checked
  // before it stays checked. DataLoss, Unavailable; those of Store::Write.
  absl::StatusOr<bool> Step();
  // Looks at what is left in `view`, the newest state, while a WriteLock is held. Errors: as Step.
  absl::Status Finish(const txn::ReadView& view);
  IndexProgress Progress() const;
  uint64_t records() const { return done_.records; }

 private:
  TextCheck(txn::Core* core, const catalog::TableDef* table) : core_(core), table_(table) {}

  absl::Status WalkRange(const txn::ReadView& view);
  // What commits after done_.as_of have written.
  absl::Status CheckCommits(const txn::ReadView& view);
  absl::Status CheckCommit(const txn::ReadView& view, const journal::EntryHead& commit);
  absl::Status CheckVersion(std::string_view key, std::string_view value, bool is_old) const;
  absl::Status Store() const;

  txn::Core* const core_;
  const catalog::TableDef* const table_;
  txn::CheckProgress done_;
  int catch_ups_ = 0;
};

// The hash of the types of a schema, for TextCheck.
journal::Hash HashOfTypes(const record::SchemaSet& schemas);

}  // namespace daftar::io
