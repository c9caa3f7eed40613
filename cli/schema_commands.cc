// schema show, schema check, schema apply.

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/commands.h"
#include "cli/moments.h"
#include "cli/progress.h"
#include "cli/rules.h"

namespace daftar::cli {
namespace {

struct Arguments {
  std::string database;
  std::string from;
  std::string to;
  std::string table;
  std::string format = "text";
  std::vector<std::string> import_paths;
  SchemaChangeOptions change;
};

SchemaFile ToSchemaFile(const std::string& file, const std::vector<std::string>& import_paths) {
  SchemaFile schema;
  schema.file = file;
  for (const std::string& path : import_paths) schema.import_paths.emplace_back(path);
  return schema;
}

std::string Quoted(std::string_view text) { return Value(text).ToJson(); }

std::string TableText(const TableInfo& table) {
  std::string text = absl::StrCat("table ", table.name, " (", table.struct_name, "), key ",
                                  absl::StrJoin(table.key, ", "), "\n");
  if (!table.required.empty()) {
    absl::StrAppend(&text, "  commits state ", absl::StrJoin(table.required, ", "), "\n");
  }
  if (table.history_days > 0) {
    absl::StrAppend(&text, "  history is kept ", table.history_days, " days\n");
  }
  for (const auto& field : table.fields) {
    absl::StrAppend(&text, "  ", field.name, ": ", field.type, "\n");
  }
  for (const auto& index : table.indexes) {
    absl::StrAppend(&text, "  index ", index.name, " ", index.definition, "\n");
  }
  for (const auto& aggregate : table.aggregates) {
    absl::StrAppend(&text, "  aggregate ", aggregate.name, " ", aggregate.definition, "\n");
  }
  for (const auto& rule : table.rules) {
    absl::StrAppend(&text, "  rule ", rule.kind == rule.name ? "" : absl::StrCat(rule.kind, " "),
                    rule.name, ": ", rule.definition, "\n");
  }
  return text;
}

std::string TableJson(const TableInfo& table) {
  const auto quoted = [](std::string* out, const std::string& text) { *out += Quoted(text); };
  std::string json =
      absl::StrCat("{\"name\":", Quoted(table.name), ",\"struct\":", Quoted(table.struct_name),
                   ",\"key\":[", absl::StrJoin(table.key, ",", quoted), "],\"fields\":[");
  for (size_t i = 0; i < table.fields.size(); ++i) {
    absl::StrAppend(&json, i > 0 ? "," : "", "{\"name\":", Quoted(table.fields[i].name),
                    ",\"type\":", Quoted(table.fields[i].type), "}");
  }
  absl::StrAppend(&json, "],\"indexes\":[");
  for (size_t i = 0; i < table.indexes.size(); ++i) {
    absl::StrAppend(&json, i > 0 ? "," : "", "{\"name\":", Quoted(table.indexes[i].name),
                    ",\"definition\":", Quoted(table.indexes[i].definition), "}");
  }
  absl::StrAppend(&json, "],\"aggregates\":[");
  for (size_t i = 0; i < table.aggregates.size(); ++i) {
    absl::StrAppend(&json, i > 0 ? "," : "", "{\"name\":", Quoted(table.aggregates[i].name),
                    ",\"definition\":", Quoted(table.aggregates[i].definition), "}");
  }
  absl::StrAppend(&json, "],\"rules\":[");
  for (size_t i = 0; i < table.rules.size(); ++i) {
    absl::StrAppend(&json, i > 0 ? "," : "", "{\"kind\":", Quoted(table.rules[i].kind),
                    ",\"name\":", Quoted(table.rules[i].name),
                    ",\"definition\":", Quoted(table.rules[i].definition), "}");
  }
  absl::StrAppend(&json, "],\"requires\":[", absl::StrJoin(table.required, ",", quoted),
                  "],\"historyDays\":", table.history_days);
  return json + "}";
}

absl::StatusOr<ExitCode> RunShow(const Arguments& arguments) {
  absl::StatusOr<std::vector<TableInfo>> tables = std::vector<TableInfo>();
  if (std::filesystem::is_directory(arguments.database)) {
    auto database = OpenDatabase(arguments.database, true);
    if (!database.ok()) return database.status();
    tables = (*database)->DescribeSchema();
  } else {
    tables = DescribeSchema(ToSchemaFile(arguments.database, arguments.import_paths));
  }
  if (!tables.ok()) return tables.status();
  std::string text;
  bool found = arguments.table.empty();
  for (const TableInfo& table : *tables) {
    if (!arguments.table.empty() && table.name != arguments.table) continue;
    found = true;
    if (arguments.format == "json") {
      absl::StrAppend(&text, TableJson(table), "\n");
    } else {
      absl::StrAppend(&text, text.empty() ? "" : "\n", TableText(table));
    }
  }
  if (!found) {
    return absl::NotFoundError(absl::StrCat("no such table; table=", arguments.table));
  }
  if (auto status = Print(text); !status.ok()) return status;
  return kOk;
}

std::string_view VerdictName(Verdict verdict) {
  switch (verdict) {
    case Verdict::kSafe:
      return "safe";
    case Verdict::kRebuild:
      return "rebuild";
    case Verdict::kMigrate:
      return "migrate";
    case Verdict::kForbidden:
      return "forbidden";
  }
  return "?";
}

std::string CheckText(const SchemaCheck& check) {
  std::string text;
  for (const SchemaFinding& finding : check.findings) {
    absl::StrAppend(&text, VerdictName(finding.verdict), "  rule ", finding.rule, "  ",
                    finding.place, ": ", finding.message, "\n");
  }
  return absl::StrCat(text, "verdict: ", VerdictName(check.verdict), "\n");
}

// The members of an object.
std::string CheckJson(const SchemaCheck& check) {
  const auto finding_json = [](std::string* out, const SchemaFinding& finding) {
    absl::StrAppend(out, "{\"verdict\":", Quoted(VerdictName(finding.verdict)),
                    ",\"rule\":", finding.rule, ",\"place\":", Quoted(finding.place),
                    ",\"message\":", Quoted(finding.message), "}");
  };
  return absl::StrCat("\"verdict\":", Quoted(VerdictName(check.verdict)), ",\"findings\":[",
                      absl::StrJoin(check.findings, ",", finding_json), "]");
}

absl::StatusOr<ExitCode> RunCheck(const Arguments& arguments) {
  const auto check = CheckSchemaChange(ToSchemaFile(arguments.from, arguments.import_paths),
                                       ToSchemaFile(arguments.to, arguments.import_paths));
  if (!check.ok()) return check.status();
  const std::string text =
      arguments.format == "json" ? absl::StrCat("{", CheckJson(*check), "}\n") : CheckText(*check);
  if (auto status = Print(text); !status.ok()) return status;
  return check->verdict == Verdict::kForbidden ? kFindings : kOk;
}

std::string ChangeText(const SchemaChangeReport& report, bool dry_run) {
  std::string text = CheckText(report.check);
  for (const SchemaChangeReport::Checked& checked : report.checked) {
    absl::StrAppend(&text, dry_run ? "would check the texts of table " : "checked texts of table ",
                    checked.table);
    absl::StrAppend(&text, dry_run ? "" : absl::StrCat(": ", checked.records, " records"), "\n");
  }
  for (const SchemaChangeReport::Index& index : report.removed) {
    absl::StrAppend(&text, dry_run ? "would remove " : "removed ", index.name, " of table ",
                    index.table, "\n");
  }
  for (const SchemaChangeReport::Index& index : report.built) {
    absl::StrAppend(&text, dry_run ? "would build index " : "built index ", index.name,
                    " of table ", index.table);
    absl::StrAppend(&text, dry_run ? "" : absl::StrCat(": ", index.entries, " entries"), "\n");
  }
  for (const SchemaChangeReport::Aggregate& aggregate : report.counted) {
    absl::StrAppend(&text, dry_run ? "would count aggregate " : "counted aggregate ",
                    aggregate.name, " of table ", aggregate.table);
    absl::StrAppend(&text, dry_run ? "" : absl::StrCat(": ", aggregate.groups, " groups"), "\n");
  }
  for (const UniqueViolation& violation : report.violations) {
    absl::StrAppend(&text, "index ", violation.index, " of table ", violation.table,
                    " is unique, but records ", violation.key, " and ", violation.other,
                    " both have ", violation.values, "\n");
  }
  if (report.violation_count > report.violations.size()) {
    absl::StrAppend(&text, "and ", report.violation_count - report.violations.size(),
                    " more such records\n");
  }
  if (report.violation_count > 0) {
    absl::StrAppend(&text, "change these records and run this again; until then no query uses ",
                    "the index\n");
  }
  absl::StrAppend(&text, ViolationsText(report.rule_violations, report.rule_violation_count));
  if (report.rule_violation_count > 0) {
    absl::StrAppend(&text,
                    "these records were there before the rules, which bind every commit from ",
                    "now on; put them right, `daftar audit` lists what is left\n");
  }
  return absl::StrCat(text, "schema ", report.schema.value(), " is in force\n");
}

std::string ChangeJson(const SchemaChangeReport& report) {
  const auto index_json = [](std::string* out, const SchemaChangeReport::Index& index) {
    absl::StrAppend(out, "{\"table\":", Quoted(index.table), ",\"name\":", Quoted(index.name),
                    ",\"entries\":", index.entries, "}");
  };
  const auto checked_json = [](std::string* out, const SchemaChangeReport::Checked& checked) {
    absl::StrAppend(out, "{\"table\":", Quoted(checked.table), ",\"records\":", checked.records,
                    "}");
  };
  const auto aggregate_json = [](std::string* out, const SchemaChangeReport::Aggregate& aggregate) {
    absl::StrAppend(out, "{\"table\":", Quoted(aggregate.table),
                    ",\"name\":", Quoted(aggregate.name), ",\"groups\":", aggregate.groups, "}");
  };
  const auto violation_json = [](std::string* out, const UniqueViolation& violation) {
    absl::StrAppend(out, "{\"table\":", Quoted(violation.table),
                    ",\"index\":", Quoted(violation.index),
                    ",\"values\":", Quoted(violation.values), ",\"key\":", Quoted(violation.key),
                    ",\"other\":", Quoted(violation.other), "}");
  };
  return absl::StrCat("{", CheckJson(report.check), ",\"schema\":", report.schema.value(),
                      ",\"checked\":[", absl::StrJoin(report.checked, ",", checked_json),
                      "],\"removed\":[", absl::StrJoin(report.removed, ",", index_json),
                      "],\"built\":[", absl::StrJoin(report.built, ",", index_json),
                      "],\"counted\":[", absl::StrJoin(report.counted, ",", aggregate_json),
                      "],\"violations\":[", absl::StrJoin(report.violations, ",", violation_json),
                      "],\"violationCount\":", report.violation_count,
                      ",\"ruleViolations\":", ViolationsJson(report.rule_violations),
                      ",\"ruleViolationCount\":", report.rule_violation_count,
                      ",\"complete\":", report.complete ? "true" : "false", "}\n");
}

absl::StatusOr<ExitCode> RunApply(const Arguments& arguments) {
  auto database = OpenDatabase(arguments.database, arguments.change.dry_run);
  if (!database.ok()) return database.status();
  const SchemaFile schema = ToSchemaFile(arguments.to, arguments.import_paths);
  ProgressLines lines;
  SchemaChangeOptions options = arguments.change;
  options.progress = [&](const IndexProgress& progress) {
    lines.Show(absl::StrCat(progress.checks ? "checking " : "building ",
                            absl::StrJoin(progress.indexes, ", "), " of ", progress.table),
               progress.fraction, progress.records);
    return true;
  };
  // What is refused is shown in full.
  SchemaChangeOptions judge = options;
  judge.dry_run = true;
  auto report = (*database)->ApplySchema(schema, judge);
  if (!report.ok()) return report.status();
  const bool refused = report->refused;
  if (!refused && !options.dry_run) {
    report = (*database)->ApplySchema(schema, options);
    lines.End();
    if (!report.ok()) return report.status();
  }
  const std::string text =
      arguments.format == "json" ? ChangeJson(*report) : ChangeText(*report, options.dry_run);
  if (auto status = Print(text); !status.ok()) return status;
  const bool found = report->violation_count > 0 || report->rule_violation_count > 0;
  return refused || found ? kFindings : kOk;
}

void AddCommon(CLI::App* command, const std::shared_ptr<Arguments>& arguments) {
  command->add_option("--import-path", arguments->import_paths,
                      "where absolute imports of schema files are looked for");
  command->add_option("--format", arguments->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
}

}  // namespace

void AddSchemaCommands(CLI::App* app, Runner* runner) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* schema = app->add_subcommand("schema", "Show schemas and judge changes of them");
  schema->require_subcommand(1);
  CLI::App* show =
      schema->add_subcommand("show", "Print tables, keys, fields, indexes and aggregates");
  show->add_option("DB|FILE", arguments->database, "a database, or a .capnp file")->required();
  show->add_option("--table", arguments->table, "only this table");
  AddCommon(show, arguments);
  show->callback([=] { *runner = [=] { return RunShow(*arguments); }; });
  CLI::App* check = schema->add_subcommand(
      "check", "Judge whether a database with schema OLD may take on schema NEW");
  check->add_option("OLD", arguments->from, "a .capnp file")->required();
  check->add_option("NEW", arguments->to, "a .capnp file")->required();
  AddCommon(check, arguments);
  check->callback([=] { *runner = [=] { return RunCheck(*arguments); }; });
  CLI::App* apply = schema->add_subcommand(
      "apply",
      "Give a database another schema, and build the indexes and aggregates that it lacks");
  apply->add_option("DB", arguments->database, "the database directory")->required();
  apply->add_option("SCHEMA", arguments->to, "a .capnp file")->required();
  apply->add_flag("--dry-run", arguments->change.dry_run, "say what would be done, change nothing");
  AddStatement(apply, &arguments->change.commit);
  AddCommon(apply, arguments);
  apply->callback([=] { *runner = [=] { return RunApply(*arguments); }; });
}

}  // namespace daftar::cli
