#include "txn/migration.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "base/check.h"
#include "base/status.h"
#include "base/utf8.h"
#include "codec/key.h"
#include "codec/keyspace.h"
#include "journal/entry_frame.h"

namespace daftar::txn {
namespace {

// The kind of the helper key; the byte after the space.
constexpr char kMigrationKind = '\x09';
// Of those that were abandoned. Who does not know it leaves them alone, and says that they are
// newer and not that they are damaged.
constexpr uint8_t kAbandonedFormat = 2;
// States.
constexpr uint64_t kUnderWay = 0;
constexpr uint64_t kFinished = 1;
constexpr uint64_t kAbandoned = 2;

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

absl::Status TakeState(bool is_abandoned, std::string_view* body, MigrationInfo* info) {
  DAFTAR_ASSIGN_OR_RETURN(const uint64_t state, codec::TakeOrderedVarint(body));
  if (is_abandoned ? state != kAbandoned : state > kFinished) {
    return DataLoss("a migration has an unknown state").With("state", state);
  }
  info->finished = state == kFinished;
  if (!is_abandoned) return absl::OkStatus();
  DAFTAR_ASSIGN_OR_RETURN(const uint64_t commit, codec::TakeOrderedVarint(body));
  if (commit == 0) return DataLoss("a migration was abandoned by no commit");
  info->abandoned_by = CommitVersion(commit);
  return absl::OkStatus();
}

absl::Status TakeMigration(bool is_abandoned, std::string_view body, Migration* migration) {
  MigrationInfo& info = migration->info;
  DAFTAR_RETURN_IF_ERROR(TakeState(is_abandoned, &body, &info));
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

}  // namespace

bool IsMigrationName(std::string_view name) {
  const bool has_control = std::any_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_iscntrl(static_cast<unsigned char>(c));
  });
  return !name.empty() && name.size() <= kMigrationNameBytesMax && !has_control &&
         !ValidateUtf8(name).has_value();
}

std::string MigrationPrefix() { return codec::SpacePrefix(codec::Space::kHelper) + kMigrationKind; }

std::string MigrationKey(std::string_view name) { return MigrationPrefix().append(name); }

std::string EncodeMigration(std::string_view key, const Migration& migration) {
  const MigrationInfo& info = migration.info;
  std::string value(journal::kFrameBytes, '\0');
  DAFTAR_CHECK(!info.is_abandoned() || !info.finished);
  if (info.is_abandoned()) {
    codec::AppendOrderedVarint(kAbandoned, &value);
    codec::AppendOrderedVarint(info.abandoned_by.value(), &value);
  } else {
    codec::AppendOrderedVarint(info.finished ? kFinished : kUnderWay, &value);
  }
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
  journal::SealFrame(key, &value, info.is_abandoned() ? kAbandonedFormat : journal::kEntryFormat);
  return value;
}

absl::StatusOr<Migration> DecodeMigration(std::string_view key, std::string_view value) {
  DAFTAR_ASSIGN_OR_RETURN(const std::string_view body,
                          journal::OpenFrame(key, value, kAbandonedFormat));
  Migration migration;
  migration.info.definition.name = key.substr(MigrationPrefix().size());
  const bool is_abandoned = journal::FormatOf(value) == kAbandonedFormat;
  const absl::Status status = TakeMigration(is_abandoned, body, &migration);
  if (!status.ok()) {
    return DataLoss("a migration is damaged").WithBytes("key", key).With("cause", status.message());
  }
  return migration;
}

absl::Status CheckNotAbandoned(const MigrationInfo& info) {
  if (!info.is_abandoned()) return absl::OkStatus();
  return FailedPrecondition("the migration was abandoned; for another one, take another name")
      .With("abandoned by commit", info.abandoned_by.value());
}

absl::Status CheckNotAbandoned(const storage::Reader& reader, std::string_view name) {
  DAFTAR_ASSIGN_OR_RETURN(const std::optional<Migration> found, ReadMigration(reader, name));
  return found.has_value() ? CheckNotAbandoned(found->info) : absl::OkStatus();
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
