#include "io/import.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <functional>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "io/test_sink.h"
#include "support/status_matchers.h"
#include "support/temp_dir.h"

namespace daftar::io {
namespace {

using testing::StatusIs;
using testing::TempDir;

absl::StatusOr<ImportReport> Run(std::string_view text, const std::string& name,
                                 const ImportOptions& options, RecordSink& sink) {
  return RunImport({MakeStringSource(text), name}, "t", options, sink);
}

// Refuses records whose "score" is not a number, as a table would.
absl::Status RefuseBadScores(const record::JsonValue& value) {
  const record::JsonValue* score = value.Find("score");
  if (score == nullptr || score->as_string() == nullptr) return absl::OkStatus();
  if (score->as_string()->find_first_not_of("0123456789") == std::string::npos) {
    return absl::OkStatus();
  }
  return InvalidArgument("value is not an integer; write digits only")
      .With("field", "score")
      .With("value", *score->as_string());
}

TEST_CASE("import: columns are fields when there is no map", "[io][unit]") {
  TestSink sink;
  REQUIRE_OK_AND_ASSIGN(
      const ImportReport report,
      Run("id,names[1].text,names[0].text,_error\n1,b,a,old\n2,,,\n", "x.csv", {}, sink));
  CHECK(sink.finished);
  CHECK(sink.records == std::vector<std::string>{
                            R"({"id":"1","names":[{"text":"a"},{"text":"b"}]})", R"({"id":"2"})"});
  CHECK(sink.lines == std::vector<uint64_t>{2, 3});
  CHECK(report.rows_read == 2);
  CHECK(report.records_written == 2);
  CHECK(report.bytes_read == 53);
}

TEST_CASE("import: JSON rows are records when there is no map", "[io][unit]") {
  const auto [name, text] = GENERATE(table<const char*, const char*>({
      {"x.jsonl", "{\"id\":1.50}\n{\"id\":[null]}\n"},
      {"x.json", "[{\"id\":1.50},\n{\"id\":[null]}]"},
  }));
  CAPTURE(name);
  TestSink sink;
  REQUIRE_OK(Run(text, name, {}, sink));
  CHECK(sink.records == std::vector<std::string>{R"({"id":1.50})", R"({"id":[null]})"});
}

TEST_CASE("import: the first bad row ends it and nothing is written", "[io][unit]") {
  const auto [name, text, message] = GENERATE(table<const char*, const char*, const char*>({
      {"firms.csv", "id,score\n1,2\n3,abc\n4,5\n",
       "firms.csv:3: column 'score' (field score): value is not an integer; write digits only; "
       "value=abc"},
      {"firms.tsv", "id\tscore\n1\n",
       "firms.tsv:2: the row has another number of cells than the header; cells=1; columns=2"},
      {"firms.csv", "id,score\n1,\xFF\n", "firms.csv:2: a cell is not UTF-8"},
      {"firms.jsonl", "{\"score\":\"x\"}\n", "firms.jsonl:1: column 'score' (field score): value"},
      {"firms.jsonl", "{}\n[1]\n",
       "firms.jsonl:2: a row must be a JSON object; line=2; it is=an array"},
      {"firms.jsonl", "{\"_error\":\"\",\"_line\":7,\"text\":\"{oops\"}\n",
       "firms.jsonl:1: a rejected row is not corrected; write it as \"row\""},
      {"firms.jsonl", "{}\n{]\n", "firms.jsonl:2: JSON does not parse; line=2; column=2"},
      {"firms.csv", "id,score\n1,\"2\n", "firms.csv: a quoted cell is not closed before the end"},
      {"firms.csv", "", "firms.csv: input is empty"},
      {"firms.csv", "first name\nx\n",
       "firms.csv: column name does not name a field; name it so or use an import map; "
       "column=first name; cause=it is not a path such as"},
      {"firms.txt", "", "the file name does not tell the format; say csv, tsv, jsonl or json"},
  }));
  CAPTURE(name, text);
  TestSink sink;
  sink.refuse = RefuseBadScores;
  const auto report = Run(text, name, {}, sink);
  INFO(report.status());
  CHECK_THAT(report, StatusIs(absl::StatusCode::kInvalidArgument, message));
  CHECK_FALSE(sink.finished);
}

TEST_CASE("import: errors name the column that a map took the field from", "[io][unit]") {
  ImportOptions options;
  options.map = R"({"tables": {"t": {"each": {"s": {"column": "Scores", "split": ";"}},
                    "fields": {"id": {"template": "{A}{B}"}, "score": "@s"}}}})";
  TestSink sink;
  sink.refuse = RefuseBadScores;
  CHECK_THAT(Run("A,B,Scores\n1,2,3;x\n", "f.csv", options, sink),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "f.csv:2: column 'Scores' (field score): value is not an integer"));
  // A row is taken as a whole or not at all.
  CHECK(sink.records.empty());
  sink.refuse = [](const record::JsonValue&) -> absl::Status {
    return AlreadyExists("record exists").With("field", "id").With("key", "12");
  };
  CHECK_THAT(Run("A,B,Scores\n1,2,3\n", "f.csv", options, sink),
             StatusIs(absl::StatusCode::kAlreadyExists,
                      "f.csv:2: column 'A, B' (field id): record exists; key=12"));
  sink.refuse = [](const record::JsonValue&) -> absl::Status {
    return InvalidArgument("field is missing").With("field", "kind");
  };
  CHECK_THAT(Run("A,B,Scores\n1,2,3\n", "f.csv", options, sink),
             StatusIs(absl::StatusCode::kInvalidArgument, "f.csv:2: field kind: field is missing"));
}

