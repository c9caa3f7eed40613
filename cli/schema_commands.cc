// schema show, schema check.

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/commands.h"

namespace daftar::cli {
namespace {

struct Arguments {
  std::string database;
  std::string from;
  std::string to;
  std::string table;
  std::string format = "text";
  std::vector<std::string> import_paths;
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

absl::StatusOr<ExitCode> RunCheck(const Arguments& arguments) {
  const auto check = CheckSchemaChange(ToSchemaFile(arguments.from, arguments.import_paths),
                                       ToSchemaFile(arguments.to, arguments.import_paths));
  if (!check.ok()) return check.status();
  std::string text;
  for (const SchemaFinding& finding : check->findings) {
    if (arguments.format == "json") {
      absl::StrAppend(&text, text.empty() ? "" : ",",
                      "{\"verdict\":", Quoted(VerdictName(finding.verdict)),
                      ",\"rule\":", finding.rule, ",\"place\":", Quoted(finding.place),
                      ",\"message\":", Quoted(finding.message), "}");
    } else {
      absl::StrAppend(&text, VerdictName(finding.verdict), "  rule ", finding.rule, "  ",
                      finding.place, ": ", finding.message, "\n");
    }
  }
  if (arguments.format == "json") {
    text = absl::StrCat("{\"verdict\":", Quoted(VerdictName(check->verdict)), ",\"findings\":[",
                        text, "]}\n");
  } else {
    absl::StrAppend(&text, "verdict: ", VerdictName(check->verdict), "\n");
  }
  if (auto status = Print(text); !status.ok()) return status;
  return check->verdict == Verdict::kForbidden ? kFindings : kOk;
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
}

}  // namespace daftar::cli
