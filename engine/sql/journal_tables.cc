// The journal as tables: commits, and what each changed.

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "audit/change_feed.h"
#include "audit/record_versions.h"
#include "base/status.h"
#include "codec/keyspace.h"
#include "record/json_codec.h"
#include "sql/commit_bounds.h"
#include "sql/record_name.h"
#include "sql/system_table.h"
#include "sql/value.h"

namespace daftar::sql {
namespace {

using Given = SystemTable::Given;
using Request = SystemTable::Request;
using Access = SystemTable::Access;

// The column of both tables.
constexpr size_t kVersion = 0;
// Of daftar_commits.
constexpr size_t kTime = 1;
// Of daftar_changes.
constexpr size_t kTable = 1;
constexpr size_t kKey = 2;

// What is expected: of commits, how many records each changes; of a record, how many changed it.
constexpr double kChangesPerCommit = 4;
constexpr double kChangesPerRecord = 4;
// The part of all changes that is to records of one table.
constexpr double kTableShare = 0.2;
// The costs of beginning a walk, of the next entry of the journal, of a change in it, and of a
// change that is looked for in the history.
constexpr double kSeekCost = 10;
constexpr double kEntryCost = 2;
constexpr double kChangeCost = 1;
constexpr double kSoughtCost = 8;

SystemValue OrNull(const std::string& text) {
  return text.empty() ? SystemValue() : SystemValue(text);
}

SystemValue Number(CommitVersion version) { return static_cast<int64_t>(version.value()); }

// The commits that the comparisons leave. `time`: the column that has it; absent: none.
CommitBounds BoundsOf(const std::vector<Given>& given, std::optional<size_t> time) {
  CommitBounds bounds;
  for (const Given& each : given) {
    if (each.column == kVersion) bounds.AddVersion(each.op, each.value);
    if (each.column == time) bounds.AddTime(each.op, each.value);
  }
  return bounds;
}

class CommitRows final : public SystemRows {
 public:
  CommitRows(Session* session, const txn::ReadView& view, const txn::CommitRange& commits)
      : session_(session), walk_(view.reader, commits) {}

  absl::StatusOr<bool> Next() override {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, walk_.Next());
    if (found) ++session_->counts().entries_read;
    return found;
  }

