// aggregate.

#include <limits>

#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/moments.h"
#include "daftar/row_writer.h"

namespace daftar::cli {
namespace {

struct Arguments {
  std::string database;
  std::string table;
  std::string aggregate;
  std::vector<std::string> group;
  std::string format;
  std::string as_of;
  Calendar calendar = Calendar::kGregorian;
  bool explain = false;
};

std::vector<std::string> ColumnsOf(const AggregateCursor::Paths& paths) {
  std::vector<std::string> columns = paths.by;
  columns.emplace_back("count");
  for (const std::string& path : paths.sums) columns.push_back(absl::StrCat("sum(", path, ")"));
  for (const std::string& path : paths.mins) columns.push_back(absl::StrCat("min(", path, ")"));
  for (const std::string& path : paths.maxs) columns.push_back(absl::StrCat("max(", path, ")"));
  return columns;
}

RowCell CellOf(const Sum& sum) {
  if (sum.values == 0) return Value();
  // A number of more than 64 bits is no Value, but every format can hold its digits.
  if (sum.unscaled > std::numeric_limits<int64_t>::max() ||
      sum.unscaled < std::numeric_limits<int64_t>::min()) {
    return RawJson{sum.ToString()};
  }
  const auto number = static_cast<int64_t>(sum.unscaled);
  return sum.scale == 0 ? Value(number) : Value(Decimal{number, sum.scale});
}

std::vector<RowCell> CellsOf(const Group& group) {
  std::vector<RowCell> cells(group.by.begin(), group.by.end());
  cells.emplace_back(Value(group.count));
  for (const Sum& sum : group.sums) cells.push_back(CellOf(sum));
  cells.insert(cells.end(), group.mins.begin(), group.mins.end());
  cells.insert(cells.end(), group.maxs.begin(), group.maxs.end());
  return cells;
}

absl::Status WriteGroups(AggregateCursor* cursor, RowWriter* writer) {
  while (true) {
    const auto more = cursor->Next();
    if (!more.ok()) return more.status();
    if (!*more) return writer->Finish();
    if (auto status = writer->Write(CellsOf(cursor->group())); !status.ok()) return status;
  }
}

// Reads the groups without printing them.
absl::StatusOr<std::string> Explanation(AggregateCursor* cursor) {
  while (true) {
    const auto more = cursor->Next();
    if (!more.ok()) return more.status();
    if (!*more) break;
  }
  const AggregateCursor::Counts counts = cursor->counts();
  return absl::StrCat(cursor->Explain(), "ran: ", counts.groups, " groups read, ", counts.entries,
                      " index entries read\n");
}

absl::StatusOr<ExitCode> RunAggregate(const Arguments& arguments) {
  const auto format = RowFormatFromName(arguments.format);
  if (!format.ok()) return format.status();
  auto database = OpenDatabase(arguments.database, true);
  if (!database.ok()) return database.status();
  const auto view = ViewAt(**database, arguments.as_of);
  if (!view.ok()) return view.status();
  AggregateQuery query{arguments.table, arguments.aggregate, {}};
  query.group.assign(arguments.group.begin(), arguments.group.end());
  auto cursor = (*database)->Aggregate(*view, query);
  if (!cursor.ok()) return cursor.status();
  if (arguments.explain) {
    const auto text = Explanation(&*cursor);
    if (!text.ok()) return text.status();
    if (auto status = Print(*text); !status.ok()) return status;
    return kOk;
  }
  const auto writer = RowWriter::Create({*format, TerminalWidth(), "", arguments.calendar},
                                        ColumnsOf(cursor->paths()), PrintPart);
  if (auto status = WriteGroups(&*cursor, writer.get()); !status.ok()) return status;
  if (auto status = Print(""); !status.ok()) return status;
  return kOk;
}

}  // namespace

void AddAggregate(CLI::App* app, Runner* runner) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* aggregate = app->add_subcommand(
      "aggregate", "Print the groups of an aggregate with their counts, sums and extremes");
  aggregate->add_option("DB", arguments->database, "the database directory")->required();
  aggregate->add_option("TABLE", arguments->table, "the table's name")->required();
  aggregate->add_option("NAME", arguments->aggregate, "the aggregate's name, see `schema show`")
      ->required();
  aggregate->add_option("GROUP", arguments->group,
                        "values of the first paths of `by`: only the groups that begin with them");
  aggregate->add_option("--format", arguments->format, "table, json, jsonl, csv or tsv")
      ->default_val("table");
  aggregate->add_flag("--explain", arguments->explain, "show what is read instead of the groups");
  AddAsOf(aggregate, &arguments->as_of);
  AddCalendar(aggregate, &arguments->calendar);
  aggregate->callback([=] { *runner = [=] { return RunAggregate(*arguments); }; });
}

}  // namespace daftar::cli
