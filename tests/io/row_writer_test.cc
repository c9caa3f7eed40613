#include "daftar/row_writer.h"

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <random>
#include <tuple>

#include "base/status.h"
#include "io/row_source.h"
#include "support/status_matchers.h"

namespace daftar {
namespace {

using testing::StatusIs;
using Rows = std::vector<std::vector<RowCell>>;

absl::StatusOr<std::string> WriteAll(const RowWriterOptions& options,
                                     const std::vector<std::string>& columns, const Rows& rows) {
  std::string text;
  const auto writer = RowWriter::Create(options, columns, [&text](std::string_view piece) {
    text.append(piece);
    return absl::OkStatus();
  });
  for (const auto& row : rows) DAFTAR_RETURN_IF_ERROR(writer->Write(row));
  DAFTAR_RETURN_IF_ERROR(writer->Finish());
  return text;
}

Rows Sample() {
  return {{Value(int64_t{7}), Value("پارس, \"x\""), Value(Decimal{-50, 3}), RawJson{"[1,2]"}},
          {Value(), Value(""), Value(Date{19802}), RawJson{"null"}},
          {Value(uint64_t{12345}), Value("a\nb"), Value(Blob{"\x01\xFF"}), RawJson{"{}"}}};
}

TEST_CASE("row writer: the same rows in each format", "[io][unit]") {
  const auto [format, text] = GENERATE(table<RowFormat, const char*>({
      {RowFormat::kCsv,
       "id,\"a,b\",c,j\n7,\"پارس, \"\"x\"\"\",-0.050,\"[1,2]\"\n,\"\",2024-03-20,\n"
       "12345,\"a\nb\",Af8=,{}\n"},
      {RowFormat::kJson,
       "[\n{\"id\":7,\"a,b\":\"پارس, \\\"x\\\"\",\"c\":-0.050,\"j\":[1,2]},\n"
       "{\"id\":null,\"a,b\":\"\",\"c\":\"2024-03-20\",\"j\":null},\n"
       "{\"id\":12345,\"a,b\":\"a\\nb\",\"c\":\"Af8=\",\"j\":{}}\n]\n"},
      {RowFormat::kJsonLines,
       "{\"id\":7,\"a,b\":\"پارس, \\\"x\\\"\",\"c\":-0.050,\"j\":[1,2]}\n"
       "{\"id\":null,\"a,b\":\"\",\"c\":\"2024-03-20\",\"j\":null}\n"
       "{\"id\":12345,\"a,b\":\"a\\nb\",\"c\":\"Af8=\",\"j\":{}}\n"},
      {RowFormat::kTable,
       "   id | a,b       | c          | j\n"
       "------+-----------+------------+------\n"
       "    7 | پارس, \"x\" | -0.050     | [1,2]\n"
       "      |           | 2024-03-20 | null\n"
       "12345 | a␊b       | 01ff       | {}\n"},
  }));
  CAPTURE(static_cast<int>(format));
  REQUIRE_OK_AND_ASSIGN(const std::string written,
                        WriteAll({.format = format}, {"id", "a,b", "c", "j"}, Sample()));
  CHECK(written == text);
}

TEST_CASE("row writer: no rows", "[io][unit]") {
  const auto [format, text] = GENERATE(table<RowFormat, const char*>({
      {RowFormat::kCsv, "a,b\n"},
      {RowFormat::kTsv, "a\tb\n"},
      {RowFormat::kJson, "[]\n"},
      {RowFormat::kJsonLines, ""},
      {RowFormat::kTable, "a | b\n--+--\n"},
  }));
  REQUIRE_OK_AND_ASSIGN(const std::string written, WriteAll({.format = format}, {"a", "b"}, {}));
  CHECK(written == text);
}

TEST_CASE("row writer: TSV refuses what it cannot hold", "[io][unit]") {
  REQUIRE_OK_AND_ASSIGN(const std::string written, WriteAll({.format = RowFormat::kTsv}, {"a", "b"},
                                                            {{Value("x \"y\""), Value()}}));
  CHECK(written == "a\tb\nx \"y\"\t\n");
  CHECK_THAT(WriteAll({.format = RowFormat::kTsv}, {"a", "b"}, {{Value(1), Value("x\ty")}}),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "TSV cannot hold a tab or a line end; use csv or json; column=b; "
                      "value=x\\ty"));
}

TEST_CASE("row writer: a table counts the cells of the terminal", "[io][unit]") {
  CHECK(DisplayWidth("") == 0);
  CHECK(DisplayWidth("abc") == 3);
  CHECK(DisplayWidth("پارس") == 4);
  CHECK(DisplayWidth("می\u200Cرود") == 5);
  CHECK(DisplayWidth("e\u0301") == 1);
  CHECK(DisplayWidth("漢字") == 4);
  CHECK(DisplayWidth("😀") == 2);
  CHECK(DisplayWidth("\xFF") == 1);
  REQUIRE_OK_AND_ASSIGN(
      const std::string written,
      WriteAll({}, {"n", "x"}, {{Value("漢字"), Value("a")}, {Value("می\u200Cرود"), Value("b")}}));
  CHECK(written == "n     | x\n------+--\n漢字  | a\nمی\u200Cرود | b\n");
}

TEST_CASE("row writer: a table is cut to the width of the terminal", "[io][unit]") {
  const Rows rows = {{Value("abcdefghij"), Value("漢字漢字漢字"), Value(int64_t{5})},
                     {Value("x"), Value(), Value()}};
  const auto [width, text] = GENERATE(table<size_t, const char*>({
      {0,
       "first      | second       | n\n-----------+--------------+--\nabcdefghij | 漢字漢字漢字 | "
       "5\nx          | ∅            | ∅\n"},
      {20,
       "first  | second  | n\n-------+---------+--\nabcde… | 漢字漢… | 5\nx      | ∅       | ∅\n"},
      {1, "fir… | sec… | n\n-----+------+--\nabc… | 漢…  | 5\nx    | ∅    | ∅\n"},
  }));
  CAPTURE(width);
  REQUIRE_OK_AND_ASSIGN(const std::string written, WriteAll({.width_max = width, .null_text = "∅"},
                                                            {"first", "second", "n"}, rows));
  CHECK(written == text);
}

TEST_CASE("row writer: tables longer than the measured rows go on", "[io][unit]") {
  Rows rows(2500, {Value("x")});
  rows.push_back({Value("wider than before")});
  REQUIRE_OK_AND_ASSIGN(const std::string written, WriteAll({}, {"a"}, rows));
  CHECK(written.size() == 2 * 2502 + 18);
  CHECK(written.ends_with("x\nwider than before\n"));
}

TEST_CASE("row writer: errors of the output are returned", "[io][unit]") {
  const RowFormat format =
      GENERATE(RowFormat::kTable, RowFormat::kCsv, RowFormat::kTsv, RowFormat::kJson);
  const auto writer = RowWriter::Create({.format = format}, {"a"}, [](std::string_view) {
    return absl::Status(Unavailable("broken pipe"));
  });
  const std::vector<RowCell> row = {Value(std::string(100, 'x'))};
  absl::Status status;
  for (int i = 0; i < 2000 && status.ok(); ++i) status = writer->Write(row);
  if (status.ok()) status = writer->Finish();
  CHECK_THAT(status, StatusIs(absl::StatusCode::kUnavailable, "broken pipe"));
}

TEST_CASE("row writer: format names", "[io][unit]") {
  REQUIRE_OK_AND_ASSIGN(const RowFormat format, RowFormatFromName("jsonl"));
  CHECK(format == RowFormat::kJsonLines);
  CHECK_THAT(RowFormatFromName("xml"), StatusIs(absl::StatusCode::kInvalidArgument,
                                                "known are table, csv, tsv, json, jsonl"));
}

TEST_CASE("row writer: CSV reads back as it was written", "[io][property]") {
  const auto seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  const std::vector<std::string> parts = {"a", ",", "\"", "\n", "\r\n", "\r", " ", "پ", "\t", ""};
  for (int round = 0; round < 200; ++round) {
    const size_t columns = 2 + random() % 3;
    std::vector<std::string> names;
    for (size_t i = 0; i < columns; ++i) names.push_back("c\n," + std::to_string(i));
    Rows rows(random() % 6);
    for (auto& row : rows) {
      for (size_t i = 0; i < columns; ++i) {
        std::string text;
        for (uint64_t n = random() % 5; n > 0; --n) text += parts[random() % parts.size()];
        row.push_back(random() % 4 == 0 ? RowCell(Value()) : RowCell(Value(text)));
      }
    }
    REQUIRE_OK_AND_ASSIGN(const std::string text,
                          WriteAll({.format = RowFormat::kCsv}, names, rows));
    CAPTURE(text);
    auto source = io::OpenRowSource(MakeStringSource(text, 1 + random() % 8), ImportFormat::kCsv);
    REQUIRE_OK(source);
    REQUIRE((*source)->columns() == names);
    io::SourceRow read;
    for (const auto& row : rows) {
      REQUIRE_OK_AND_ASSIGN(const bool found, (*source)->Next(&read));
      REQUIRE(found);
      REQUIRE_OK(read.status);
      for (size_t i = 0; i < columns; ++i) {
        const Value& value = std::get<Value>(row[i]);
        REQUIRE((read.cells[i].data() == nullptr) == value.is_null());
        REQUIRE(read.cells[i] == value.ToString());
      }
    }
    REQUIRE_OK_AND_ASSIGN(const bool found, (*source)->Next(&read));
    REQUIRE_FALSE(found);
  }
}

}  // namespace
}  // namespace daftar
