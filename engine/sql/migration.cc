#include "sql/migration.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "base/utf8.h"
#include "codec/key.h"
#include "codec/keyspace.h"
#include "sql/record_update.h"
#include "txn/retry.h"
#include "txn/standing_records.h"
#include "txn/statement.h"
#include "txn/table_walk.h"

namespace daftar::sql {
namespace {

constexpr size_t kTextBytesMax = 16'384;
// A batch ends behind so many bytes of records, and so many that were looked at, whatever is asked.
constexpr size_t kBatchBytesMax = size_t{4} << 20;
constexpr uint64_t kLookedAtMax = 65'536;

std::string Trimmed(std::string_view text) { return std::string(absl::StripAsciiWhitespace(text)); }

// "table permit, set fee = fee * 10, state = 'paid', where zone = 'CFZ'".
std::string TextOf(const MigrationDefinition& definition) {
  std::string text = absl::StrCat("table ", definition.table, ", set ");
  for (const MigrationDefinition::Set& set : definition.sets) {
    absl::StrAppend(&text, &set == &definition.sets.front() ? "" : ", ", set.field, " = ",
                    set.expression);
  }
  if (!definition.where.empty()) absl::StrAppend(&text, ", where ", definition.where);
  return text;
}

absl::StatusOr<MigrationDefinition> Checked(const MigrationDefinition& asked) {
  MigrationDefinition definition{asked.name, Trimmed(asked.table), {}, Trimmed(asked.where)};
  if (!txn::IsMigrationName(asked.name)) {
    return InvalidArgument("a migration's name is UTF-8 without control characters")
        .With("bytes", asked.name.size())
        .With("limit", txn::kMigrationNameBytesMax);
  }
  size_t bytes = definition.table.size() + definition.where.size();
  for (const MigrationDefinition::Set& set : asked.sets) {
    const auto& kept = definition.sets.emplace_back(
        MigrationDefinition::Set{Trimmed(set.field), Trimmed(set.expression)});
    bytes += kept.field.size() + kept.expression.size();
    if (!kept.field.empty() && !kept.expression.empty()) continue;
    return InvalidArgument("a set is a field and an expression")
        .With("field", kept.field)
        .With("expression", kept.expression);
  }
  if (definition.sets.empty()) return InvalidArgument("the migration sets no field");
  if (bytes > kTextBytesMax || ValidateUtf8(TextOf(definition)).has_value()) {
    return InvalidArgument("a migration's texts are UTF-8")
        .With("bytes", bytes)
        .With("limit", kTextBytesMax);
  }
  return definition;
}

// What its commits state.
CommitOptions Stated(const MigrationDefinition& definition, const CommitOptions& commit,
                     const std::string& what) {
  CommitOptions stated = commit;
  stated.reason = absl::StrCat("migration ", definition.name, what,
                               commit.reason.empty() ? "" : "; ", commit.reason);
  return stated;
}

SessionOptions Writing(const SessionOptions& session, const CommitOptions& commit) {
  SessionOptions writing = session;
  writing.writable = true;
  writing.commit = commit;
  return writing;
}

// What is to be kept of it by now. Errors: those of CheckNotAbandoned: then nothing is. Requires:
// nobody writes.
absl::StatusOr<storage::Batch> Kept(const txn::Migration& migration, const txn::ReadView& newest) {
  const std::string& name = migration.info.definition.name;
  DAFTAR_RETURN_IF_ERROR(txn::CheckNotAbandoned(*newest.reader, name));
  const std::string key = txn::MigrationKey(name);
  storage::Batch batch;
  batch.Put(key, txn::EncodeMigration(key, migration));
  return batch;
}

absl::Status Note(txn::Core* core, const txn::Migration& migration, const CommitOptions& stated) {
  const auto body =
      [&](const txn::ReadView& newest) -> absl::StatusOr<std::optional<storage::Batch>> {
    return Kept(migration, newest);
  };
  return core->CommitNoteWith(stated, body).status();
}

class Migrator {
 public:
  Migrator(txn::Core* core, SessionOptions session, txn::Migration migration,
           const MigrationOptions& options)
      : core_(core),
        session_(std::move(session)),
        options_(options),
        migration_(std::move(migration)),
        batch_(options.batch) {}