TEST_CASE("import: bad rows go to the rejects file and can be imported again", "[io][unit]") {
  const TempDir dir;
  const auto [name, text, rejects] = GENERATE(table<const char*, const char*, const char*>({
      {"f.csv", "id,score,\"t,x\"\n1,2,\n3,abc,\"a\n\"\"b\"\n4,5\n6,7,8\n",
       "id,score,\"t,x\",_error\n3,abc,\"a\n\"\"b\",f.csv:3: column 'score' (field score): value "
       "is not an integer; write digits only; value=abc\n"
       "4,5,f.csv:5: the row has another number of cells than the header; cells=2; columns=3\n"},
      {"f.csv", "id,_error,score\n3,\"old, one\",abc\n1,,2\n6,,7\n",
       "id,_error,score\n3,f.csv:2: column 'score' (field score): value is not an integer; write "
       "digits only; value=abc,abc\n"},
      {"f.tsv", "id\tscore\n1\t2\n3\ta\"c\n6\t7\n",
       "id\tscore\t_error\n3\ta\"c\tf.tsv:3: column 'score' (field score): value is not an "
       "integer; write digits only; value=a\"c\n"},
      {"f.jsonl", "{\"id\":1}\n{\"score\": \"x\"}\n{oops\n{\"id\":6}\n",
       "{\"_error\":\"f.jsonl:2: column 'score' (field score): value is not an integer; write "
       "digits only; value=x\",\"_line\":2,\"row\":{\"score\":\"x\"}}\n"
       "{\"_error\":\"f.jsonl:3: JSON does not parse; line=3; column=2; cause=parsing object key "
       "- invalid literal; expected string literal\",\"_line\":3,\"text\":\"{oops\"}\n"},
      {"f.json", "[{\"id\":1},\n{\"score\":\n\"x\"},\n{\"id\":6}]",
       "{\"_error\":\"f.json:2: column 'score' (field score): value is not an integer; write "
       "digits only; value=x\",\"_line\":2,\"row\":{\"score\":\"x\"}}\n"},
  }));
  CAPTURE(name);
  ImportOptions options;
  options.rejects = dir / "rejects";
  if (std::string_view(text).find("t,x") != std::string_view::npos) {
    options.map = R"({"tables": {"t": {"fields": {"id": "id", "score": "score"}}}})";
  }
  TestSink sink;
  sink.refuse = RefuseBadScores;
  REQUIRE_OK_AND_ASSIGN(const ImportReport report, Run(text, name, options, sink));
  CHECK(sink.finished);
  CHECK(report.records_written == 2);
  CHECK(report.rows_rejected == report.rows_read - 2);
  CHECK(testing::ReadFile(dir / "rejects") == rejects);
}