  absl::Status Result(sqlite3_context* context, size_t column) override {
    const journal::EntryHead& commit = walk_.head();
    switch (column) {
      case kVersion:
        SetResult(context, Number(commit.version));
        break;
      case kTime:
        SetResult(context, InstantText(commit.time));
        break;
      case 2:
        SetResult(context, OrNull(commit.actor));
        break;
      case 3:
        SetResult(context, OrNull(commit.reason));
        break;
      case 4:
        SetResult(context, OrNull(commit.decision));
        break;
      default:
        SetResult(context, static_cast<int64_t>(commit.change_count));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> Identity() override {
    return absl::StrCat(walk_.head().version.value());
  }

 private:
  Session* const session_;
  txn::EntryWalk walk_;
};

class CommitTable final : public SystemTable {
 public:
  std::string name() const override { return "daftar_commits"; }
  std::vector<std::string> columns() const override {
    return {"version INTEGER", "time TEXT",     "actor TEXT",
            "reason TEXT",     "decision TEXT", "changes INTEGER"};
  }
  bool Uses(size_t column, int op) const override {
    return (column == kVersion && CommitBounds::UsesVersion(op)) ||
           (column == kTime && CommitBounds::UsesTime(op));
  }

  absl::StatusOr<Access> Estimate(Session* session,
                                  const std::vector<Given>& given) const override {
    const auto commits = static_cast<double>(session->LastCommit().value());
    const CommitBounds bounds = BoundsOf(given, kTime);
    Access access;
    access.way = bounds.by_time() ? "by time" : "by version";
    access.rows = bounds.ShareOf(session->LastCommit()) * commits;
    access.cost = kSeekCost + access.rows * kEntryCost;
    access.at_most_one_row = bounds.is_one_version();
    access.ordered = {kVersion, kTime};
    access.distinct = kVersion;
    return access;
  }

  absl::StatusOr<std::unique_ptr<SystemRows>> Start(Session* session,
                                                    const Request& request) const override {
    DAFTAR_ASSIGN_OR_RETURN(const txn::ReadView view, session->CommittedView());
    DAFTAR_ASSIGN_OR_RETURN(txn::CommitRange commits, BoundsOf(request.given, kTime).Commits(view));
    commits.backwards = request.descending;
    return std::make_unique<CommitRows>(session, view, commits);
  }
};

std::string ChangeIdentity(CommitVersion version, std::string_view key) {
  return absl::StrCat(version.value(), " ", key);
}

// A change as a row. What is asked for only costs then.
class ChangeRows : public SystemRows {
 public:
  absl::Status Result(sqlite3_context* context, size_t column) final {
    switch (column) {
      case kVersion:
        SetResult(context, Number(commit()));
        break;
      case kTable:
        // A table that the schema no longer has has no name.
        if (key().table != nullptr) SetResult(context, key().table->name);
        break;
      case kKey:
        SetResult(context, KeyText(key().values));
        break;
      case 3:
        SetResult(context, int64_t{deleted() ? 1 : 0});
        break;
      default:
        return RecordResult(context);
    }
    return absl::OkStatus();
  }

 private:
  virtual CommitVersion commit() const = 0;
  virtual const audit::RecordKey& key() const = 0;
  virtual bool deleted() const = 0;
  virtual absl::StatusOr<const record::Message*> Record() = 0;  // null: there is none

  absl::Status RecordResult(sqlite3_context* context) {
    DAFTAR_ASSIGN_OR_RETURN(const record::Message* record, Record());
    if (record == nullptr) return absl::OkStatus();
    std::string json;
    DAFTAR_RETURN_IF_ERROR(record::AppendMessageJson(*record, &json));
    SetResult(context, std::move(json));
    return absl::OkStatus();
  }
};

// All changes of some commits to records whose keys begin alike.
class FeedRows final : public ChangeRows {
 public:
  FeedRows(Session* session, txn::ReadView view, const txn::CommitRange& commits,
           std::string key_prefix)
      : session_(session), feed_(std::move(view), commits, std::move(key_prefix)) {}

  absl::StatusOr<bool> Next() override {
    is_read_ = false;
    while (true) {
      if (in_commit_) {
        DAFTAR_ASSIGN_OR_RETURN(const bool found, feed_.NextKey());
        if (found) return true;
      }
      DAFTAR_ASSIGN_OR_RETURN(in_commit_, feed_.NextCommit());
      if (!in_commit_) return false;
      ++session_->counts().entries_read;
    }
  }

  absl::StatusOr<std::string> Identity() override {
    return ChangeIdentity(commit(), feed_.stored_key());
  }

 private:
  CommitVersion commit() const override { return feed_.commit().version; }
  const audit::RecordKey& key() const override { return feed_.change().key; }
  bool deleted() const override { return feed_.change().deleted; }
  absl::StatusOr<const record::Message*> Record() override {
    if (!is_read_) {
      DAFTAR_RETURN_IF_ERROR(feed_.ReadRecord());
      is_read_ = true;
      if (feed_.change().record.has_value()) ++session_->counts().records_fetched;
    }
    const auto& record = feed_.change().record;
    return record.has_value() ? &*record : nullptr;
  }

  Session* const session_;
  audit::ChangeFeed feed_;
  bool in_commit_ = false;
  bool is_read_ = false;  // the record of the change
};

// The changes of one record, found by its history.
class RecordRows final : public ChangeRows {
 public:
  RecordRows(Session* session, const txn::ReadView& view, audit::RecordKey key,
             codec::EncodedKey stored_key, const txn::CommitRange& commits)
      : session_(session),
        view_(view),
        key_(std::move(key)),
        stored_key_(std::move(stored_key)),
        changes_(view, *key_.table, stored_key_, commits) {}

  absl::StatusOr<bool> Next() override {
    while (true) {
      record_.reset();
      DAFTAR_ASSIGN_OR_RETURN(const bool found, changes_.Next());
      if (!found) return false;
      ++session_->counts().entries_read;
      // Rows are what the journal says: it may not reach as far back as the history.
      DAFTAR_ASSIGN_OR_RETURN(const auto head, txn::FindEntry(*view_.reader, changes_.commit()));
      if (head.has_value()) return true;
    }
  }

  absl::StatusOr<std::string> Identity() override {
    return ChangeIdentity(commit(), stored_key_.view());
  }

 private:
  CommitVersion commit() const override { return changes_.commit(); }
  const audit::RecordKey& key() const override { return key_; }
  bool deleted() const override { return changes_.deleted(); }
  absl::StatusOr<const record::Message*> Record() override {
    if (!record_.has_value()) {
      DAFTAR_ASSIGN_OR_RETURN(record_, changes_.Record());
      if (record_.has_value()) ++session_->counts().records_fetched;
    }
    return record_.has_value() ? &*record_ : nullptr;
  }

  Session* const session_;
  const txn::ReadView view_;
  const audit::RecordKey key_;
  const codec::EncodedKey stored_key_;
  audit::RecordChanges changes_;
  std::optional<record::Message> record_;
};

// One walk after another.
class RowsInTurn final : public SystemRows {
 public:
  RowsInTurn(std::unique_ptr<SystemRows> first, std::unique_ptr<SystemRows> second)
      : now_(std::move(first)), then_(std::move(second)) {}

  absl::StatusOr<bool> Next() override {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, now_->Next());
    if (found || then_ == nullptr) return found;
    now_ = std::move(then_);
    return now_->Next();
  }
  absl::Status Result(sqlite3_context* context, size_t column) override {
    return now_->Result(context, column);
  }
  absl::StatusOr<std::string> Identity() override { return now_->Identity(); }

 private:
  std::unique_ptr<SystemRows> now_;
  std::unique_ptr<SystemRows> then_;
};

class ChangeTable final : public SystemTable {
 public:
  std::string name() const override { return "daftar_changes"; }
  std::vector<std::string> columns() const override {
    return {"version INTEGER", "\"table\" TEXT", "key TEXT", "deleted INTEGER", "record JSON"};
  }
  bool Uses(size_t column, int op) const override {
    if (column == kVersion) return CommitBounds::UsesVersion(op);
    return (column == kTable || column == kKey) && op == SQLITE_INDEX_CONSTRAINT_EQ;
  }

