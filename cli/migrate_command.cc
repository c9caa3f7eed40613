// migrate.

#include <atomic>
#include <csignal>
#include <initializer_list>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/commands.h"
#include "cli/moments.h"
#include "cli/progress.h"

namespace daftar::cli {
namespace {

struct Arguments {
  std::string database;
  std::string format = "text";
  std::vector<std::string> sets;
  bool list = false;
  bool abandon = false;
  MigrationDefinition definition;
  MigrationOptions options;
};

std::atomic<bool> interrupted = false;

// A second Ctrl-C ends the program, which does no harm either.
void HandleInterrupt(int) {
  interrupted = true;
  std::signal(SIGINT, SIG_DFL);
}

std::string Quoted(std::string_view text) { return Value(text).ToJson(); }

// "field = expression". The first = is what parts them: no name of a field has one.
absl::StatusOr<MigrationDefinition::Set> ParseSet(const std::string& text) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos) {
    return absl::InvalidArgumentError(absl::StrCat("a set is 'field = expression'; set=", text));
  }
  return MigrationDefinition::Set{std::string(absl::StripAsciiWhitespace(text.substr(0, equals))),
                                  std::string(absl::StripAsciiWhitespace(text.substr(equals + 1)))};
}

std::string CommitAt(CommitVersion commit, const std::optional<Instant>& time) {
  return absl::StrCat("commit ", commit.value(), ", ", TimeText(time));
}

std::string Counts(const MigrationInfo& info) {
  const char* const state = info.is_abandoned() ? "abandoned"
                            : info.finished     ? "finished"
                                                : "not finished";
  return absl::StrCat(state, "; ", info.records, " records, ", info.changed, " changed");
}

std::string InfoText(const MigrationInfo& info) {
  std::string text = absl::StrCat(info.definition.name, ", ", Counts(info), "\n  table ",
                                  info.definition.table, "\n");
  for (const MigrationDefinition::Set& set : info.definition.sets) {
    absl::StrAppend(&text, "  set ", set.field, " = ", set.expression, "\n");
  }
  if (!info.definition.where.empty()) {
    absl::StrAppend(&text, "  where ", info.definition.where, "\n");
  }
  absl::StrAppend(&text, "  begun after ", CommitAt(info.begun, info.begun_time), "\n");
  if (info.last_commit.value() > 0) {
    absl::StrAppend(&text, "  last ", CommitAt(info.last_commit, info.last_time), "\n");
  }
  if (info.is_abandoned()) {
    absl::StrAppend(&text, "  abandoned by ", CommitAt(info.abandoned_by, info.abandoned_time),
                    "\n");
  }
  return text;
}

// The members of an object.
std::string InfoJson(const MigrationInfo& info) {
  const auto set_json = [](std::string* out, const MigrationDefinition::Set& set) {
    absl::StrAppend(out, "{\"field\":", Quoted(set.field),
                    ",\"expression\":", Quoted(set.expression), "}");
  };
  std::string json = absl::StrCat(
      "\"name\":", Quoted(info.definition.name), ",\"table\":", Quoted(info.definition.table),
      ",\"sets\":[", absl::StrJoin(info.definition.sets, ",", set_json),
      "],\"where\":", Quoted(info.definition.where),
      ",\"finished\":", info.finished ? "true" : "false",
      ",\"abandoned\":", info.is_abandoned() ? "true" : "false", ",\"records\":", info.records,
      ",\"changed\":", info.changed, ",\"begun\":", info.begun.value(),
      ",\"lastCommit\":", info.last_commit.value(), ",\"abandonedBy\":", info.abandoned_by.value());
  if (info.begun_time.has_value()) {
    absl::StrAppend(&json, ",\"begunTime\":", Quoted(TimeText(info.begun_time)));
  }
  if (info.last_time.has_value()) {
    absl::StrAppend(&json, ",\"lastTime\":", Quoted(TimeText(info.last_time)));
  }
  if (info.abandoned_time.has_value()) {
    absl::StrAppend(&json, ",\"abandonedTime\":", Quoted(TimeText(info.abandoned_time)));
  }
  return json;
}

absl::StatusOr<ExitCode> RunList(const Arguments& arguments) {
  auto database = OpenDatabase(arguments.database, true);
  if (!database.ok()) return database.status();
  const auto migrations = (*database)->Migrations();
  if (!migrations.ok()) return migrations.status();
  std::string text;
  if (arguments.format == "json") {
    const auto info_json = [](std::string* out, const MigrationInfo& info) {
      absl::StrAppend(out, "{", InfoJson(info), "}");
    };
    text = absl::StrCat("{\"migrations\":[", absl::StrJoin(*migrations, ",", info_json), "]}\n");
  } else {
    for (const MigrationInfo& info : *migrations) absl::StrAppend(&text, InfoText(info));
    if (migrations->empty()) text = "no migrations\n";
  }
  if (auto status = Print(text); !status.ok()) return status;
  return kOk;
}

