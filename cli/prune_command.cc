// prune.

#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/moments.h"

namespace daftar::cli {
namespace {

struct Arguments {
  std::string database;
  std::string format = "text";
  std::string table;
  std::string before;
  PruneOptions options;
};

std::string PruneText(const PruneReport& report, bool dry_run) {
  if (report.tables.empty()) return "all history of all tables is kept\n";
  std::string text;
  for (const PrunedTable& table : report.tables) {
    absl::StrAppend(&text, table.table, ": history begins with commit ", table.start.value(), "; ",
                    table.versions, " old versions, ", table.entries, " old index entries and ",
                    table.groups, " old groups ", dry_run ? "would be removed" : "removed", "\n");
  }
  if (report.commit.value() > 0) {
    absl::StrAppend(&text, "commit ", report.commit.value(), " says so\n");
  }
  return text;
}

std::string PruneJson(const PruneReport& report) {
  std::string json = absl::StrCat("{\"commit\":", report.commit.value(), ",\"tables\":[");
  for (size_t i = 0; i < report.tables.size(); ++i) {
    const PrunedTable& table = report.tables[i];
    absl::StrAppend(&json, i > 0 ? "," : "", "{\"table\":", Value(table.table).ToJson(),
                    ",\"start\":", table.start.value(), ",\"versions\":", table.versions,
                    ",\"entries\":", table.entries, ",\"groups\":", table.groups, "}");
  }
  return json + "]}\n";
}

absl::StatusOr<ExitCode> RunPrune(Arguments arguments) {
  if (!arguments.table.empty()) {
    const auto before = AsOf::Parse(arguments.before);
    if (!before.ok()) return before.status();
    arguments.options.table = PruneOptions::TableUntil{arguments.table, *before};
  }
  auto database = OpenDatabase(arguments.database, arguments.options.dry_run);
  if (!database.ok()) return database.status();
  const auto report = (*database)->PruneHistory(arguments.options);
  if (!report.ok()) return report.status();
  const std::string text = arguments.format == "json"
                               ? PruneJson(*report)
                               : PruneText(*report, arguments.options.dry_run);
  if (auto status = Print(text); !status.ok()) return status;
  return kOk;
}

}  // namespace

void AddPrune(CLI::App* app, Runner* runner) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* prune = app->add_subcommand(
      "prune", "Remove old versions that are older than the historyDays of their table");
  prune->add_option("DB", arguments->database, "the database directory")->required();
  prune->add_flag("--dry-run", arguments->options.dry_run, "only say what would be removed");
  CLI::Option* table =
      prune->add_option("--table", arguments->table, "this table only, whatever it says");
  CLI::Option* before = prune->add_option("--before", arguments->before,
                                          "the moment from which on its history is kept");
  table->needs(before);
  before->needs(table);
  prune->add_option("--format", arguments->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  AddStatement(prune, &arguments->options.commit);
  prune->callback([=] { *runner = [=] { return RunPrune(*arguments); }; });
}

}  // namespace daftar::cli
