#include "io/verify_migrations.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "codec/key.h"
#include "codec/keyspace.h"
#include "txn/migration.h"

namespace daftar::io {
namespace {

// The first record key that was not looked at is one of the table, or what follows them all.
bool IsOfTable(const txn::Migration& migration) {
  const std::string prefix = codec::RecordPrefix(migration.table);
  return migration.next_key.empty() || migration.next_key.starts_with(prefix) ||
         migration.next_key == codec::PrefixEnd(prefix);
}

// What it says of commits: it began, changed records, and was abandoned, in this order.
bool IsInOrder(const MigrationInfo& info) {
  if (info.last_commit > CommitVersion() && info.last_commit <= info.begun) return false;
  return !info.is_abandoned() || info.abandoned_by > std::max(info.begun, info.last_commit);
}

// What is wrong with it; empty: nothing.
std::string_view WrongWith(const txn::Migration& migration, const txn::ReadView& view) {
  const MigrationInfo& info = migration.info;
  if (!txn::IsMigrationName(info.definition.name)) return "no migration can have this name";
  // Tables stay in the schema for good: docs/evolution.md, rule 48.
  if (view.catalog->FindTable(migration.table) == nullptr) return "it is of no table";
  if (std::max({info.begun, info.last_commit, info.abandoned_by}) > view.version) {
    return "it speaks of a commit after the newest one";
  }
  if (!IsInOrder(info)) return "its commits are not in their order";
  if (info.changed > info.records) return "it has changed more records than it came to";
  if (!IsOfTable(migration)) return "the record that comes next is of another table";
  return "";
}

}  // namespace

absl::Status CheckMigrations(VerifyRun* run) {
  const auto entries = run->IteratePrefix(txn::MigrationPrefix());
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, entries->Next());
    if (!found) return absl::OkStatus();
    const auto migration = txn::DecodeMigration(entries->key(), entries->value());
    const std::string_view wrong = migration.ok() ? WrongWith(*migration, run->view())
                                                  : std::string_view(migration.status().message());
    if (wrong.empty()) continue;
    run->Report({.kind = ProblemKind::kDamagedMigration,
                 .table = migration.ok() ? migration->info.definition.table : "",
                 .key = absl::StrCat("0x", absl::BytesToHexString(entries->key())),
                 .message = std::string(wrong)});
  }
}

}  // namespace daftar::io
