// near.

#include <cmath>

#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/moments.h"
#include "daftar/point.h"
#include "daftar/row_writer.h"

namespace daftar::cli {
namespace {

struct Arguments {
  std::string database;
  std::string table;
  std::string of;
  std::vector<std::string> of_record;  // table and key
  std::string within;
  std::optional<size_t> limit;
  std::vector<std::string> conditions;
  std::string index;
  std::vector<std::string> columns;
  std::string format;
  std::string as_of;
  Calendar calendar = Calendar::kGregorian;
};

// How many are shown when nothing says how far or how many.
constexpr size_t kLimitWithout = 10;

absl::StatusOr<Point> CentreOf(const Database& database, const ReadView& view,
                               const Arguments& arguments) {
  if (arguments.of_record.empty()) return ParsePoint(arguments.of);
  Key key(arguments.of_record.begin() + 1, arguments.of_record.end());
  return database.PointOf(view, arguments.of_record.front(), key);
}

absl::StatusOr<NearOptions> OptionsOf(const Arguments& arguments) {
  NearOptions options;
  options.index = arguments.index;
  options.limit = arguments.limit;
  options.where = arguments.conditions;
  if (!arguments.within.empty()) {
    const auto metres = ParseDistance(arguments.within);
    if (!metres.ok()) return metres.status();
    options.within_metres = *metres;
  } else if (!options.limit.has_value()) {
    options.limit = kLimitWithout;
  }
  return options;
}

// What is shown beside the distance: the columns asked for, else the key; nothing where a row is
// the whole record.
absl::StatusOr<std::vector<std::string>> ColumnsOf(const Database& database,
                                                   const Arguments& arguments, RowFormat format) {
  if (!arguments.columns.empty()) return arguments.columns;
  if (format == RowFormat::kJson || format == RowFormat::kJsonLines) {
    return std::vector<std::string>();
  }
  const auto table = database.DescribeTable(arguments.table);
  if (!table.ok()) return table.status();
  std::vector<std::string> columns;
  // A path may be followed by "desc".
  for (const std::string& path : table->key) columns.push_back(path.substr(0, path.find(' ')));
  return columns;
}

absl::StatusOr<RowCell> CellOf(const Record& record, const std::string& path, Calendar calendar) {
  const auto value = record.Get(path);
  if (value.ok()) return RowCell(*value);
  // Lists and structs are no single values.
  auto json = record.GetJson(path, calendar);
  if (!json.ok()) return json.status();
  return RowCell(RawJson{*std::move(json)});
}

absl::Status WriteRows(const std::vector<NearRow>& rows, const std::vector<std::string>& columns,
                       const Arguments& arguments, RowFormat format) {
  std::vector<std::string> names = {"km"};
  if (columns.empty()) names.emplace_back("record");
  names.insert(names.end(), columns.begin(), columns.end());
  auto writer =
      RowWriter::Create({format, TerminalWidth(), "", arguments.calendar}, names, PrintPart);
  for (const NearRow& row : rows) {
    // Metres are all that coordinates of a registry are good for.
    constexpr uint8_t kKilometreDigits = 3;
    std::vector<RowCell> cells = {Value(Decimal{std::llround(row.metres), kKilometreDigits})};
    if (columns.empty()) {
      auto json = row.record.ToJson(arguments.calendar);
      if (!json.ok()) return json.status();
      cells.emplace_back(RawJson{*std::move(json)});
    }
    for (const std::string& path : columns) {
      auto cell = CellOf(row.record, path, arguments.calendar);
      if (!cell.ok()) return cell.status();
      cells.push_back(*std::move(cell));
    }
    if (auto status = writer->Write(cells); !status.ok()) return status;
  }
  return writer->Finish();
}

absl::StatusOr<ExitCode> RunNear(const Arguments& arguments) {
  const auto format = RowFormatFromName(arguments.format);
  if (!format.ok()) return format.status();
  const auto options = OptionsOf(arguments);
  if (!options.ok()) return options.status();
  auto database = OpenDatabase(arguments.database, true);
  if (!database.ok()) return database.status();
  const auto view = ViewAt(**database, arguments.as_of);
  if (!view.ok()) return view.status();
  const auto centre = CentreOf(**database, *view, arguments);
  if (!centre.ok()) return centre.status();
  const auto columns = ColumnsOf(**database, arguments, *format);
  if (!columns.ok()) return columns.status();
  const auto rows = (*database)->Near(*view, arguments.table, *centre, *options);
  if (!rows.ok()) return rows.status();
  if (auto status = WriteRows(*rows, *columns, arguments, *format); !status.ok()) return status;
  if (auto status = Print(""); !status.ok()) return status;
  return kOk;
}

}  // namespace

void AddNear(CLI::App* app, Runner* runner) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* near = app->add_subcommand("near", "Print the records that are near a place");
  near->add_option("DB", arguments->database, "the database directory")->required();
  near->add_option("TABLE", arguments->table, "the table's name")->required();
  auto* of = near->add_option_group("of", "the place");
  of->add_option("--of", arguments->of,
                 "latitude and longitude in degrees, north and east positive: 25.3,60.6");
  constexpr int kWordsMin = 2;
  constexpr int kWordsMax = 17;  // the table, and as many paths as a key has at most
  of->add_option("--of-record", arguments->of_record, "a table and a key: where that record is")
      ->expected(kWordsMin, kWordsMax);
  of->require_option(1);
  near->add_option("--within", arguments->within, "not farther than this: 100km or 2500m");
  near->add_option("--limit", arguments->limit,
                   "the nearest so many; default: 10, or all with --within");
  near->add_option("--where", arguments->conditions,
                   "a condition, 'path op value'; may be repeated: all must be met")
      ->take_all()
      ->allow_extra_args(false);
  near->add_option("--index", arguments->index, "the $point to go by, where there are several");
  near->add_option("--select", arguments->columns,
                   "paths to show, separated by commas; default: the key, in JSON the record")
      ->delimiter(',')
      ->allow_extra_args(false);
  AddAsOf(near, &arguments->as_of);
  AddCalendar(near, &arguments->calendar);
  near->add_option("--format", arguments->format, "table, json, jsonl, csv or tsv")
      ->default_val("table");
  near->callback([=] { *runner = [=] { return RunNear(*arguments); }; });
}

}  // namespace daftar::cli
