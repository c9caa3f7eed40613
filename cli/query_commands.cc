// query, explain, count, rank, export.

#include <chrono>
#include <fstream>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "cli/commands.h"
#include "cli/moments.h"
#include "daftar/row_writer.h"

namespace daftar::cli {
namespace {

struct Arguments {
  std::string database;
  std::string table;
  std::vector<std::string> conditions;
  std::vector<std::string> alternatives;
  std::vector<std::string> orders;
  std::vector<std::string> columns;
  std::optional<uint64_t> limit;
  uint64_t offset = 0;
  std::vector<std::string> key;
  std::string index;
  std::string format;
  std::string output;
  std::string as_of;
  Calendar calendar = Calendar::kGregorian;
  std::optional<uint64_t> page_size;
  bool one_state = false;
  std::string continuation;
  bool distinct = false;
  bool plan_only = false;
  bool analyze = false;
};

// "path", "path:asc" or "path:desc".
absl::Status AddOrder(const std::string& text, Query* query) {
  const size_t colon = text.rfind(':');
  const std::string path = text.substr(0, colon);
  const std::string direction = colon == std::string::npos ? "asc" : text.substr(colon + 1);
  if (direction != "asc" && direction != "desc") {
    return absl::InvalidArgumentError(
        absl::StrCat("an order is 'path', 'path:asc' or 'path:desc'; order=", text));
  }
  query->OrderBy(path,
                 direction == "desc" ? SortDirection::kDescending : SortDirection::kAscending);
  return absl::OkStatus();
}

absl::StatusOr<Query> ToQuery(const Arguments& arguments) {
  Query query(arguments.table);
  for (const std::string& condition : arguments.conditions) {
    query.Where(std::string_view(condition));
  }
  std::vector<AllOf> alternatives;
  for (const std::string& text : arguments.alternatives) {
    alternatives.push_back(AllOf().Where(std::string_view(text)));
  }
  if (!alternatives.empty()) query.WhereAny(std::move(alternatives));
  for (const std::string& order : arguments.orders) {
    if (auto status = AddOrder(order, &query); !status.ok()) return status;
  }
  if (arguments.limit.has_value()) query.Limit(*arguments.limit);
  query.Offset(arguments.offset);
  if (arguments.page_size.has_value()) {
    query.Limit(*arguments.page_size)
        .Paged(arguments.one_state ? PageState::kOneState : PageState::kNewest);
  }
  if (!arguments.continuation.empty()) query.After(arguments.continuation);
  query.Select(arguments.columns);
  query.ShownIn(arguments.calendar);
  if (arguments.distinct) query.Distinct();
  if (arguments.analyze) query.Timed();
  if (!arguments.index.empty()) query.UseIndex(arguments.index);
  return query;
}

// Without a moment, what is read is the newest state, or the one that a continuation is of.
absl::StatusOr<Cursor> Run(const Database& database, const std::string& as_of, const Query& query) {
  if (as_of.empty()) return database.Run(query);
  const auto view = ViewAt(database, as_of);
  if (!view.ok()) return view.status();
  return database.Run(*view, query);
}

absl::Status WriteRows(Cursor* cursor, const RowWriterOptions& options,
                       const RowWriter::Output& output) {
  std::vector<std::string> names;
  std::vector<bool> is_json;
  for (const Cursor::ColumnInfo& column : cursor->columns()) {
    names.push_back(column.name);
    is_json.push_back(column.is_json);
  }
  auto writer = RowWriter::Create(options, names, output);
  std::vector<RowCell> cells(names.size());
  while (true) {
    const auto more = cursor->Next();
    if (!more.ok()) return more.status();
    if (!*more) return writer->Finish();
    for (size_t i = 0; i < cells.size(); ++i) {
      const Value& value = cursor->values()[i];
      const auto* text = value.get_if<std::string>();
      if (is_json[i] && text != nullptr) {
        cells[i] = *text == "null" ? RowCell(Value()) : RowCell(RawJson{*text});
      } else {
        cells[i] = value;
      }
    }
    if (auto status = writer->Write(cells); !status.ok()) return status;
  }
}

// Whole records as JSON need no columns.
absl::Status WriteRecords(Cursor* cursor, bool as_array, const RowWriter::Output& output) {
  bool first = true;
  while (true) {
    const auto more = cursor->Next();
    if (!more.ok()) return more.status();
    if (!*more) break;
    const auto json = cursor->ToJson();
    if (!json.ok()) return json.status();
    const std::string_view before = !as_array ? "" : first ? "[\n" : ",\n";
    first = false;
    if (auto status = output(absl::StrCat(before, *json, as_array ? "" : "\n")); !status.ok()) {
      return status;
    }
  }
  if (!as_array) return absl::OkStatus();
  return output(first ? "[]\n" : "\n]\n");
}

absl::Status WriteResult(const Database& database, const Arguments& arguments, Query query,
                         const RowWriter::Output& output) {
  const auto format = RowFormatFromName(arguments.format);
  if (!format.ok()) return format.status();
  const bool json = *format == RowFormat::kJson || *format == RowFormat::kJsonLines;
  if (query.columns().empty() && !json) {
    const auto table = database.DescribeTable(query.table());
    if (!table.ok()) return table.status();
    std::vector<std::string> columns;
    for (const auto& field : table->fields) columns.push_back(field.name);
    query.Select(std::move(columns));
  }
  auto cursor = Run(database, arguments.as_of, query);
  if (!cursor.ok()) return cursor.status();
  const absl::Status written =
      query.columns().empty()
          ? WriteRecords(&*cursor, *format == RowFormat::kJson, output)
          : WriteRows(&*cursor, {*format, TerminalWidth(), "", arguments.calendar}, output);
  if (!written.ok() || !arguments.page_size.has_value()) return written;
  const auto continuation = cursor->Continuation();
  if (!continuation.ok()) return continuation.status();
  // Beside the rows, which may go into a file or another program.
  if (!continuation->empty()) std::cerr << "next page: --continue " << *continuation << "\n";
  return absl::OkStatus();
}

absl::Status WriteToFile(const Database& database, const Arguments& arguments, Query query) {
  std::ofstream file(arguments.output, std::ios::binary | std::ios::trunc);
  const auto failed = [&] {
    return absl::UnavailableError(absl::StrCat("file cannot be written; file=", arguments.output));
  };
  const auto to_file = [&](std::string_view text) {
    file << text;
    return file ? absl::OkStatus() : failed();
  };
  if (!file) return failed();
  if (auto status = WriteResult(database, arguments, std::move(query), to_file); !status.ok()) {
    return status;
  }
  return file.flush() ? absl::OkStatus() : failed();
}

absl::StatusOr<ExitCode> RunQuery(const Arguments& arguments) {
  auto query = ToQuery(arguments);
  if (!query.ok()) return query.status();
  auto database = OpenDatabase(arguments.database, true);
  if (!database.ok()) return database.status();
  if (!arguments.output.empty() && arguments.output != "-") {
    if (auto status = WriteToFile(**database, arguments, *std::move(query)); !status.ok()) {
      return status;
    }
    return kOk;
  }
  if (auto status = WriteResult(**database, arguments, *std::move(query), PrintPart);
      !status.ok()) {
    return status;
  }
  if (auto status = Print(""); !status.ok()) return status;
  return kOk;
}

std::string Milliseconds(std::chrono::nanoseconds time) {
  return absl::StrFormat("%.3f ms", std::chrono::duration<double, std::milli>(time).count());
}

// What each step did and took.
std::string Analysis(const Cursor& cursor) {
  const QueryCounts counts = cursor.counts();
  const QueryTimes times = cursor.times();
  std::string text;
  absl::StrAppend(&text, "read ", counts.entries_read, " entries: ", Milliseconds(times.read),
                  "\n");
  if (counts.fetches > 0) {
    absl::StrAppend(&text, "fetched ", counts.records_fetched, " records in ", counts.fetches,
                    " batches: ", Milliseconds(times.fetch), "\n");
  }
  absl::StrAppend(&text, "found ", counts.matches, " rows that match: ", Milliseconds(times.match),
                  "\n");
  if (times.sort.count() > 0) absl::StrAppend(&text, "sorted: ", Milliseconds(times.sort), "\n");
  absl::StrAppend(&text, "gave ", counts.rows, " rows: ", Milliseconds(times.total), " in all\n");
  return text;
}

absl::StatusOr<ExitCode> RunExplain(const Arguments& arguments) {
  auto query = ToQuery(arguments);
  if (!query.ok()) return query.status();
  auto database = OpenDatabase(arguments.database, true);
  if (!database.ok()) return database.status();
  auto cursor = Run(**database, arguments.as_of, *query);
  if (!cursor.ok()) return cursor.status();
  std::string text = cursor->Explain();
  if (!arguments.plan_only) {
    while (true) {
      const auto more = cursor->Next();
      if (!more.ok()) return more.status();
      if (!*more) break;
    }
    const QueryCounts counts = cursor->counts();
    absl::StrAppend(&text, "ran: ", counts.entries_read, " entries read, ", counts.records_fetched,
                    " records fetched, ", counts.rows, " rows\n");
    if (arguments.analyze) text += Analysis(*cursor);
  }
  if (auto status = Print(text); !status.ok()) return status;
  return kOk;
}

absl::StatusOr<ExitCode> RunCount(const Arguments& arguments) {
  const auto query = ToQuery(arguments);
  if (!query.ok()) return query.status();
  auto database = OpenDatabase(arguments.database, true);
  if (!database.ok()) return database.status();
  const auto view = ViewAt(**database, arguments.as_of);
  if (!view.ok()) return view.status();
  const auto started = std::chrono::steady_clock::now();
  const auto counted = (*database)->Count(*view, *query);
  const auto took = std::chrono::steady_clock::now() - started;
  if (!counted.ok()) return counted.status();
  std::string text = absl::StrCat(counted->records, "\n");
  if (arguments.plan_only || arguments.analyze) {
    text = absl::StrCat(counted->plan, "ran: ", counted->groups_read, " groups read, ",
                        counted->entries_read, " entries read, ", counted->records_fetched,
                        " records fetched, ", counted->records, " records counted\n");
    if (arguments.analyze) absl::StrAppend(&text, Milliseconds(took), "\n");
  }
  if (auto status = Print(text); !status.ok()) return status;
  return kOk;
}

absl::StatusOr<ExitCode> RunRank(const Arguments& arguments) {
  const auto query = ToQuery(arguments);
  if (!query.ok()) return query.status();
  auto database = OpenDatabase(arguments.database, true);
  if (!database.ok()) return database.status();
  const auto view = ViewAt(**database, arguments.as_of);
  if (!view.ok()) return view.status();
  const auto ranked = (*database)->Rank(*view, *query, ToKey(arguments.key));
  if (!ranked.ok()) return ranked.status();
  if (!ranked->has_value()) {
    return absl::NotFoundError(absl::StrCat(
        "the record is not there, or does not meet the conditions; table=", arguments.table,
        "; key=", absl::StrJoin(arguments.key, ", ")));
  }
  const RankResult& rank = **ranked;
  std::string text = absl::StrCat(rank.before + 1, " of ", rank.records, "\n");
  if (arguments.plan_only) {
    absl::StrAppend(&text, rank.plan, "ran: ", rank.entries_read, " entries read, ",
                    rank.records_fetched, " records fetched\n");
  }
  if (auto status = Print(text); !status.ok()) return status;
  return kOk;
}

void AddDatabaseAndTable(CLI::App* command, const std::shared_ptr<Arguments>& arguments) {
  command->add_option("DB", arguments->database, "the database directory")->required();
  command->add_option("TABLE", arguments->table, "the table's name")->required();
}

void AddConditions(CLI::App* command, const std::shared_ptr<Arguments>& arguments) {
  command
      ->add_option("--where", arguments->conditions,
                   "a condition: 'path op value' with op = != < <= > >= ^= (starts with), "
                   "'path in (a, b)', 'path is null', 'path is not null'; all must be met")
      ->take_all()
      ->allow_extra_args(false);
  command
      ->add_option("--any", arguments->alternatives,
                   "conditions as of --where, joined by ' and ', values with spaces in 'quotes'; "
                   "of those given, one must be met")
      ->take_all()
      ->allow_extra_args(false);
  command->add_option("--index", arguments->index,
                      "use this index, 'primary', or several, as in 'byZone and byState'; default: "
                      "the planner chooses");
  AddAsOf(command, &arguments->as_of);
}

void AddSource(CLI::App* command, const std::shared_ptr<Arguments>& arguments) {
  AddDatabaseAndTable(command, arguments);
  AddConditions(command, arguments);
}

CLI::Option* AddOrders(CLI::App* command, const std::shared_ptr<Arguments>& arguments) {
  return command->add_option("--order-by", arguments->orders, "'path', 'path:asc' or 'path:desc'")
      ->delimiter(',')
      ->allow_extra_args(false);
}

void AddQueryOptions(CLI::App* command, const std::shared_ptr<Arguments>& arguments) {
  AddSource(command, arguments);
  AddOrders(command, arguments);
  command->add_option("--limit", arguments->limit, "stop after this many rows");
  command->add_option("--offset", arguments->offset, "leave out this many rows at first");
  command->add_option("--select", arguments->columns, "paths to show, separated by commas")
      ->delimiter(',')
      ->allow_extra_args(false);
  command->add_flag("--distinct", arguments->distinct, "print rows with equal columns once");
}

void AddPaging(CLI::App* command, const std::shared_ptr<Arguments>& arguments) {
  CLI::Option* size =
      command
          ->add_option("--page-size", arguments->page_size,
                       "give at most this many rows, and on standard error what to --continue with")
          ->excludes("--limit");
  command
      ->add_flag("--one-state", arguments->one_state,
                 "read all pages from the state of this one; default: each from the newest")
      ->needs(size);
  command->add_option("--continue", arguments->continuation,
                      "go on after the page that printed this; with the same conditions and order");
}

}  // namespace

void AddQueryCommands(CLI::App* app, Runner* runner) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* query = app->add_subcommand("query", "Print the records that meet conditions");
  AddQueryOptions(query, arguments);
  AddPaging(query, arguments);
  AddCalendar(query, &arguments->calendar);
  query->add_option("--format", arguments->format, "table, json, jsonl, csv or tsv")
      ->default_val("table");
  query->callback([=] { *runner = [=] { return RunQuery(*arguments); }; });

