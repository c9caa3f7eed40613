// history, diff, changes.

#include <chrono>
#include <csignal>
#include <iostream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/moments.h"

namespace daftar::cli {
namespace {

struct Arguments {
  std::string database;
  std::string table;
  std::vector<std::string> key;
  std::string from;
  std::string to;
  std::string as_of;
  Calendar calendar = Calendar::kGregorian;
  std::string format = "text";
  uint64_t after = 0;
  std::optional<uint64_t> limit;
  bool follow = false;
};

// How often a follower looks for new commits.
constexpr std::chrono::milliseconds kPollInterval(100);

volatile std::sig_atomic_t interrupted = 0;

std::string VersionText(const RecordVersion& version, Calendar calendar) {
  return absl::StrCat(CommitText(version.commit, calendar),
                      version.record.has_value() ? "" : " - deleted", "\n",
                      ChangesText(version.changes));
}

absl::StatusOr<std::string> VersionJson(const RecordVersion& version, Calendar calendar) {
  std::string record = "null";
  if (version.record.has_value()) {
    auto json = version.record->ToJson(calendar);
    if (!json.ok()) return json.status();
    record = *std::move(json);
  }
  return absl::StrCat("{", CommitJson(version.commit, calendar), ",\"record\":", record,
                      ",\"changes\":", ChangesJson(version.changes), "}\n");
}

absl::StatusOr<ExitCode> RunHistory(const Arguments& arguments) {
  auto database = OpenDatabase(arguments.database, true);
  if (!database.ok()) return database.status();
  std::optional<AsOf> until;
  if (!arguments.as_of.empty()) {
    const auto moment = AsOf::Parse(arguments.as_of);
    if (!moment.ok()) return moment.status();
    until = *moment;
  }
  Key key;
  for (const std::string& text : arguments.key) key.emplace_back(text);
  const auto versions = (*database)->History(arguments.table, key, until, arguments.calendar);
  if (!versions.ok()) return versions.status();
  if (versions->empty()) {
    return absl::NotFoundError(absl::StrCat(
        "there never was a record with this key; table=", arguments.table, "; key=", KeyText(key)));
  }
  for (const RecordVersion& version : *versions) {
    const absl::StatusOr<std::string> text = arguments.format == "jsonl"
                                                 ? VersionJson(version, arguments.calendar)
                                                 : VersionText(version, arguments.calendar);
    if (!text.ok()) return text.status();
    if (auto status = Print(*text); !status.ok()) return status;
  }
  return kOk;
}

std::string DifferenceText(const RecordDifference& difference, Calendar calendar) {
  const char* what = !difference.before.has_value()  ? "added"
                     : !difference.after.has_value() ? "removed"
                                                     : "changed";
  return absl::StrCat(what, " ", difference.table, " ", KeyText(difference.key, calendar), "\n",
                      ChangesText(difference.changes));
}

absl::StatusOr<ExitCode> RunDiff(const Arguments& arguments) {
  const auto from = AsOf::Parse(arguments.from);
  if (!from.ok()) return from.status();
  auto database = OpenDatabase(arguments.database, true);
  if (!database.ok()) return database.status();
  absl::StatusOr<AsOf> to = AsOf::Commit((*database)->View().version());
  if (!arguments.to.empty()) to = AsOf::Parse(arguments.to);
  if (!to.ok()) return to.status();
  const bool json = arguments.format == "jsonl";
  const absl::Status status = (*database)->Diff(
      *from, *to, arguments.table,
      [&](const RecordDifference& difference) -> absl::Status {
        if (!json) return Print(DifferenceText(difference, arguments.calendar));
        return Print(absl::StrCat("{\"table\":", Value(difference.table).ToJson(),
                                  ",\"key\":", KeyJson(difference.key, arguments.calendar),
                                  ",\"before\":", difference.before.has_value() ? "true" : "false",
                                  ",\"after\":", difference.after.has_value() ? "true" : "false",
                                  ",\"changes\":", ChangesJson(difference.changes), "}\n"));
      },
      arguments.calendar);
  if (!status.ok()) return status;
  return kOk;
}

absl::StatusOr<std::string> ChangeText(const CommitInfo& commit, const RecordChange& change,
                                       const Arguments& arguments) {
  const Calendar calendar = arguments.calendar;
  if (arguments.format != "jsonl") {
    return absl::StrCat("  ", change.deleted ? "deleted " : "put ", change.table, " ",
                        KeyText(change.key, calendar), "\n");
  }
  std::string record = "null";
  if (change.record.has_value()) {
    auto shown = change.record->ToJson(calendar);
    if (!shown.ok()) return shown.status();
    record = *std::move(shown);
  }
  return absl::StrCat(
      "{", CommitJson(commit, calendar), ",\"table\":", Value(change.table).ToJson(),
      ",\"key\":", KeyJson(change.key, calendar),
      ",\"deleted\":", change.deleted ? "true" : "false", change.deleted ? "" : ",\"digest\":\"",
      change.digest, change.deleted ? "" : "\"", ",\"record\":", record, "}\n");
}

// Prints the commits after `*after`, and moves it on past each whole one.
absl::Status PrintCommits(const Database& database, const Arguments& arguments, uint64_t* after,
                          uint64_t* shown) {
  const bool json = arguments.format == "jsonl";
  ChangeFeed feed = database.Changes(CommitVersion(*after));
  while (!arguments.limit.has_value() || *shown < *arguments.limit) {
    const auto found = feed.NextCommit();
    if (!found.ok()) return found.status();
    if (!*found) return absl::OkStatus();
    std::string text =
        json ? "" : absl::StrCat(CommitText(feed.commit(), arguments.calendar), "\n");
    while (true) {
      const auto change = feed.NextChange();
      if (!change.ok()) return change.status();
      if (!*change) break;
      if (!arguments.table.empty() && feed.change().table != arguments.table) continue;
      const auto line = ChangeText(feed.commit(), feed.change(), arguments);
      if (!line.ok()) return line.status();
      text += *line;
    }
    if (auto status = Print(text); !status.ok()) return status;
    *after = feed.commit().version.value();
    ++*shown;
  }
  return absl::OkStatus();
}

absl::StatusOr<ExitCode> RunChanges(const Arguments& arguments) {
  OpenOptions options;
  options.read_only = true;
  options.follow = arguments.follow;
  auto database = Database::Open(arguments.database, options);
  if (!database.ok()) return database.status();
  uint64_t after = arguments.after;
  uint64_t shown = 0;
  std::signal(SIGINT, [](int) { interrupted = 1; });
  std::signal(SIGTERM, [](int) { interrupted = 1; });
  while (true) {
    if (auto status = PrintCommits(**database, arguments, &after, &shown); !status.ok()) {
      return status;
    }
    const bool enough = arguments.limit.has_value() && shown >= *arguments.limit;
    if (!arguments.follow || enough || interrupted != 0) return kOk;
    std::this_thread::sleep_for(kPollInterval);
    const absl::Status caught_up = (*database)->CatchUp();
    // The next attempt may find what this one did not.
    if (!caught_up.ok() && !absl::IsUnavailable(caught_up)) return caught_up;
  }
}

CLI::App* AddCommand(CLI::App* app, const char* name, const char* help,
                     const std::shared_ptr<Arguments>& arguments) {
  CLI::App* command = app->add_subcommand(name, help);
  command->add_option("DB", arguments->database, "the database directory")->required();
  command->add_option("--format", arguments->format, "text or jsonl")
      ->check(CLI::IsMember({"text", "jsonl"}))
      ->capture_default_str();
  AddCalendar(command, &arguments->calendar);
  return command;
}

}  // namespace

void AddAuditCommands(CLI::App* app, Runner* runner) {
  auto history = std::make_shared<Arguments>();
  CLI::App* command = AddCommand(
      app, "history", "Print every version of a record, with who, when, why and what", history);
  command->add_option("TABLE", history->table, "the table's name")->required();
  command->add_option("KEY", history->key, "the values of the primary key")->required();
  AddAsOf(command, &history->as_of);
  command->callback([=] { *runner = [=] { return RunHistory(*history); }; });

  auto diff = std::make_shared<Arguments>();
  command = AddCommand(app, "diff", "Print what differs between two moments", diff);
  command->add_option("FROM", diff->from, "a moment, as --as-of takes it")->required();
  command->add_option("TO", diff->to, "another; default: now");
  command->add_option("--table", diff->table, "only this table");
  command->callback([=] { *runner = [=] { return RunDiff(*diff); }; });

  auto changes = std::make_shared<Arguments>();
  command =
      AddCommand(app, "changes", "Print commits and what each changed, deletes included", changes);
  command->add_option("--after", changes->after,
                      "begin after this commit; default: with the first");
  command->add_option("--table", changes->table, "only changes of this table");
  command->add_option("--limit", changes->limit, "stop after this many commits");
  command->add_flag("--follow", changes->follow,
                    "go on with what another process commits, until interrupted");
  command->callback([=] { *runner = [=] { return RunChanges(*changes); }; });
}

}  // namespace daftar::cli
