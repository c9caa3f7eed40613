// import.

#include <unistd.h>

#include <iostream>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cli/commands.h"
#include "cli/moments.h"

namespace daftar::cli {
namespace {

struct Arguments {
  std::string database;
  std::string table;
  std::string file;
  std::string map;
  std::string rejects;
  ImportFormat format = ImportFormat::kAuto;
  ImportMode mode = ImportMode::kInsert;
  bool dry_run = false;
  bool quiet = false;
  CommitOptions commit;
};

// How many flagged records are listed on the terminal.
constexpr size_t kFlaggedShownMax = 20;

// A line on standard error that is drawn over itself.
class ProgressLine {
 public:
  ProgressLine() : shown_(isatty(STDERR_FILENO) != 0) {}
  ~ProgressLine() {
    if (shown_) std::cerr << "\r\x1b[K" << std::flush;
  }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  std::function<void(uint64_t, uint64_t)> callback() const {
    if (!shown_) return nullptr;
    return [](uint64_t rows, uint64_t bytes) {
      std::cerr << absl::StrFormat("\r%d rows, %.1f MB", rows, static_cast<double>(bytes) / 1e6)
                << std::flush;
    };
  }

 private:
  const bool shown_;
};

std::string ReportText(const Arguments& arguments, const ImportReport& report) {
  std::string text;
  for (size_t i = 0; i < report.flagged.size() && i < kFlaggedShownMax; ++i) {
    const ImportReport::Flagged& flagged = report.flagged[i];
    absl::StrAppend(&text, "flagged: line ", flagged.line, " ", flagged.name, ": ", flagged.reason,
                    "\n");
  }
  if (report.flagged.size() > kFlaggedShownMax) {
    absl::StrAppend(&text, "… and ", report.flagged.size() - kFlaggedShownMax, " more flagged\n");
  }
  absl::StrAppend(&text, arguments.table, ": ", report.rows_read, " rows read, ",
                  report.records_written, " records ",
                  arguments.dry_run ? "would be written" : "written");
  if (report.rows_skipped > 0) absl::StrAppend(&text, ", ", report.rows_skipped, " rows skipped");
  if (report.rows_rejected > 0) {
    absl::StrAppend(&text, ", ", report.rows_rejected, " rows rejected");
  }
  if (!report.flagged.empty()) absl::StrAppend(&text, ", ", report.flagged.size(), " flagged");
  return text + "\n";
}

absl::StatusOr<ExitCode> RunImport(const Arguments& arguments) {
  ImportOptions options;
  options.format = arguments.format;
  options.mode = arguments.mode;
  options.dry_run = arguments.dry_run;
  options.commit = arguments.commit;
  if (!arguments.rejects.empty()) options.rejects = arguments.rejects;
  if (!arguments.map.empty()) {
    auto map = ReadText(arguments.map);
    if (!map.ok()) return map.status();
    options.map = *std::move(map);
  }
  auto database = OpenDatabase(arguments.database, false);
  if (!database.ok()) return database.status();
  absl::StatusOr<ImportReport> report = absl::InternalError("");
  {
    const ProgressLine progress;
    options.progress = progress.callback();
    report = (*database)->Import(arguments.table, arguments.file, options);
  }
  if (!report.ok()) return report.status();
  if (!arguments.quiet) {
    if (auto status = Print(ReportText(arguments, *report)); !status.ok()) return status;
  }
  return report->rows_rejected > 0 ? kFindings : kOk;
}

}  // namespace

void AddImport(CLI::App* app, Runner* runner) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command =
      app->add_subcommand("import", "Bring in a file of rows, in whole or not at all");
  command->add_option("DB", arguments->database, "the database directory")->required();
  command->add_option("TABLE", arguments->table, "the table to write to")->required();
  command->add_option("FILE", arguments->file, "the file, or - for standard input")->required();
  const std::map<std::string, ImportFormat> formats = {{"csv", ImportFormat::kCsv},
                                                       {"tsv", ImportFormat::kTsv},
                                                       {"jsonl", ImportFormat::kJsonLines},
                                                       {"json", ImportFormat::kJson}};
  command
      ->add_option("--format", arguments->format,
                   "csv, tsv, jsonl or json; default: by the file name")
      ->transform(CLI::CheckedTransformer(formats));
  command->add_option("--map", arguments->map, "an import map, see docs/import-maps.md");
  const std::map<std::string, ImportMode> modes = {{"insert", ImportMode::kInsert},
                                                   {"upsert", ImportMode::kUpsert}};
  command
      ->add_option("--mode", arguments->mode,
                   "insert: a taken key is a bad row; upsert: the row replaces the record")
      ->transform(CLI::CheckedTransformer(modes))
      ->default_str("insert");
  command->add_flag("--dry-run", arguments->dry_run, "check everything and write nothing");
  command->add_option("--rejects", arguments->rejects,
                      "write bad rows there and go on; without it the first one ends the import");
  AddStatement(command, &arguments->commit);
  command->add_flag("-q,--quiet", arguments->quiet, "print no summary");
  command->callback([=] { *runner = [=] { return RunImport(*arguments); }; });
}

}  // namespace daftar::cli
