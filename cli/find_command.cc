// find.

#include <cmath>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/commands.h"
#include "cli/moments.h"
#include "daftar/row_writer.h"

namespace daftar::cli {
namespace {

struct Arguments {
  std::string database;
  SearchQuery query;
  bool word = false;
  bool substring = false;
  std::string as_of;
  std::string format;
};

RowCell KeyCell(const Key& key, RowFormat format) {
  if (format != RowFormat::kJson && format != RowFormat::kJsonLines) return Value(KeyText(key));
  return RawJson{absl::StrCat(
      "[",
      absl::StrJoin(key, ",", [](std::string* out, const Value& part) { *out += part.ToJson(); }),
      "]")};
}

absl::Status WriteHits(const SearchResult& result, RowFormat format) {
  const auto writer = RowWriter::Create(
      {format, TerminalWidth(), ""},
      {"table", "key", "text", "from", "to", "reason", "similarity", "field"}, PrintPart);
  for (const SearchHit& hit : result.hits) {
    const auto hundredths = static_cast<int64_t>(std::floor(hit.similarity * 100));
    const std::vector<RowCell> cells = {Value(hit.table),
                                        KeyCell(hit.key, format),
                                        Value(hit.text),
                                        hit.from,
                                        hit.to,
                                        Value(SearchReasonName(hit.reason)),
                                        Value(Decimal{hundredths, 2}),
                                        Value(hit.field)};
    if (auto status = writer->Write(cells); !status.ok()) return status;
  }
  if (auto status = writer->Finish(); !status.ok()) return status;
  return Print("");
}

absl::StatusOr<ExitCode> RunFind(const Arguments& arguments) {
  const auto format = RowFormatFromName(arguments.format);
  if (!format.ok()) return format.status();
  auto database = OpenDatabase(arguments.database, true);
  if (!database.ok()) return database.status();
  const auto view = ViewAt(**database, arguments.as_of);
  if (!view.ok()) return view.status();
  SearchQuery query = arguments.query;
  if (arguments.word) query.mode = SearchMode::kWord;
  if (arguments.substring) query.mode = SearchMode::kSubstring;
  const auto result = (*database)->Search(*view, query);
  if (!result.ok()) return result.status();
  if (result->hits.empty() && *format == RowFormat::kTable) {
    std::cerr << "nothing found\n";
    return kOk;
  }
  if (auto status = WriteHits(*result, *format); !status.ok()) return status;
  if (!result->complete) std::cerr << "there is more: say more of the name, or raise --limit\n";
  return kOk;
}

}  // namespace

void AddFind(CLI::App* app, Runner* runner) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* find = app->add_subcommand(
      "find", "Find records by a name, in any script and spelling, or by a number");
  find->add_option("DB", arguments->database, "the database directory")->required();
  find->add_option("TEXT", arguments->query.text, "the name or number")->required();
  find->add_option("--table", arguments->query.table, "look in this table only");
  find->add_option("--limit", arguments->query.limit, "the most records to print")
      ->default_val(10)
      ->check(CLI::Range(1, 1000));
  CLI::Option* word = find->add_flag("--word", arguments->word,
                                     "only names that have all words of TEXT, in any script");
  find->add_flag("--substring", arguments->substring,
                 "only names that have TEXT anywhere inside them, in its own script")
      ->excludes(word);
  find->add_option("--format", arguments->format, "table, json, jsonl, csv or tsv")
      ->default_val("table");
  AddAsOf(find, &arguments->as_of);
  find->callback([=] { *runner = [=] { return RunFind(*arguments); }; });
}

}  // namespace daftar::cli