TEST_CASE("import: lines of a JSON rejects file are the rows in them", "[io][unit]") {
  const std::string text =
      "{\"_error\":\"old\",\"_line\":2,\"row\":{\"id\":1}}\n{\"_error\":\"\",\"_line\":3,\"text\":"
      "\"{oops\"}"
      "\n{\"_error\":\"\",\"_line\":4,\"row\":{\"score\":\"x\"}}\n";
  const TempDir dir;
  ImportOptions options;
  options.rejects = dir / "rejects";
  TestSink sink;
  sink.refuse = RefuseBadScores;
  REQUIRE_OK(Run(text, "f.jsonl", options, sink));
  CHECK(sink.records == std::vector<std::string>{R"({"id":1})"});
  CHECK(testing::ReadFile(dir / "rejects") ==
        "{\"_error\":\"f.jsonl:2: a rejected row is not corrected; write it as \\\"row\\\"\","
        "\"_line\":2,\"text\":\"{oops\"}\n"
        "{\"_error\":\"f.jsonl:3: column 'score' (field score): value is not an integer; write "
        "digits only; value=x\",\"_line\":3,\"row\":{\"score\":\"x\"}}\n");
}

TEST_CASE("import: a rejects file is neither made without need nor overwritten", "[io][unit]") {
  const TempDir dir;
  ImportOptions options;
  options.rejects = dir / "rejects.csv";
  TestSink sink;
  REQUIRE_OK(Run("id\n1\n", "f.csv", options, sink));
  CHECK_FALSE(std::filesystem::exists(dir / "rejects.csv"));
  testing::WriteFile(dir / "rejects.csv", "mine");
  CHECK_THAT(Run("id\n1\n", "f.csv", options, sink),
             StatusIs(absl::StatusCode::kAlreadyExists, "rejects file exists; move it away"));
  CHECK(testing::ReadFile(dir / "rejects.csv") == "mine");
  options.rejects = dir / "no" / "rejects.csv";
  sink.refuse = [](const record::JsonValue&) -> absl::Status { return InvalidArgument("bad"); };
  CHECK_THAT(Run("id\n1\n", "f.csv", options, sink),
             StatusIs(absl::StatusCode::kUnavailable, "cannot make the rejects file"));
}

TEST_CASE("import: errors that are not of a row end it also with rejects", "[io][unit]") {
  const TempDir dir;
  ImportOptions options;
  options.rejects = dir / "rejects.csv";
  TestSink sink;
  sink.refuse = [](const record::JsonValue&) -> absl::Status {
    return ResourceExhausted("disk is full");
  };
  CHECK_THAT(Run("id\n1\n", "f.csv", options, sink),
             StatusIs(absl::StatusCode::kResourceExhausted, "f.csv:2: disk is full"));
  CHECK_FALSE(sink.finished);
  sink.refuse = nullptr;
  CHECK_THAT(Run("id\n1\n\"2\n", "f.csv", options, sink),
             StatusIs(absl::StatusCode::kInvalidArgument, "a quoted cell is not closed"));
  CHECK_FALSE(sink.finished);
}

TEST_CASE("import: a dry run does everything, since the sink knows that it is one", "[io][unit]") {
  ImportOptions options;
  options.dry_run = true;
  uint64_t rows = 0;
  uint64_t bytes = 0;
  options.progress = [&rows, &bytes](uint64_t rows_read, uint64_t bytes_read) {
    rows = rows_read;
    bytes = bytes_read;
  };
  TestSink sink;
  REQUIRE_OK_AND_ASSIGN(const ImportReport report, Run("id\n1\n2\n", "f.csv", options, sink));
  CHECK(sink.finished);
  CHECK(report.records_written == 2);
  CHECK(rows == 2);
  CHECK(bytes == 7);
}

TEST_CASE("import: what the sink finds at the end is an error of the file", "[io][fault]") {
  ImportOptions options;
  options.dry_run = GENERATE(false, true);
  TestSink sink;
  sink.at_finish = AlreadyExists("two records share unique values");
  CHECK_THAT(Run("id\n1\n", "f.csv", options, sink),
             StatusIs(absl::StatusCode::kAlreadyExists, "f.csv: two records share unique values"));
}

