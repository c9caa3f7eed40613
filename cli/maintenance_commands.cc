// stats, verify.

#include <unistd.h>

#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "cli/commands.h"
#include "cli/moments.h"

namespace daftar::cli {
namespace {

std::string_view KindName(ProblemKind kind) {
  switch (kind) {
    case ProblemKind::kDamagedRecord:
      return "damaged-record";
    case ProblemKind::kWrongKey:
      return "wrong-key";
    case ProblemKind::kMissingEntry:
      return "missing-entry";
    case ProblemKind::kExtraEntry:
      return "extra-entry";
    case ProblemKind::kWrongEntry:
      return "wrong-entry";
    case ProblemKind::kUnknownKey:
      return "unknown-key";
    case ProblemKind::kDuplicate:
      return "duplicate";
    case ProblemKind::kDamagedJournal:
      return "damaged-journal";
    case ProblemKind::kDamagedVersion:
      return "damaged-version";
    case ProblemKind::kMissingVersion:
      return "missing-version";
    case ProblemKind::kExtraVersion:
      return "extra-version";
    case ProblemKind::kWrongVersion:
      return "wrong-version";
    case ProblemKind::kMissingOldEntry:
      return "missing-old-entry";
    case ProblemKind::kExtraOldEntry:
      return "extra-old-entry";
    case ProblemKind::kWrongOldEntry:
      return "wrong-old-entry";
    case ProblemKind::kDamagedStatistics:
      return "damaged-statistics";
    case ProblemKind::kDamagedMigration:
      return "damaged-migration";
    case ProblemKind::kWrongGroup:
      return "wrong-group";
    case ProblemKind::kWrongOldGroup:
      return "wrong-old-group";
    case ProblemKind::kDamagedStart:
      return "damaged-start";
  }
  return "?";
}

std::string Quoted(std::string_view text) { return Value(text).ToJson(); }

std::string StatsJson(const DatabaseStats& stats, const ReaderLag& lag) {
  std::string json = absl::StrCat(
      "{\"lastCommit\":", stats.last_commit.value(), ",\"schemaVersion\":", stats.schema.value(),
      ",\"diskBytes\":", stats.disk_bytes, ",\"memoryBytes\":", stats.memory_bytes,
      ",\"lagCommits\":", lag.commits, ",\"lagMicros\":", lag.time.count(), ",\"tables\":[");
  for (size_t i = 0; i < stats.tables.size(); ++i) {
    const TableStats& table = stats.tables[i];
    absl::StrAppend(&json, i > 0 ? "," : "", "{\"name\":", Quoted(table.name),
                    ",\"records\":", table.records, ",\"recordBytes\":", table.record_bytes,
                    ",\"indexes\":[");
    for (size_t j = 0; j < table.indexes.size(); ++j) {
      absl::StrAppend(&json, j > 0 ? "," : "", "{\"name\":", Quoted(table.indexes[j].name),
                      ",\"entries\":", table.indexes[j].entries, "}");
    }
    absl::StrAppend(&json, "],\"aggregates\":[");
    for (size_t j = 0; j < table.aggregates.size(); ++j) {
      absl::StrAppend(&json, j > 0 ? "," : "", "{\"name\":", Quoted(table.aggregates[j].name),
                      ",\"groups\":", table.aggregates[j].groups, "}");
    }
    absl::StrAppend(&json, "]}");
  }
  return json + "]}\n";
}

std::string StatsText(const DatabaseStats& stats, const ReaderLag& lag) {
  std::string text;
  for (const TableStats& table : stats.tables) {
    absl::StrAppendFormat(&text, "%-32s %12d records %14d bytes\n", table.name, table.records,
                          table.record_bytes);
    for (const IndexStats& index : table.indexes) {
      absl::StrAppendFormat(&text, "  %-30s %12d entries\n", index.name, index.entries);
    }
    for (const AggregateStats& aggregate : table.aggregates) {
      absl::StrAppendFormat(&text, "  %-30s %12d groups\n", aggregate.name, aggregate.groups);
    }
  }
  absl::StrAppendFormat(&text, "commit %d, schema version %d, %d bytes on disk\n",
                        stats.last_commit.value(), stats.schema.value(), stats.disk_bytes);
  if (lag.commits > 0) {
    absl::StrAppendFormat(&text, "%d commits (%.3f s) behind the process that writes\n",
                          lag.commits, absl::ToDoubleSeconds(absl::FromChrono(lag.time)));
  }
  return text;
}

// "missing-old-entry permit index byState key P1 until commit 7: old entry is missing".
std::string ProblemText(const Problem& problem) {
  const bool is_group =
      problem.kind == ProblemKind::kWrongGroup || problem.kind == ProblemKind::kWrongOldGroup;
  std::string text(KindName(problem.kind));
  if (!problem.table.empty()) absl::StrAppend(&text, " ", problem.table);
  if (!problem.index.empty()) {
    absl::StrAppend(&text, is_group ? " aggregate " : " index ", problem.index);
  }
  if (!problem.key.empty()) {
    absl::StrAppend(&text, is_group ? " group " : " key ", problem.key);
  }
  if (problem.commit.value() > 0) {
    absl::StrAppend(&text, problem.key.empty() ? "" : " until", " commit ", problem.commit.value());
  }
  absl::StrAppend(&text, ": ", problem.message, problem.repaired ? " (repaired)" : "", "\n");
  return text;
}

std::string VerifyText(const VerifyReport& report) {
  std::string text;
  for (const Problem& problem : report.problems) absl::StrAppend(&text, ProblemText(problem));
  if (report.problems.size() < report.problems_found) {
    absl::StrAppend(&text, "… and ", report.problems_found - report.problems.size(), " more\n");
  }
  absl::StrAppend(&text, report.clean() ? "clean" : "damaged", ": ", report.records, " records, ",
                  report.entries, " index entries, ", report.groups, " groups, ",
                  report.old_versions, " old versions, ", report.journal_entries,
                  " journal entries, ", report.problems_found, " problems");
  if (report.problems_repaired > 0) {
    absl::StrAppend(&text, ", ", report.problems_repaired, " repaired");
  }
  return text + "\n";
}

std::string VerifyJson(const VerifyReport& report) {
  std::string json = absl::StrCat(
      "{\"clean\":", report.clean() ? "true" : "false", ",\"records\":", report.records,
      ",\"entries\":", report.entries, ",\"groups\":", report.groups,
      ",\"oldVersions\":", report.old_versions, ",\"journalEntries\":", report.journal_entries,
      ",\"problemsFound\":", report.problems_found,
      ",\"problemsRepaired\":", report.problems_repaired, ",\"problems\":[");
  for (size_t i = 0; i < report.problems.size(); ++i) {
    const Problem& problem = report.problems[i];
    absl::StrAppend(&json, i > 0 ? "," : "", "{\"kind\":", Quoted(KindName(problem.kind)),
                    ",\"table\":", Quoted(problem.table), ",\"index\":", Quoted(problem.index),
                    ",\"key\":", Quoted(problem.key), ",\"message\":", Quoted(problem.message),
                    ",\"commit\":", problem.commit.value(),
                    ",\"repaired\":", problem.repaired ? "true" : "false", "}");
  }
  return json + "]}\n";
}

struct Arguments {
  std::string database;
  std::string format = "text";
  std::string as_of;
  bool repair = false;
};

absl::StatusOr<ExitCode> RunStats(const Arguments& arguments) {
  auto database = OpenDatabase(arguments.database, true);
  if (!database.ok()) return database.status();
  const auto view = ViewAt(**database, arguments.as_of);
  if (!view.ok()) return view.status();
  const auto stats = (*database)->Stats(*view);
  if (!stats.ok()) return stats.status();
  const auto lag = (*database)->Lag();
  if (!lag.ok()) return lag.status();
  const std::string text =
      arguments.format == "json" ? StatsJson(*stats, *lag) : StatsText(*stats, *lag);
  if (auto status = Print(text); !status.ok()) return status;
  return kOk;
}

absl::StatusOr<ExitCode> RunVerify(const Arguments& arguments) {
  auto database = OpenDatabase(arguments.database, !arguments.repair);
  if (!database.ok()) return database.status();
  VerifyOptions options;
  options.repair = arguments.repair;
  const bool show_progress = isatty(STDERR_FILENO) != 0;
  if (show_progress) {
    options.progress = [](uint64_t checked) { std::cerr << "\rchecked " << checked << std::flush; };
  }
  const auto report = (*database)->Verify(options);
  if (show_progress) std::cerr << "\r\x1b[K" << std::flush;
  if (!report.ok()) return report.status();
  const std::string text = arguments.format == "json" ? VerifyJson(*report) : VerifyText(*report);
  if (auto status = Print(text); !status.ok()) return status;
  return report->clean() ? kOk : kFindings;
}

CLI::App* AddCommand(CLI::App* app, const char* name, const char* help,
                     const std::shared_ptr<Arguments>& arguments) {
  CLI::App* command = app->add_subcommand(name, help);
  command->add_option("DB", arguments->database, "the database directory")->required();
  command->add_option("--format", arguments->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  return command;
}

}  // namespace

void AddMaintenance(CLI::App* app, Runner* runner) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* stats =
      AddCommand(app, "stats", "Count records and entries, and show sizes", arguments);
  AddAsOf(stats, &arguments->as_of);
  stats->callback([=] { *runner = [=] { return RunStats(*arguments); }; });
  CLI::App* verify = AddCommand(
      app, "verify", "Compare records, indexes, aggregates, history and journal with each other",
      arguments);
  verify->add_flag("--repair", arguments->repair, "put right what follows from the records");
  verify->callback([=] { *runner = [=] { return RunVerify(*arguments); }; });
}

}  // namespace daftar::cli
