// analyze.

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/commands.h"
#include "cli/moments.h"

namespace daftar::cli {
namespace {

struct Arguments {
  std::string database;
  std::string format = "text";
  AnalyzeOptions options;
};

std::string AnalyzeText(const AnalyzeReport& report) {
  std::string text;
  for (const AnalyzedTable& table : report.tables) {
    absl::StrAppend(&text, table.table, ": ", table.records, " records\n");
    for (const AnalyzedTable::Index& index : table.indexes) {
      absl::StrAppend(&text, "  ", index.name, ": ", index.entries,
                      " entries; distinct by terms: ", absl::StrJoin(index.distinct, ", "), "\n");
    }
  }
  absl::StrAppend(&text, "commit ", report.commit.value(), " keeps them\n");
  return text;
}

std::string AnalyzeJson(const AnalyzeReport& report) {
  const auto index_json = [](std::string* out, const AnalyzedTable::Index& index) {
    absl::StrAppend(out, "{\"index\":", Value(index.name).ToJson(), ",\"entries\":", index.entries,
                    ",\"distinct\":[", absl::StrJoin(index.distinct, ","), "]}");
  };
  const auto table_json = [&](std::string* out, const AnalyzedTable& table) {
    absl::StrAppend(out, "{\"table\":", Value(table.table).ToJson(), ",\"records\":", table.records,
                    ",\"indexes\":[", absl::StrJoin(table.indexes, ",", index_json), "]}");
  };
  return absl::StrCat("{\"commit\":", report.commit.value(), ",\"tables\":[",
                      absl::StrJoin(report.tables, ",", table_json), "]}\n");
}

absl::StatusOr<ExitCode> RunAnalyze(const Arguments& arguments) {
  auto database = OpenDatabase(arguments.database, false);
  if (!database.ok()) return database.status();
  const auto report = (*database)->Analyze(arguments.options);
  if (!report.ok()) return report.status();
  const std::string text = arguments.format == "json" ? AnalyzeJson(*report) : AnalyzeText(*report);
  if (auto status = Print(text); !status.ok()) return status;
  return kOk;
}

}  // namespace

void AddAnalyze(CLI::App* app, Runner* runner) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* analyze = app->add_subcommand(
      "analyze", "Count the entries of indexes, so that queries are planned by estimated costs");
  analyze->add_option("DB", arguments->database, "the database directory")->required();
  analyze->add_option("--table", arguments->options.table, "this table only");
  analyze->add_option("--format", arguments->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  AddStatement(analyze, &arguments->options.commit);
  analyze->callback([=] { *runner = [=] { return RunAnalyze(*arguments); }; });
}

}  // namespace daftar::cli
