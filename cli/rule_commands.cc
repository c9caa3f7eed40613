// audit, may.

#include <unistd.h>

#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/commands.h"
#include "cli/moments.h"
#include "cli/rules.h"
#include "daftar/calendar.h"

namespace daftar::cli {
namespace {

struct AuditArguments {
  std::string database;
  std::string schema;
  std::vector<std::string> import_paths;
  std::string as_of;
  std::string format = "text";
  AuditOptions options = {};
};

struct MayArguments {
  std::string database;
  std::string table;
  std::vector<std::string> key_and_act;
  std::string on;
  std::string format = "text";
  CommitOptions commit = {};
};

std::string Quoted(std::string_view text) { return Value(text).ToJson(); }

std::string AuditText(const AuditReport& report) {
  std::string text = ViolationsText(report.violations, report.violation_count);
  absl::StrAppend(&text, report.violation_count == 0 ? "clean" : "broken", ": ", report.rules,
                  " rules over ", report.records, " records at commit ", report.version.value(),
                  ", ", report.violation_count, " violations\n");
  return text;
}

std::string AuditJson(const AuditReport& report) {
  return absl::StrCat("{\"clean\":", report.violation_count == 0 ? "true" : "false",
                      ",\"commit\":", report.version.value(), ",\"rules\":", report.rules,
                      ",\"records\":", report.records,
                      ",\"violationCount\":", report.violation_count,
                      ",\"violations\":", ViolationsJson(report.violations), "}\n");
}

absl::StatusOr<AuditReport> Audit(const Database& database, const AuditArguments& arguments) {
  AuditOptions options = arguments.options;
  if (isatty(STDERR_FILENO) != 0) {
    options.progress = [](uint64_t records) {
      std::cerr << "\rchecked " << records << std::flush;
      return true;
    };
  }
  if (!arguments.schema.empty()) {
    SchemaFile schema;
    schema.file = arguments.schema;
    for (const std::string& path : arguments.import_paths) schema.import_paths.emplace_back(path);
    return database.AuditAgainst(schema, options);
  }
  const auto view = ViewAt(database, arguments.as_of);
  if (!view.ok()) return view.status();
  return database.Audit(*view, options);
}

absl::StatusOr<ExitCode> RunAudit(const AuditArguments& arguments) {
  auto database = OpenDatabase(arguments.database, true);
  if (!database.ok()) return database.status();
  const auto report = Audit(**database, arguments);
  if (isatty(STDERR_FILENO) != 0) std::cerr << "\r\x1b[K" << std::flush;
  if (!report.ok()) return report.status();
  const std::string text = arguments.format == "json" ? AuditJson(*report) : AuditText(*report);
  if (auto status = Print(text); !status.ok()) return status;
  return report->violation_count == 0 ? kOk : kFindings;
}

std::string MayText(const std::string& act, const MayAnswer& answer) {
  std::string text = absl::StrCat(answer.allowed ? "yes" : "no", ": ", act, " leads from ",
                                  answer.from, " to ", answer.to, "\n");
  for (const std::string& obstacle : answer.obstacles) absl::StrAppend(&text, "  ", obstacle, "\n");
  absl::StrAppend(&text, ViolationsText(answer.violations, answer.violations.size()));
  if (!answer.allowed) {
    absl::StrAppend(&text, "acts from ", answer.from, ": ",
                    answer.acts.empty() ? "none" : absl::StrJoin(answer.acts, ", "), "\n");
  }
  return text;
}

std::string MayJson(const MayAnswer& answer) {
  const auto quoted = [](std::string* out, const std::string& text) { *out += Quoted(text); };
  return absl::StrCat("{\"allowed\":", answer.allowed ? "true" : "false",
                      ",\"from\":", Quoted(answer.from), ",\"to\":", Quoted(answer.to),
                      ",\"obstacles\":[", absl::StrJoin(answer.obstacles, ",", quoted),
                      "],\"violations\":", ViolationsJson(answer.violations), ",\"acts\":[",
                      absl::StrJoin(answer.acts, ",", quoted), "]}\n");
}

absl::StatusOr<ExitCode> RunMay(const MayArguments& arguments) {
  std::optional<Date> on;
  if (!arguments.on.empty()) {
    const auto day = ReadDate(arguments.on);
    if (!day.ok()) return day.status();
    on = *day;
  }
  auto database = OpenDatabase(arguments.database, true);
  if (!database.ok()) return database.status();
  Key key;
  for (size_t i = 0; i + 1 < arguments.key_and_act.size(); ++i) {
    key.emplace_back(arguments.key_and_act[i]);
  }
  const std::string& act = arguments.key_and_act.back();
  const auto answer = (*database)->May(arguments.table, key, act, arguments.commit, on);
  if (!answer.ok()) return answer.status();
  const std::string text = arguments.format == "json" ? MayJson(*answer) : MayText(act, *answer);
  if (auto status = Print(text); !status.ok()) return status;
  return answer->allowed ? kOk : kFindings;
}

CLI::App* AddCommand(CLI::App* app, const char* name, const char* help, std::string* database,
                     std::string* format) {
  CLI::App* command = app->add_subcommand(name, help);
  command->add_option("DB", *database, "the database directory")->required();
  command->add_option("--format", *format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  return command;
}

}  // namespace

std::string ViolationsText(const std::vector<RuleViolation>& violations, uint64_t count) {
  std::string text;
  for (const RuleViolation& violation : violations) {
    absl::StrAppend(&text, violation.table, " ", violation.key, ": ", violation.kind);
    if (violation.kind != violation.rule) absl::StrAppend(&text, " ", violation.rule);
    absl::StrAppend(&text, ": ", violation.text);
    if (!violation.other_table.empty()) {
      absl::StrAppend(&text, " (", violation.other_table, " ", violation.other_key, ")");
    }
    text += "\n";
  }
  if (count > violations.size()) {
    absl::StrAppend(&text, "and ", count - violations.size(), " more violations\n");
  }
  return text;
}

std::string ViolationsJson(const std::vector<RuleViolation>& violations) {
  const auto one = [](std::string* out, const RuleViolation& violation) {
    absl::StrAppend(out, "{\"table\":", Quoted(violation.table), ",\"key\":", Quoted(violation.key),
                    ",\"kind\":", Quoted(violation.kind), ",\"rule\":", Quoted(violation.rule),
                    ",\"text\":", Quoted(violation.text),
                    ",\"otherTable\":", Quoted(violation.other_table),
                    ",\"otherKey\":", Quoted(violation.other_key),
                    ",\"reportedOnly\":", violation.reported_only ? "true" : "false", "}");
  };
  return absl::StrCat("[", absl::StrJoin(violations, ",", one), "]");
}

void AddRuleCommands(CLI::App* app, Runner* runner) {
  auto audit = std::make_shared<AuditArguments>();
  CLI::App* command = AddCommand(
      app, "audit", "Run the rules of the schema over every record and list what breaks them",
      &audit->database, &audit->format);
  command->add_option("--table", audit->options.table, "only this table");
  command->add_option("--rule", audit->options.rules, "only the rule of this name; repeatable");
  auto* schema = command->add_option(
      "--rules", audit->schema,
      "the rules of this .capnp file instead, as `schema apply` would take it; changes nothing");
  command->add_option("--import-path", audit->import_paths,
                      "where the file's absolute imports are looked for");
  command
      ->add_option("--limit", audit->options.violations_max,
                   "list at most so many; all are counted")
      ->capture_default_str();
  AddAsOf(command, &audit->as_of);
  schema->excludes(command->get_option("--as-of"));
  command->callback([=] { *runner = [=] { return RunAudit(*audit); }; });

  auto may = std::make_shared<MayArguments>();
  command = AddCommand(app, "may", "Say whether an act on a record is possible, and if not, why",
                       &may->database, &may->format);
  command->add_option("TABLE", may->table, "the table's name")->required();
  command
      ->add_option("KEY... ACT", may->key_and_act,
                   "the values of the primary key, then the act's name")
      ->required()
      ->expected(2, 64);
  command->add_option("--on", may->on, "the day of the act; default: today");
  AddStatement(command, &may->commit);
  command->callback([=] { *runner = [=] { return RunMay(*may); }; });
}

}  // namespace daftar::cli
