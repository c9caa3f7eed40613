// Imports into a database: whatever the form of the input, the bytes of one commit.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "io/import.h"
#include "io/table_sink.h"
#include "support/status_matchers.h"
#include "support/temp_dir.h"
#include "txn/firm_table.h"

namespace daftar::testing {
namespace {

struct Row {
  std::string code;
  std::string seal;
  std::string size;
  std::string note;
};

// In no order, with empty and quoted cells.
std::vector<Row> ManyRows(int count) {
  std::vector<Row> rows;
  for (int i = 0; i < count; ++i) {
    const int number = i * 7919 % count;
    rows.push_back({absl::StrCat("c", number), i % 3 == 0 ? "" : absl::StrCat("s", number),
                    i % 4 == 0 ? "" : absl::StrCat(i % 9), i % 5 == 0 ? "" : "a, \"note\""});
  }
  return rows;
}

std::string Csv(const std::vector<Row>& rows) {
  std::string text = "code,seal,size,note\n";
  for (const Row& row : rows) {
    absl::StrAppend(&text, row.code, ",", row.seal, ",", row.size, ",",
                    row.note.empty() ? "" : "\"a, \"\"note\"\"\"", "\n");
  }
  return text;
}

std::string Json(const Row& row) {
  std::string text = absl::StrCat("{\"code\":\"", row.code, "\"");
  if (!row.seal.empty()) absl::StrAppend(&text, ",\"seal\":\"", row.seal, "\"");
  if (!row.size.empty()) absl::StrAppend(&text, ",\"size\":", row.size);
  if (!row.note.empty()) absl::StrAppend(&text, R"(,"note":"a, \"note\"")");
  return text + "}";
}

std::string JsonLines(const std::vector<Row>& rows) {
  std::string text;
  for (const Row& row : rows) absl::StrAppend(&text, Json(row), "\n");
  return text;
}

struct Imported {
  absl::Status status;
  Model contents;
};

Imported Import(std::string_view text, const std::string& name, const ImportOptions& options,
                size_t sort_bytes_max = size_t{1} << 20) {
  const TempDir folder;
  const TempDir directory;
  const auto core =
      NewFirmDatabase(storage::OpenRocksStore(directory.path(), SmallRocksOptions()).value());
  Imported imported;
  {
    io::TableSink sink(core.get(), &FirmTable(*core),
                       {.intent = options.mode == ImportMode::kInsert ? WriteIntent::kInsert
                                                                      : WriteIntent::kUpsert,
                        .spill_folder = folder.path(),
                        .sort_bytes_max = sort_bytes_max});
    imported.status = io::RunImport({MakeStringSource(text), name}, "firm", options, sink).status();
  }
  imported.contents = Contents(core->store());
  CheckedFirms(core->store());
  return imported;
}

TEST_CASE("table import: cells, JSON and a commit leave the same bytes", "[io][property]") {
  const std::vector<Row> rows = ManyRows(1500);
  const auto committed = NewFirmDatabase();
  std::vector<txn::RecordWrite> writes;
  for (const Row& row : rows) writes.push_back(Put(*committed, Json(row)));
  REQUIRE_OK(Commit(committed.get(), writes));
  const Model expected = Contents(committed->store());
  const size_t sort_bytes = GENERATE(size_t{1} << 20, size_t{4096});
  const ImportMode mode = GENERATE(ImportMode::kInsert, ImportMode::kUpsert);
  CAPTURE(sort_bytes, static_cast<int>(mode));
  ImportOptions options;
  options.mode = mode;
  const Imported cells = Import(Csv(rows), "f.csv", options, sort_bytes);
  REQUIRE_OK(cells.status);
  CHECK((cells.contents == expected));
  const Imported json = Import(JsonLines(rows), "f.jsonl", options, sort_bytes);
  REQUIRE_OK(json.status);
  CHECK((json.contents == expected));
  // A map with an operation.
  options.map = R"({"tables": {"firm": {"fields": {"code": {"column": "code", "trim": true},
                    "seal": "seal", "size": "size", "note": "note"}}}})";
  const Imported mapped = Import(Csv(rows), "f.csv", options, sort_bytes);
  REQUIRE_OK(mapped.status);
  CHECK((mapped.contents == expected));
}

TEST_CASE("table import: the first wrong cell is told as for JSON, and nothing is there",
          "[io][unit]") {
  const auto [name, line, message] = GENERATE(table<const char*, const char*, const char*>(
      {{"wrong number", "x,y,-1,\n",
        "column 'size' (field size): value does not fit the field; value='-1'; "
        "expected=integer from 0 to 4294967295"},
       {"empty number", "x,y,\"\",\n",
        "column 'size' (field size): value does not fit the field; value=''; "
        "expected=integer from 0 to 4294967295"},
       {"no key", ",y,1,\n",
        "column 'code' (field code): key field is not set; give it a value; table=firm"},
       {"key again", "c7,,1,\n", "line 1255 has the same key; key=c7"},
       {"seal again", "x,s7,1,\n", "line 1255 has the same values of the unique index bySeal"}}));
  CAPTURE(name);
  const Imported nothing = Import("code\n", "f.csv", {});
  const std::string text = Csv(ManyRows(1500)) + line + "bad,bad,bad,\n";
  const Imported imported = Import(text, "f.csv", {});
  CHECK(imported.status.message() == absl::StrCat("f.csv:1502: ", message));
  CHECK((imported.contents == nothing.contents));
}

TEST_CASE("table import: rejects do not depend on how far ahead rows are read", "[io][unit]") {
  const TempDir dir;
  std::vector<Row> rows = ManyRows(2000);
  std::string expected = "code,seal,size,note,_error\n";
  for (size_t i = 100; i < rows.size(); i += 190) {
    rows[i] = {rows[i - 1].code, "", "1", ""};
    absl::StrAppend(&expected, rows[i].code, ",,1,,f.csv:", i + 2, ": line ", i + 1,
                    " has the same key; key=", rows[i].code, "\n");
  }
  ImportOptions options;
  options.rejects = dir / "rejects.csv";
  REQUIRE_OK(Import(Csv(rows), "f.csv", options).status);
  CHECK(ReadFile(dir / "rejects.csv") == expected);
}

}  // namespace
}  // namespace daftar::testing
