// Changing the records of a table by SQL while it is in use, in batches that can be stopped and
// gone on with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "daftar/ids.h"
#include "daftar/options.h"
#include "daftar/value.h"

namespace daftar {

// What is changed and how, for good under one name: at most 200 bytes of UTF-8 without control
// characters. Expressions are SQL over the columns of the record as it was (docs/sql.md), as right
// of the = of an UPDATE; they may ask other tables, too, and have no parameters. All texts together
// have at most 16,384 bytes; spaces around them do not count.
struct MigrationDefinition {
  struct Set {
    std::string field;  // a column of the table that is no part of its key
    std::string expression;
    friend bool operator==(const Set&, const Set&) = default;
  };
  std::string name;
  std::string table;
  std::vector<Set> sets;
  std::string where = {};  // only records that meet it are changed; empty: all
  friend bool operator==(const MigrationDefinition&, const MigrationDefinition&) = default;
};

// A migration that was begun.
struct MigrationInfo {
  MigrationDefinition definition;
  bool finished = false;
  uint64_t records = 0;  // that it has come to so far
  uint64_t changed = 0;  // of these, those that met `where`
  // The commit that it began after: of the records that were there then, no others are changed.
  CommitVersion begun;
  CommitVersion last_commit;   // that changed records; 0 when none has
  CommitVersion abandoned_by;  // the commit that gave it up; 0 when none has
  // When these commits were made, where the journal tells.
  std::optional<Instant> begun_time = std::nullopt;
  std::optional<Instant> last_time = std::nullopt;
  std::optional<Instant> abandoned_time = std::nullopt;

  // Then it is never finished.
  bool is_abandoned() const { return abandoned_by > CommitVersion(); }
};

// How far it has come. Never goes back, also not from one call to the next that goes on.
struct MigrationProgress {
  uint64_t records = 0;
  uint64_t changed = 0;
  double fraction = 0;  // 0 to 1, about
};

struct MigrationOptions {
  // How many records one commit changes at most: others wait while it is written, and lose their
  // work or it does when both want the same record.
  size_t batch = 1000;
  // What each commit states; "migration NAME" goes before its reason.
  CommitOptions commit = {};
  // Called before each batch, by the thread that called Migrate; false stops there. Null: never
  // stops.
  std::function<bool(const MigrationProgress&)> progress = nullptr;
};

struct MigrationReport {
  MigrationInfo migration;
  // It was finished before the call, which has done nothing.
  bool was_finished = false;
  uint64_t changed = 0;  // records, by this call
};

struct AbandonReport {
  MigrationInfo migration;
  // It was abandoned before the call, which has done nothing.
  bool was_abandoned = false;
};

}  // namespace daftar
