// recover, upgrade.

#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/moments.h"

namespace daftar::cli {
namespace {

struct Arguments {
  std::string database;
  std::string format = "text";
  RecoveryOptions options;
  CommitOptions commit;
};

std::string ReportText(const RecoveryReport& report, bool dry_run) {
  if (report.cause.empty()) {
    return absl::StrCat("nothing to recover: the database opens; newest commit ",
                        report.kept.value(), "\n");
  }
  std::string text = absl::StrCat("cause: ", report.cause, "\n");
  absl::StrAppend(&text, dry_run ? "would keep" : "kept", ": everything up to commit ",
                  report.kept.value(), ", ", TimeText(report.kept_time), "\n");
  if (!report.acknowledged.has_value()) {
    absl::StrAppend(&text, dry_run ? "would lose" : "lost",
                    ": what came after it, if anything did; there is no anchor to tell\n");
  } else if (report.commits_lost == 0) {
    absl::StrAppend(&text, dry_run ? "would lose" : "lost", ": no acknowledged commit\n");
  } else {
    absl::StrAppend(&text, dry_run ? "would lose" : "lost", ": ", report.commits_lost,
                    " acknowledged commits, ", report.kept.value() + 1, " to ",
                    report.acknowledged->value(), "\n");
  }
  if (!report.saved_in.empty()) {
    absl::StrAppend(&text, "the damaged files are in ", report.saved_in, "\n");
  }
  return text;
}

std::string ReportJson(const RecoveryReport& report) {
  std::string json =
      absl::StrCat("{\"cause\":", Value(report.cause).ToJson(), ",\"kept\":", report.kept.value());
  if (report.kept_time.has_value()) {
    absl::StrAppend(&json, ",\"keptTime\":", Value(*report.kept_time).ToJson());
  }
  if (report.acknowledged.has_value()) {
    absl::StrAppend(&json, ",\"acknowledged\":", report.acknowledged->value(),
                    ",\"commitsLost\":", report.commits_lost);
  }
  return absl::StrCat(json, ",\"recovered\":", report.recovered ? "true" : "false",
                      ",\"savedIn\":", Value(report.saved_in).ToJson(), "}\n");
}

absl::StatusOr<ExitCode> RunRecover(const Arguments& arguments) {
  const auto report = Database::Recover(arguments.database, arguments.options);
  if (!report.ok()) return report.status();
  const std::string text = arguments.format == "json"
                               ? ReportJson(*report)
                               : ReportText(*report, arguments.options.dry_run);
  if (auto status = Print(text); !status.ok()) return status;
  // A dry run that found something answers "no, it is not whole".
  return report->cause.empty() || report->recovered ? kOk : kFindings;
}

absl::StatusOr<ExitCode> RunUpgrade(const Arguments& arguments) {
  const auto format = Database::Upgrade(arguments.database, arguments.commit);
  if (!format.ok()) return format.status();
  const auto database = OpenDatabase(arguments.database, true);
  if (!database.ok()) return database.status();
  const std::string text =
      absl::StrCat("the database was of format ", *format, " and opens; newest commit ",
                   (*database)->View().version().value(), "\n");
  if (auto status = Print(text); !status.ok()) return status;
  return kOk;
}

}  // namespace

void AddRecoverCommands(CLI::App* app, Runner* runner) {
  auto recover = std::make_shared<Arguments>();
  CLI::App* command = app->add_subcommand(
      "recover", "Make a damaged database open again with what is left, and say what is lost");
  command->add_option("DB", recover->database, "the database directory")->required();
  command->add_option("--format", recover->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  auto dry_run = std::make_shared<bool>(false);
  command->add_flag("--dry-run", *dry_run, "only say what would be kept and lost");
  AddStatement(command, &recover->options.commit);
  command->callback([=] {
    recover->options.dry_run = *dry_run;
    *runner = [=] { return RunRecover(*recover); };
  });

  auto upgrade = std::make_shared<Arguments>();
  command = app->add_subcommand("upgrade", "Bring a database of an older format up to this one");
  command->add_option("DB", upgrade->database, "the database directory")->required();
  AddStatement(command, &upgrade->commit);
  command->callback([=] { *runner = [=] { return RunUpgrade(*upgrade); }; });
}

}  // namespace daftar::cli