  absl::StatusOr<MigrationReport> Run() {
    MigrationReport report;
    report.was_finished = migration_.info.finished;
    const uint64_t before = migration_.info.changed;
    int attempts = 0;
    while (!migration_.info.finished && !Stops()) {
      const auto begun = std::chrono::steady_clock::now();
      absl::Status status = PrepareUpdate();
      if (status.ok()) status = Step();
      if (status.ok()) {
        txn::RestAfterRange(*core_, seen_, begun);
        attempts = 0;
        batch_ = std::min(options_.batch, 2 * batch_);
        continue;
      }
      if (update_ != nullptr) DAFTAR_RETURN_IF_ERROR(update_->GiveUp());
      if (!IsToBeTriedAgain(status)) {
        return WithContext(status, "migration", migration_.info.definition.name);
      }
      // Who wants fewer records meets fewer others.
      batch_ = std::max<size_t>(1, batch_ / 2);
      txn::PauseAfter(++attempts);
    }
    report.migration = migration_.info;
    report.changed = migration_.info.changed - before;
    return report;
  }

 private:
  // Records that come next, and where those after them begin.
  struct Range {
    std::vector<std::string> keys;
    std::string end;
    bool is_last = false;
  };

  bool Stops() {
    if (!options_.progress) return false;
    // What is estimated can go back; what is shown does not.
    fraction_ =
        std::max(fraction_, txn::FractionBefore(*core_, migration_.table, migration_.next_key));
    return !options_.progress({migration_.info.records, migration_.info.changed, fraction_});
  }

  bool IsToBeTriedAgain(const absl::Status& status) const {
    return absl::IsAborted(status) ||
           (absl::IsResourceExhausted(status) && !committing_ && batch_ > 1);
  }

  // Anew when the database has another schema.
  absl::Status PrepareUpdate() {
    const SchemaVersion schema = core_->catalog()->version;
    if (update_ != nullptr && schema == schema_) return absl::OkStatus();
    update_.reset();
    DAFTAR_ASSIGN_OR_RETURN(
        update_, RecordUpdate::Make(core_, session_, migration_.table, migration_.info.definition));
    schema_ = schema;
    return absl::OkStatus();
  }

  absl::Status Step() {
    committing_ = false;
    DAFTAR_ASSIGN_OR_RETURN(const txn::ReadView view, update_->Begin());
    // Else its history may be missed. Whether it is abandoned later the commit finds out.
    DAFTAR_RETURN_IF_ERROR(txn::CheckNotAbandoned(*view.reader, migration_.info.definition.name));
    DAFTAR_ASSIGN_OR_RETURN(Range range, NextRange(view));
    txn::Migration next = migration_;
    next.next_key = range.end;
    next.info.finished = range.is_last;
    next.info.records += range.keys.size();
    DAFTAR_ASSIGN_OR_RETURN(const uint64_t changed, update_->Run(std::move(range.keys)));
    next.info.changed += changed;
    committing_ = true;
    DAFTAR_ASSIGN_OR_RETURN(const std::optional<CommitVersion> commit, update_->Commit(next));
    if (commit.has_value()) {
      next.info.last_commit = *commit;
    } else {
      DAFTAR_RETURN_IF_ERROR(NoteUnchanged(next));
    }
    seen_ = commit.value_or(view.version);
    migration_ = std::move(next);
    return absl::OkStatus();
  }

