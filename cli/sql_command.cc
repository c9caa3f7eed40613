// sql.

#include <atomic>
#include <csignal>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/moments.h"
#include "daftar/row_writer.h"
#include "daftar/sql.h"

namespace daftar::cli {
namespace {

struct Arguments {
  std::string database;
  std::string text;
  std::vector<std::string> parameters;
  std::string format;
  std::string as_of;
  std::string rates;
  std::optional<uint64_t> time_max;
  bool explain = false;
  bool write = false;
  CommitOptions commit;
};

// What Ctrl-C interrupts.
std::atomic<SqlConnection*> running_connection = nullptr;

void HandleInterrupt(int) {
  if (SqlConnection* connection = running_connection.load()) connection->Interrupt();
}

// While it lives, Ctrl-C ends the statement and not the program.
class InterruptGuard {
 public:
  explicit InterruptGuard(SqlConnection* connection) {
    running_connection = connection;
    before_ = std::signal(SIGINT, HandleInterrupt);
  }
  ~InterruptGuard() {
    std::signal(SIGINT, before_);
    running_connection = nullptr;
  }
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

 private:
  void (*before_)(int) = nullptr;
};

// The status with the line of `text` that is wrong below it, and a mark under the place.
absl::Status Pointed(const absl::Status& status, std::string_view text,
                     std::optional<size_t> offset) {
  if (!offset.has_value() || *offset > text.size()) return status;
  const size_t line_begin = text.substr(0, *offset).rfind('\n') + 1;
  const std::string_view line = text.substr(line_begin, text.find('\n', line_begin) - line_begin);
  const std::string_view before = text.substr(line_begin, *offset - line_begin);
  return absl::Status(status.code(), absl::StrCat(status.message(), "\n  ", line, "\n  ",
                                                  std::string(DisplayWidth(before), ' '), "^"));
}

// "name=value", and whether a statement had such a parameter.
struct Parameter {
  std::string name;
  std::string value;
  bool used = false;
};

absl::StatusOr<std::vector<Parameter>> ParseParameters(const std::vector<std::string>& texts) {
  std::vector<Parameter> parameters;
  for (const std::string& text : texts) {
    const size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("a parameter is 'name=value'; parameter=", text));
    }
    parameters.push_back({text.substr(0, equals), text.substr(equals + 1), false});
  }
  return parameters;
}

// All values are text: where a column is a number, SQLite reads a number. Each statement of several
// takes those that it has.
absl::Status BindParameters(std::vector<Parameter>* parameters, SqlStatement* statement) {
  for (Parameter& parameter : *parameters) {
    const absl::Status status = statement->Bind(parameter.name, Value(parameter.value));
    if (status.ok()) {
      parameter.used = true;
    } else if (!absl::IsNotFound(status)) {
      return status;
    }
  }
  return absl::OkStatus();
}

// A name that no statement has is a slip. Errors: InvalidArgument.
absl::Status CheckUsed(const std::vector<Parameter>& parameters) {
  for (const Parameter& parameter : parameters) {
    if (parameter.used) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("no statement has this parameter; name=", parameter.name));
  }
  return absl::OkStatus();
}

void WarnOfNamesLeftOut(const SqlStatement& statement) {
  if (!statement.names_left_out()) return;
  std::cerr << "there is more: MATCH looks at the best names only; say more of the name\n";
}

absl::Status PrintRows(SqlStatement* statement, RowFormat format) {
  const std::vector<SqlStatement::Column> columns = statement->columns();
  std::vector<std::string> names;
  for (const SqlStatement::Column& column : columns) names.push_back(column.name);
  auto writer = RowWriter::Create({format, TerminalWidth(), "", {}}, names, PrintPart);
  std::vector<RowCell> cells(columns.size());
  while (true) {
    const auto more = statement->Next();
    if (!more.ok()) return more.status();
    if (!*more) break;
    for (size_t i = 0; i < columns.size(); ++i) {
      Value value = statement->value(i);
      const auto* text = value.get_if<std::string>();
      cells[i] = columns[i].is_json && text != nullptr ? RowCell(RawJson{*text}) : RowCell(value);
    }
    if (auto status = writer->Write(cells); !status.ok()) return status;
  }
  if (auto status = writer->Finish(); !status.ok()) return status;
  if (auto status = Print(""); !status.ok()) return status;
  WarnOfNamesLeftOut(*statement);
  return absl::OkStatus();
}