TEST_CASE("import: rows that belong together make one record", "[io][unit]") {
  ImportOptions options;
  options.map = R"({"tables": {"t": {"merge_by": ["k", "j"],
    "skip_when": [{"column": "v", "equals": "skip"}],
    "fields": {"id": "k", "name": "n", "legs[0].v": {"column": "v", "null_if": "0"}},
    "flag": {"field": "state", "sum_of": "legs.v", "total": 3, "exact": "exact", "short": "short",
             "over": "over", "none": "none", "name": "id"}}}})";
  TestSink sink;
  REQUIRE_OK_AND_ASSIGN(
      const ImportReport report,
      Run("k,j,n,v\na,1,,1\na,1,x,skip\na,1,y,2\na,2,z,1\nb,,,0\n", "f.csv", options, sink));
  CHECK(absl::StrJoin(sink.records, "\n") ==
        "{\"id\":\"a\",\"legs\":[{\"v\":\"1\"},{\"v\":\"2\"}],\"name\":\"y\",\"state\":\"exact\"}\n"
        "{\"id\":\"a\",\"name\":\"z\",\"legs\":[{\"v\":\"1\"}],\"state\":\"short\"}\n"
        "{\"id\":\"b\",\"state\":\"none\"}");
  CHECK(sink.lines == std::vector<uint64_t>{2, 5, 6});
  CHECK(report.rows_read == 5);
  CHECK(report.rows_skipped == 1);
  CHECK(report.records_written == 3);
  REQUIRE(report.flagged.size() == 1);
  CHECK(report.flagged[0].line == 5);
  CHECK(report.flagged[0].name == "a");
}

TEST_CASE("import: a group with a bad row is rejected as a whole", "[io][unit]") {
  const TempDir dir;
  ImportOptions options;
  options.rejects = dir / "rejects.csv";
  options.map = R"({"tables": {"t": {"merge_by": "k",
    "fields": {"id": "k", "legs[0].v": {"column": "v", "multiply": 1}}}}})";
  TestSink sink;
  REQUIRE_OK_AND_ASSIGN(const ImportReport report,
                        Run("k,v\na,1\na,x\na,3\nb,4\na,5\n", "f.csv", options, sink));
  CHECK(sink.records == std::vector<std::string>{R"({"id":"b","legs":[{"v":"4"}]})"});
  CHECK(report.rows_rejected == 4);
  const std::string rejects = testing::ReadFile(dir / "rejects.csv");
  CHECK(rejects.find("a,1,f.csv:3: column 'v' (field legs.v): value is not a number") !=
        std::string::npos);
  CHECK(rejects.find("a,5,f.csv:6: rows that make one record must follow each other") !=
        std::string::npos);
}

// Lines "i,score" after a header: far more than are on their way between reader and sink at once.
std::string ManyRows(int count, const std::function<std::string(int)>& score) {
  std::string text = "id,score\n";
  for (int i = 0; i < count; ++i) {
    text += std::to_string(i) + "," + score(i) + "\n";
  }
  return text;
}