  // Records that came later are passed over.
  absl::StatusOr<Range> NextRange(const txn::ReadView& view) const {
    const std::string prefix = codec::RecordPrefix(migration_.table);
    const txn::StandingRecords standing(view, update_->table(), migration_.info.begun);
    Range range{{}, codec::PrefixEnd(prefix), true};
    const auto records = view.reader->NewIterator(
        {migration_.next_key.empty() ? prefix : migration_.next_key, range.end},
        {.fill_cache = false});
    size_t bytes = 0;
    for (uint64_t looked_at = 0;; ++looked_at) {
      DAFTAR_ASSIGN_OR_RETURN(const bool found, records->Next());
      if (!found) return range;
      if (range.keys.size() >= batch_ || bytes >= kBatchBytesMax || looked_at >= kLookedAtMax) {
        range.end = records->key();
        range.is_last = false;
        return range;
      }
      DAFTAR_ASSIGN_OR_RETURN(const bool stands, standing.Has(records->key(), records->value()));
      if (!stands) continue;
      range.keys.emplace_back(records->key());
      bytes += records->value().size();
    }
  }

  // None of the records was changed: there was no commit to go with. Of the end there is one.
  absl::Status NoteUnchanged(const txn::Migration& next) {
    if (next.info.finished) {
      return Note(core_, next, Stated(next.info.definition, options_.commit, " is finished"));
    }
    const txn::WriteLock lock(core_);
    DAFTAR_ASSIGN_OR_RETURN(const storage::Batch batch, Kept(next, core_->View()));
    return core_->Fill(batch);
  }

  txn::Core* const core_;
  const SessionOptions session_;
  const MigrationOptions& options_;
  txn::Migration migration_;
  size_t batch_;  // now
  bool committing_ = false;
  CommitVersion seen_;  // later ones are of others
  double fraction_ = 0;
  std::unique_ptr<RecordUpdate> update_;
  SchemaVersion schema_;  // of the update
};

}  // namespace

absl::StatusOr<txn::Migration> FindOrBeginMigration(txn::Core* core, const SessionOptions& session,
                                                    const MigrationDefinition& asked,
                                                    const CommitOptions& commit) {
  DAFTAR_ASSIGN_OR_RETURN(const MigrationDefinition definition, Checked(asked));
  const txn::ReadView view = core->View();
  DAFTAR_ASSIGN_OR_RETURN(const std::optional<txn::Migration> known,
                          txn::ReadMigration(*view.reader, definition.name));
  if (known.has_value()) {
    const absl::Status goes_on = txn::CheckNotAbandoned(known->info);
    if (!goes_on.ok()) return WithContext(goes_on, "migration", definition.name);
    if (known->info.definition == definition) return *known;
    return FailedPrecondition("the migration of this name is another one; take another name")
        .With("migration", definition.name)
        .With("is", TextOf(known->info.definition))
        .With("asked for", TextOf(definition));
  }
  DAFTAR_ASSIGN_OR_RETURN(const catalog::TableDef* const table,
                          view.catalog->GetTable(definition.table));
  DAFTAR_RETURN_IF_ERROR(txn::CheckStatement(commit, {table}));
  // What is not understood is refused here, and nothing is begun.
  DAFTAR_RETURN_IF_ERROR(
      RecordUpdate::Make(core, Writing(session, commit), table->id, definition).status());
  txn::Migration migration;
  migration.info.definition = definition;
  migration.info.begun = view.version;
  migration.table = table->id;
  DAFTAR_RETURN_IF_ERROR(Note(
      core, migration, Stated(definition, commit, absl::StrCat(" begins: ", TextOf(definition)))));
  return migration;
}

absl::StatusOr<MigrationReport> GoOnWithMigration(txn::Core* core, const SessionOptions& session,
                                                  txn::Migration migration,
                                                  const MigrationOptions& options) {
  if (options.batch == 0) return InvalidArgument("a batch is one record at least");
  if (!migration.info.finished) {
    const catalog::TableDef* const table = core->catalog()->FindTable(migration.table);
    if (table != nullptr) DAFTAR_RETURN_IF_ERROR(txn::CheckStatement(options.commit, {table}));
  }
  SessionOptions writing = Writing(session, Stated(migration.info.definition, options.commit, ""));
  return Migrator(core, std::move(writing), std::move(migration), options).Run();
}

}  // namespace daftar::sql