  auto explained = std::make_shared<Arguments>();
  CLI::App* explain =
      app->add_subcommand("explain", "Show how a query is answered, and what that reads");
  AddQueryOptions(explain, explained);
  AddPaging(explain, explained);
  CLI::Option* plan_only =
      explain->add_flag("--plan-only", explained->plan_only, "do not run the query");
  explain->add_flag("--analyze", explained->analyze, "show what each step did and took")
      ->excludes(plan_only);
  explain->callback([=] { *runner = [=] { return RunExplain(*explained); }; });

  auto counted = std::make_shared<Arguments>();
  CLI::App* count = app->add_subcommand("count", "Count the records that meet conditions");
  AddSource(count, counted);
  count->add_flag("--explain", counted->plan_only, "show how, and what was read");
  count->add_flag("--analyze", counted->analyze, "show that, and how long it took");
  count->callback([=] { *runner = [=] { return RunCount(*counted); }; });

  auto ranked = std::make_shared<Arguments>();
  CLI::App* rank = app->add_subcommand("rank", "Say where a record stands among those in an order");
  AddDatabaseAndTable(rank, ranked);
  rank->add_option("KEY", ranked->key, "the values of the primary key")->required();
  AddConditions(rank, ranked);
  AddOrders(rank, ranked)->required();
  rank->add_flag("--explain", ranked->plan_only, "show how, and what was read");
  rank->callback([=] { *runner = [=] { return RunRank(*ranked); }; });

  auto exported = std::make_shared<Arguments>();
  CLI::App* write = app->add_subcommand("export", "Write the records of a table to a file");
  AddQueryOptions(write, exported);
  AddCalendar(write, &exported->calendar);
  write->add_option("--format", exported->format, "jsonl, json, csv or tsv")->default_val("jsonl");
  write->add_option("-o,--output", exported->output, "the file; default: standard output");
  write->callback([=] { *runner = [=] { return RunQuery(*exported); }; });
}

}  // namespace daftar::cli