TEST_CASE("import: rows keep their order and places, however many there are", "[io][unit]") {
  const TempDir dir;
  ImportOptions options;
  options.rejects = dir / "rejects.csv";
  std::vector<uint64_t> told;
  options.progress = [&told](uint64_t rows, uint64_t) { told.push_back(rows); };
  TestSink sink;
  sink.refuse = RefuseBadScores;
  const std::string text =
      ManyRows(20'000, [](int i) { return i % 1000 == 999 ? "bad" : std::to_string(i % 7); });
  REQUIRE_OK_AND_ASSIGN(const ImportReport report, Run(text, "f.csv", options, sink));
  CHECK(report.rows_read == 20'000);
  CHECK(report.records_written == 19'980);
  CHECK(report.rows_rejected == 20);
  CHECK(report.bytes_read == text.size());
  CHECK(told == std::vector<uint64_t>{8192, 16384, 20'000});
  REQUIRE(sink.records.size() == 19'980);
  size_t next = 0;
  std::string rejects = "id,score,_error\n";
  for (int i = 0; i < 20'000; ++i) {
    if (i % 1000 == 999) {
      absl::StrAppend(&rejects, i, ",bad,f.csv:", i + 2, ": column 'score' (field score): ",
                      "value is not an integer; write digits only; value=bad\n");
      continue;
    }
    if (sink.lines[next] != static_cast<uint64_t>(i) + 2) FAIL("line " << i + 2);
    if (!sink.records[next].starts_with("{\"id\":\"" + std::to_string(i) + "\"")) FAIL(i);
    ++next;
  }
  CHECK(testing::ReadFile(dir / "rejects.csv") == rejects);
}

TEST_CASE("import: rows that belong together may lie in different batches", "[io][unit]") {
  ImportOptions options;
  options.map = R"({"tables": {"t": {"merge_by": "k", "fields": {"id": "k",
                    "legs[0].v": "v"}}}})";
  std::string text = "k,v\n";
  std::vector<std::string> expected;
  for (int key = 0; key < 300; ++key) {
    std::string legs;
    for (int i = 0; i < key % 20 + 1; ++i) {
      absl::StrAppend(&text, key, ",", i, "\n");
      absl::StrAppend(&legs, legs.empty() ? "" : ",", "{\"v\":\"", i, "\"}");
    }
    expected.push_back(absl::StrCat("{\"id\":\"", key, "\",\"legs\":[", legs, "]}"));
  }
  TestSink sink;
  REQUIRE_OK(Run(text, "f.csv", options, sink));
  CHECK(sink.records == expected);
}

// Rows without end.
class EndlessSource final : public ByteSource {
 public:
  absl::StatusOr<size_t> Read(char* data, size_t capacity) override {
    static constexpr std::string_view kRow = "1,2\n";
    if (first_) {
      first_ = false;
      return std::string_view("id,score\n").copy(data, capacity);
    }
    size_t count = 0;
    for (; count + kRow.size() <= capacity; count += kRow.size()) kRow.copy(data + count, 4);
    return count;
  }

 private:
  bool first_ = true;
};

TEST_CASE("import: the first bad row ends it whatever comes after", "[io][unit]") {
  for (const uint64_t bad : std::initializer_list<uint64_t>{1, 255, 256, 257, 5000}) {
    CAPTURE(bad);
    TestSink sink;
    uint64_t seen = 0;
    sink.refuse = [&](const record::JsonValue&) -> absl::Status {
      return ++seen < bad ? absl::OkStatus() : InvalidArgument("bad").With("field", "score");
    };
    CHECK_THAT(RunImport({std::make_unique<EndlessSource>(), "f.csv"}, "t", {}, sink),
               StatusIs(absl::StatusCode::kInvalidArgument,
                        absl::StrCat("f.csv:", bad + 1, ": column 'score' (field score): bad")));
    CHECK(sink.records.size() == bad - 1);
    CHECK_FALSE(sink.finished);
  }
}

TEST_CASE("import: what cannot be divided into rows ends it after the rows before", "[io][unit]") {
  const std::string text = ManyRows(1000, [](int) { return "1"; }) + "7,\"open\n";
  TestSink sink;
  CHECK_THAT(Run(text, "f.csv", {}, sink),
             StatusIs(absl::StatusCode::kInvalidArgument, "f.csv: a quoted cell is not closed"));
  CHECK(sink.records.size() == 1000);
  // A bad row before it is told first.
  sink.refuse = [](const record::JsonValue& value) -> absl::Status {
    return *value.Find("id")->as_string() == "998" ? InvalidArgument("bad") : absl::OkStatus();
  };
  CHECK_THAT(Run(text, "f.csv", {}, sink),
             StatusIs(absl::StatusCode::kInvalidArgument, "f.csv:1000: bad"));
}

TEST_CASE("import: a map for other tables is refused", "[io][unit]") {
  ImportOptions options;
  options.map = R"({"tables": {"firm": {"fields": {"id": "k"}}}})";
  TestSink sink;
  CHECK_THAT(Run("k\n1\n", "f.csv", options, sink),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "import map does not describe the table; table=t; it describes=firm"));
}

}  // namespace
}  // namespace daftar::io
