#include "txn/migration.h"

#include <utility>

#include "base/status.h"
#include "codec/key.h"
#include "codec/keyspace.h"
#include "journal/entry_frame.h"

namespace daftar::txn {
namespace {

// The kind of the helper key; the byte after the space.
constexpr char kMigrationKind = '\x09';

void AppendText(std::string_view text, std::string* out) {
  codec::AppendOrderedVarint(text.size(), out);
  out->append(text);
}

absl::StatusOr<std::string> TakeText(std::string_view* input) {
  DAFTAR_ASSIGN_OR_RETURN(const uint64_t bytes, codec::TakeOrderedVarint(input));
  if (bytes > input->size()) return DataLoss("a text is cut short").With("bytes", bytes);
  std::string text(input->substr(0, bytes));
  input->remove_prefix(bytes);
  return text;
}

absl::Status TakeDefinition(std::string_view* body, MigrationDefinition* definition) {
  DAFTAR_ASSIGN_OR_RETURN(definition->table, TakeText(body));
  DAFTAR_ASSIGN_OR_RETURN(definition->where, TakeText(body));
  DAFTAR_ASSIGN_OR_RETURN(const uint64_t sets, codec::TakeOrderedVarint(body));
  for (uint64_t i = 0; i < sets; ++i) {
    MigrationDefinition::Set set;
    DAFTAR_ASSIGN_OR_RETURN(set.field, TakeText(body));
    DAFTAR_ASSIGN_OR_RETURN(set.expression, TakeText(body));
    definition->sets.push_back(std::move(set));
  }
  return absl::OkStatus();
}

absl::Status TakeMigration(std::string_view body, Migration* migration) {
  MigrationInfo& info = migration->info;
  DAFTAR_ASSIGN_OR_RETURN(const uint64_t state, codec::TakeOrderedVarint(&body));
  if (state > 1) return DataLoss("a migration has an unknown state").With("state", state);
  info.finished = state == 1;
  DAFTAR_ASSIGN_OR_RETURN(const uint64_t begun, codec::TakeOrderedVarint(&body));
  info.begun = CommitVersion(begun);
  DAFTAR_ASSIGN_OR_RETURN(const uint64_t last_commit, codec::TakeOrderedVarint(&body));
  info.last_commit = CommitVersion(last_commit);
  DAFTAR_ASSIGN_OR_RETURN(info.records, codec::TakeOrderedVarint(&body));
  DAFTAR_ASSIGN_OR_RETURN(info.changed, codec::TakeOrderedVarint(&body));
  DAFTAR_ASSIGN_OR_RETURN(const uint64_t table, codec::TakeOrderedVarint(&body));
  if (table > UINT32_MAX) return DataLoss("a migration has no table").With("table", table);
  migration->table = TableId(static_cast<uint32_t>(table));
  DAFTAR_RETURN_IF_ERROR(TakeDefinition(&body, &info.definition));
  migration->next_key = body;
  return absl::OkStatus();
}

absl::StatusOr<Migration> DecodeMigration(std::string_view key, std::string_view value) {
  DAFTAR_ASSIGN_OR_RETURN(const std::string_view body, journal::OpenFrame(key, value));
  Migration migration;
  migration.info.definition.name = key.substr(MigrationPrefix().size());
  const absl::Status status = TakeMigration(body, &migration);
  if (!status.ok()) {
    return DataLoss("a migration is damaged").WithBytes("key", key).With("cause", status.message());
  }
  return migration;
}

}  // namespace

std::string MigrationPrefix() { return codec::SpacePrefix(codec::Space::kHelper) + kMigrationKind; }

std::string MigrationKey(std::string_view name) { return MigrationPrefix().append(name); }

std::string EncodeMigration(std::string_view key, const Migration& migration) {
  const MigrationInfo& info = migration.info;
  std::string value(journal::kFrameBytes, '\0');
  codec::AppendOrderedVarint(info.finished ? 1 : 0, &value);
  codec::AppendOrderedVarint(info.begun.value(), &value);
  codec::AppendOrderedVarint(info.last_commit.value(), &value);
  codec::AppendOrderedVarint(info.records, &value);
  codec::AppendOrderedVarint(info.changed, &value);
  codec::AppendOrderedVarint(migration.table.value(), &value);
  AppendText(info.definition.table, &value);
  AppendText(info.definition.where, &value);
  codec::AppendOrderedVarint(info.definition.sets.size(), &value);
  for (const MigrationDefinition::Set& set : info.definition.sets) {
    AppendText(set.field, &value);
    AppendText(set.expression, &value);
  }
  value += migration.next_key;
  journal::SealFrame(key, &value);
  return value;
}

absl::StatusOr<std::optional<Migration>> ReadMigration(const storage::Reader& reader,
                                                       std::string_view name) {
  const std::string key = MigrationKey(name);
  DAFTAR_ASSIGN_OR_RETURN(const std::optional<std::string> stored, reader.Get(key));
  if (!stored.has_value()) return std::optional<Migration>();
  DAFTAR_ASSIGN_OR_RETURN(Migration migration, DecodeMigration(key, *stored));
  return std::optional(std::move(migration));
}

absl::StatusOr<std::vector<Migration>> ReadMigrations(const storage::Reader& reader) {
  const std::string prefix = MigrationPrefix();
  const auto entries = reader.NewIterator({prefix, codec::PrefixEnd(prefix)}, {});
  std::vector<Migration> migrations;
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, entries->Next());
    if (!found) return migrations;
    DAFTAR_ASSIGN_OR_RETURN(Migration migration, DecodeMigration(entries->key(), entries->value()));
    migrations.push_back(std::move(migration));
  }
}

}  // namespace daftar::txn