  absl::StatusOr<Access> Estimate(Session* session,
                                  const std::vector<Given>& given) const override {
    const auto commits = static_cast<double>(session->LastCommit().value());
    const CommitBounds bounds = BoundsOf(given, std::nullopt);
    const double share = bounds.ShareOf(session->LastCommit());
    Access access;
    access.ordered = {kVersion};
    if (IsGiven(given, kTable) && IsGiven(given, kKey)) {
      access.way = "by record";
      access.rows = bounds.is_one_version() ? 1 : kChangesPerRecord;
      access.cost = kSeekCost + access.rows * kSoughtCost;
      return access;
    }
    access.way = "by version";
    access.rows = share * std::max(double{kRowsUnknown}, commits * kChangesPerCommit);
    access.cost = kSeekCost + share * commits * kEntryCost + access.rows * kChangeCost;
    if (IsGiven(given, kTable)) access.rows *= kTableShare;
    return access;
  }

  absl::StatusOr<std::unique_ptr<SystemRows>> Start(Session* session,
                                                    const Request& request) const override {
    DAFTAR_ASSIGN_OR_RETURN(const txn::ReadView view, session->CommittedView());
    DAFTAR_ASSIGN_OR_RETURN(txn::CommitRange commits,
                            BoundsOf(request.given, std::nullopt).Commits(view));
    commits.backwards = request.descending;
    const catalog::TableDef* table = nullptr;
    for (const Given& each : request.given) {
      if (each.column == kVersion) continue;
      if (sqlite3_value_type(each.value) == SQLITE_NULL) return std::make_unique<NoRows>();
      if (each.column != kTable || sqlite3_value_type(each.value) != SQLITE_TEXT) continue;
      table = view.catalog->FindTable(TextOf(each.value));
      if (table == nullptr) return std::make_unique<NoRows>();
    }
    if (table == nullptr) return std::make_unique<FeedRows>(session, view, commits, std::string());
    for (const Given& each : request.given) {
      if (each.column != kKey) continue;
      std::optional<codec::EncodedKey> key = KeyNamed(*table, each.value);
      if (key.has_value()) return StartRecord(session, view, commits, *table, *std::move(key));
    }
    return std::make_unique<FeedRows>(session, view, commits, codec::RecordPrefix(table->id));
  }

 private:
  static bool IsGiven(const std::vector<Given>& given, size_t column) {
    return std::any_of(given.begin(), given.end(),
                       [&](const Given& each) { return each.column == column; });
  }

  // The changes of one record: by its history as far back as that is whole, else by the journal.
  static absl::StatusOr<std::unique_ptr<SystemRows>> StartRecord(Session* session,
                                                                 const txn::ReadView& view,
                                                                 const txn::CommitRange& commits,
                                                                 const catalog::TableDef& table,
                                                                 codec::EncodedKey key) {
    const auto start = view.history_starts->find(table.id);
    const CommitVersion removed =
        start == view.history_starts->end() ? CommitVersion() : start->second;
    txn::CommitRange whole = commits;
    whole.first = std::max(whole.first, CommitVersion(removed.value() + 1));
    txn::CommitRange others = commits;
    others.last = std::min(others.last, removed);
    std::unique_ptr<SystemRows> by_journal;
    if (others.first <= others.last) {
      by_journal = std::make_unique<FeedRows>(session, view, others, std::string(key.view()));
    }
    DAFTAR_ASSIGN_OR_RETURN(audit::RecordKey values,
                            audit::DecodeRecordKey(*view.catalog, key.view()));
    std::unique_ptr<SystemRows> by_history =
        std::make_unique<RecordRows>(session, view, std::move(values), std::move(key), whole);
    if (by_journal == nullptr) return by_history;
    if (commits.backwards) by_journal.swap(by_history);
    return std::make_unique<RowsInTurn>(std::move(by_journal), std::move(by_history));
  }
};

}  // namespace

std::vector<std::unique_ptr<SystemTable>> JournalTables() {
  std::vector<std::unique_ptr<SystemTable>> tables;
  tables.push_back(std::make_unique<CommitTable>());
  tables.push_back(std::make_unique<ChangeTable>());
  return tables;
}

}  // namespace daftar::sql