// `outcome`: ": finished", " was finished before".
std::string ReportText(const MigrationInfo& info, const char* outcome) {
  return absl::StrCat("migration ", info.definition.name, " of table ", info.definition.table,
                      outcome, "; ", info.records, " records, ", info.changed, " changed\n");
}

absl::StatusOr<ExitCode> RunAbandon(const Arguments& arguments) {
  auto database = OpenDatabase(arguments.database, false);
  if (!database.ok()) return database.status();
  const auto report =
      (*database)->AbandonMigration(arguments.definition.name, arguments.options.commit);
  if (!report.ok()) return report.status();
  const std::string text =
      arguments.format == "json"
          ? absl::StrCat("{", InfoJson(report->migration),
                         ",\"wasAbandoned\":", report->was_abandoned ? "true" : "false", "}\n")
          : ReportText(report->migration,
                       report->was_abandoned ? " was abandoned before" : ": abandoned");
  if (auto status = Print(text); !status.ok()) return status;
  return kOk;
}

absl::StatusOr<ExitCode> RunMigrate(Arguments arguments) {
  for (const std::string& text : arguments.sets) {
    auto set = ParseSet(text);
    if (!set.ok()) return set.status();
    arguments.definition.sets.push_back(*std::move(set));
  }
  auto database = OpenDatabase(arguments.database, false);
  if (!database.ok()) return database.status();
  ProgressLines lines;
  const std::string what =
      absl::StrCat("migrating ", arguments.definition.name, " of ", arguments.definition.table);
  arguments.options.progress = [&](const MigrationProgress& progress) {
    lines.Show(what, progress.fraction, progress.records);
    return !interrupted;
  };
  std::signal(SIGINT, HandleInterrupt);
  const auto report = (*database)->Migrate(arguments.definition, arguments.options);
  lines.End();
  if (!report.ok()) return report.status();
  const MigrationInfo& info = report->migration;
  if (!info.finished) {
    return absl::UnavailableError(absl::StrCat(
        "the migration was interrupted; the same command goes on; migration=", info.definition.name,
        "; records=", info.records, "; changed=", info.changed));
  }
  const std::string text =
      arguments.format == "json"
          ? absl::StrCat("{", InfoJson(info),
                         ",\"wasFinished\":", report->was_finished ? "true" : "false",
                         ",\"changedNow\":", report->changed, "}\n")
          : ReportText(info, report->was_finished ? " was finished before" : ": finished");
  if (auto status = Print(text); !status.ok()) return status;
  return kOk;
}

// Each: whether it is missing, and what.
void Require(std::initializer_list<std::pair<bool, const char*>> given) {
  for (const auto& [is_missing, what] : given) {
    if (is_missing) throw CLI::RequiredError(what);
  }
}

}  // namespace

void AddMigrate(CLI::App* app, Runner* runner) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* migrate = app->add_subcommand(
      "migrate", "Change every record of a table by SQL, in batches that can be gone on with");
  MigrationDefinition& definition = arguments->definition;
  migrate->add_option("DB", arguments->database, "the database directory")->required();
  migrate->add_option("NAME", definition.name, "what the migration is called, for good");
  migrate->add_option("--table", definition.table, "whose records are changed");
  migrate
      ->add_option("--set", arguments->sets,
                   "field = expression: what a field becomes, by SQL over the record as it was")
      ->take_all()
      ->allow_extra_args(false);
  migrate->add_option("--where", definition.where, "a condition of SQL: only records that meet it");
  migrate->add_option("--batch", arguments->options.batch, "records that a commit changes at most")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  migrate->add_flag("--list", arguments->list, "print the migrations that were begun");
  CLI::Option* const abandon = migrate->add_flag(
      "--abandon", arguments->abandon, "give up what was begun; what it has changed stays changed");
  for (const char* const other : {"--table", "--set", "--where", "--batch", "--list"}) {
    abandon->excludes(migrate->get_option(other));
  }
  migrate->add_option("--format", arguments->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  AddStatement(migrate, &arguments->options.commit);
  migrate->callback([=] {
    if (arguments->list) {
      *runner = [=] { return RunList(*arguments); };
      return;
    }
    Require({{arguments->definition.name.empty(), "NAME"}});
    if (arguments->abandon) {
      *runner = [=] { return RunAbandon(*arguments); };
      return;
    }
    Require({{arguments->definition.table.empty(), "--table"}, {arguments->sets.empty(), "--set"}});
    *runner = [=] { return RunMigrate(*arguments); };
  });
}

}  // namespace daftar::cli