absl::Status PrintPlan(SqlStatement* statement) {
  const auto plan = statement->Explain();
  if (!plan.ok()) return plan.status();
  uint64_t rows = 0;
  while (true) {
    const auto more = statement->Next();
    if (!more.ok()) return more.status();
    if (!*more) break;
    ++rows;
  }
  const QueryCounts counts = statement->counts();
  return Print(absl::StrCat(*plan, "ran: ", counts.entries_read, " entries read, ",
                            counts.records_fetched, " records fetched, ", rows, " rows\n"));
}

absl::Status RunStatement(const Arguments& arguments, RowFormat format, SqlStatement* statement) {
  if (arguments.explain) return PrintPlan(statement);
  if (!statement->columns().empty()) return PrintRows(statement, format);
  if (auto status = statement->Next().status(); !status.ok()) return status;
  WarnOfNamesLeftOut(*statement);
  if (!statement->writes() || format != RowFormat::kTable) return absl::OkStatus();
  return Print(absl::StrCat(statement->rows_changed(), " rows changed\n"));
}

absl::StatusOr<ExitCode> RunSql(const Arguments& arguments) {
  const auto format = RowFormatFromName(arguments.format);
  if (!format.ok()) return format.status();
  std::string text = arguments.text;
  if (text == "-") {
    auto read = ReadText("-");
    if (!read.ok()) return read.status();
    text = *std::move(read);
  }
  auto parameters = ParseParameters(arguments.parameters);
  if (!parameters.ok()) return parameters.status();
  auto database = OpenDatabase(arguments.database, !arguments.write);
  if (!database.ok()) return database.status();
  SqlOptions options;
  options.as_of = arguments.as_of;
  if (arguments.time_max.has_value()) {
    options.time_max = std::chrono::milliseconds(*arguments.time_max);
  }
  options.rates = arguments.rates;
  options.writable = arguments.write;
  options.commit = arguments.commit;
  auto sql = SqlConnection::Open(**database, options);
  if (!sql.ok()) return sql.status();
  const InterruptGuard guard(&*sql);
  std::string_view rest = text;
  while (true) {
    const std::string_view remaining = rest;
    auto statement = sql->PrepareNext(&rest);
    if (!statement.ok()) return Pointed(statement.status(), remaining, sql->error_offset());
    if (!statement->has_value()) break;
    if (auto status = BindParameters(&*parameters, &**statement); !status.ok()) return status;
    if (auto status = RunStatement(arguments, *format, &**statement); !status.ok()) return status;
  }
  if (auto status = CheckUsed(*parameters); !status.ok()) return status;
  if (sql->in_transaction()) {
    return absl::FailedPreconditionError(
        "the statements end within a transaction, which is given up; end them with COMMIT");
  }
  return kOk;
}

}  // namespace

void AddSql(CLI::App* app, Runner* runner) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app->add_subcommand("sql", "Run statements of SQL; docs/sql.md");
  command->add_option("DB", arguments->database, "the database directory")->required();
  command->add_option("SQL", arguments->text, "one or more statements; - for standard input")
      ->required();
  command
      ->add_option(
          "--param", arguments->parameters,
          "name=value: the value of :name in the statements, never made part of their text")
      ->take_all()
      ->allow_extra_args(false);
  command->add_option("--format", arguments->format, "table, csv, tsv, json or jsonl")
      ->default_val("table");
  AddAsOf(command, &arguments->as_of);
  command->add_flag("--explain", arguments->explain,
                    "show the plan and what running it read, in place of the rows");
  command->add_option("--time-max", arguments->time_max,
                      "milliseconds after which a statement is stopped");
  command
      ->add_option("--rates", arguments->rates,
                   "the table of exchange rates that converted() goes by")
      ->default_val("rate");
  command->add_flag("--write", arguments->write, "let statements write; without it they only read");
  AddStatement(command, &arguments->commit);
  command->callback([=] { *runner = [=] { return RunSql(*arguments); }; });
}

}  // namespace daftar::cli
