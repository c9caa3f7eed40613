// The journal as tables: commits, and what each changed.

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "audit/change_feed.h"
#include "base/status.h"
#include "record/json_codec.h"
#include "sql/system_table.h"
#include "sql/value.h"

namespace daftar::sql {
namespace {

constexpr size_t kVersion = 0;  // the column of both tables

// The commits that a statement asks for.
struct Versions {
  uint64_t from = 1;
  uint64_t to = std::numeric_limits<uint64_t>::max();
};

bool IsBound(int op) {
  switch (op) {
    case SQLITE_INDEX_CONSTRAINT_EQ:
    case SQLITE_INDEX_CONSTRAINT_GT:
    case SQLITE_INDEX_CONSTRAINT_GE:
    case SQLITE_INDEX_CONSTRAINT_LT:
    case SQLITE_INDEX_CONSTRAINT_LE:
      return true;
    default:
      return false;
  }
}

// The bounds are widened to whole numbers: SQLite checks each row again.
Versions VersionsOf(const std::vector<SystemTable::Given>& given) {
  Versions versions;
  for (const SystemTable::Given& each : given) {
    const int type = sqlite3_value_numeric_type(each.value);
    if (type == SQLITE_NULL) return {1, 0};
    // Text is greater than any number.
    if (type != SQLITE_INTEGER && type != SQLITE_FLOAT) continue;
    constexpr double kMost = 9e18;
    const double value = std::clamp(sqlite3_value_double(each.value), 0.0, kMost);
    const auto below = static_cast<uint64_t>(std::floor(value));
    if (each.op != SQLITE_INDEX_CONSTRAINT_LT && each.op != SQLITE_INDEX_CONSTRAINT_LE) {
      versions.from = std::max(versions.from, below);
    }
    if (each.op != SQLITE_INDEX_CONSTRAINT_GT && each.op != SQLITE_INDEX_CONSTRAINT_GE) {
      versions.to = std::min(versions.to, below + 1);
    }
  }
  return versions;
}

SystemValue OrNull(const std::string& text) {
  return text.empty() ? SystemValue() : SystemValue(text);
}

class CommitRows final : public SystemRows {
 public:
  CommitRows(txn::ReadView view, Versions versions)
      : feed_(std::move(view), CommitVersion(versions.from - 1)), to_(versions.to) {}

  absl::StatusOr<bool> Next() override {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, feed_.NextCommit());
    return found && feed_.commit().version.value() <= to_;
  }

  absl::Status Result(sqlite3_context* context, size_t column) override {
    const journal::EntryHead& commit = feed_.commit();
    const SystemValue values[] = {static_cast<int64_t>(commit.version.value()),
                                  InstantText(commit.time),
                                  OrNull(commit.actor),
                                  OrNull(commit.reason),
                                  OrNull(commit.decision),
                                  static_cast<int64_t>(commit.change_count)};
    SetResult(context, values[column]);
    return absl::OkStatus();
  }

 private:
  audit::ChangeFeed feed_;
  const uint64_t to_;
};

class ChangeRows final : public SystemRows {
 public:
  ChangeRows(txn::ReadView view, Versions versions)
      : feed_(std::move(view), CommitVersion(versions.from - 1)), to_(versions.to) {}

  absl::StatusOr<bool> Next() override {
    while (true) {
      if (in_commit_) {
        DAFTAR_ASSIGN_OR_RETURN(const bool found, feed_.NextChange());
        if (found) return true;
      }
      DAFTAR_ASSIGN_OR_RETURN(in_commit_, feed_.NextCommit());
      if (!in_commit_ || feed_.commit().version.value() > to_) return false;
    }
  }

  absl::Status Result(sqlite3_context* context, size_t column) override {
    const audit::RecordChange& change = feed_.change();
    switch (column) {
      case 0:
        SetResult(context, static_cast<int64_t>(feed_.commit().version.value()));
        break;
      case 1:
        // A table that the schema no longer has has no name.
        if (change.key.table != nullptr) SetResult(context, change.key.table->name);
        break;
      case 2:
        SetResult(context,
                  absl::StrJoin(change.key.values, ", ", [](std::string* out, const Value& value) {
                    *out += value.ToString();
                  }));
        break;
      case 3:
        SetResult(context, int64_t{change.deleted ? 1 : 0});
        break;
      default:
        if (!change.record.has_value()) break;
        std::string json;
        DAFTAR_RETURN_IF_ERROR(record::AppendMessageJson(*change.record, &json));
        SetResult(context, std::move(json));
    }
    return absl::OkStatus();
  }

 private:
  audit::ChangeFeed feed_;
  const uint64_t to_;
  bool in_commit_ = false;
};

template <typename Rows>
class JournalTable final : public SystemTable {
 public:
  JournalTable(std::string name, std::vector<std::string> columns)
      : name_(std::move(name)), columns_(std::move(columns)) {}

  std::string name() const override { return name_; }
  std::vector<std::string> columns() const override { return columns_; }
  bool Uses(size_t column, int op) const override { return column == kVersion && IsBound(op); }
  absl::StatusOr<std::unique_ptr<SystemRows>> Start(
      Session* session, const std::vector<Given>& given) const override {
    DAFTAR_ASSIGN_OR_RETURN(txn::ReadView view, session->View());
    return std::make_unique<Rows>(std::move(view), VersionsOf(given));
  }

 private:
  const std::string name_;
  const std::vector<std::string> columns_;
};

}  // namespace

std::vector<std::unique_ptr<SystemTable>> JournalTables() {
  std::vector<std::unique_ptr<SystemTable>> tables;
  tables.push_back(std::make_unique<JournalTable<CommitRows>>(
      "daftar_commits",
      std::vector<std::string>{"version INTEGER", "time TEXT", "actor TEXT", "reason TEXT",
                               "decision TEXT", "changes INTEGER"}));
  tables.push_back(std::make_unique<JournalTable<ChangeRows>>(
      "daftar_changes", std::vector<std::string>{"version INTEGER", "\"table\" TEXT", "key TEXT",
                                                 "deleted INTEGER", "record JSON"}));
  return tables;
}

}  // namespace daftar::sql
