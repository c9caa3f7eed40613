// Prepared queries answer as the same query with its values written out.

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "absl/strings/str_cat.h"
#include "api/fixtures.h"
#include "query/row_model.h"

namespace daftar {
namespace {

using testing::InMemory;
using testing::MakeDatabase;
using testing::Random;
using testing::RowsOf;
using testing::TempDir;

constexpr const char* kSchema = R"(
struct Permit $Daftar.table(name = "permit", key = ["serial"])
    $Daftar.index(name = "byZone", on = ["zone", "validTo"], covering = ["firm"])
    $Daftar.index(name = "active", on = ["validTo"], where = "state = active") {
  serial @0 :UInt32;
  zone @1 :Text;
  validTo @2 :Int32 $Daftar.date;
  firm @3 :Text;
  state @4 :State;
}
enum State { draft @0; active @1; }
)";

std::string PermitJson(int serial) {
  return absl::StrCat(R"({"serial": )", serial, R"(, "zone": "Z)", serial % 4,
                      R"(", "validTo": "2026-0)", 1 + serial % 9, R"(-01", "firm": "F)", serial % 7,
                      R"(", "state": ")", serial % 3 == 0 ? "active" : "draft", R"("})");
}

std::unique_ptr<Database> Filled(const TempDir& directory) {
  auto database = MakeDatabase(directory, kSchema, InMemory());
  REQUIRE_OK(database);
  Batch batch = (*database)->NewBatch();
  for (int i = 0; i < 400; ++i) REQUIRE_OK(batch.Put("permit", PermitJson(i)));
  REQUIRE_OK((*database)->Commit(std::move(batch)));
  return *std::move(database);
}

std::string ExplainOf(const absl::StatusOr<Cursor>& cursor) {
  REQUIRE_OK(cursor);
  return cursor->Explain();
}

Query InZone() {
  return Query("permit")
      .Where("zone", Operator::kEqual, Parameter{0})
      .Where("validTo", Operator::kLess, Parameter{1})
      .OrderBy("validTo")
      .Select({"serial", "firm"});
}

TEST_CASE("prepared: the same rows as with the values written out", "[query]") {
  const TempDir directory;
  const auto database = Filled(directory);
  REQUIRE_OK_AND_ASSIGN(const PreparedQuery prepared, database->Prepare(InZone()));
  CHECK(prepared.parameter_count() == 2);
  for (int zone = 0; zone < 6; ++zone) {
    for (const char* day : {"2026-01-01", "2026-04-02", "2030-01-01"}) {
      const std::string name = absl::StrCat("Z", zone);
      CAPTURE(name, day);
      const Query written = Query("permit")
                                .Where("zone", Operator::kEqual, name)
                                .Where("validTo", Operator::kLess, day)
                                .OrderBy("validTo")
                                .Select({"serial", "firm"});
      CHECK(RowsOf(prepared.Run({name, day})) == testing::Rows(*database, written));
      CHECK(ExplainOf(prepared.Run({name, day})) == ExplainOf(database->Run(written)));
    }
  }
}

TEST_CASE("prepared: random questions, each run with several values", "[query][property]") {
  const uint32_t seed = Catch::getSeed();
  CAPTURE(seed);
  Random random(seed);
  const TempDir directory;
  REQUIRE_OK_AND_ASSIGN(auto database, MakeDatabase(directory, testing::kRowSchema, InMemory()));
  Batch batch = database->NewBatch();
  for (uint32_t id = 0; id < 600; ++id) {
    REQUIRE_OK(batch.Put("row", testing::ToJson(random.MakeRow(id))));
  }
  REQUIRE_OK(database->Commit(std::move(batch)));
  constexpr Operator kOperators[] = {Operator::kEqual,   Operator::kNotEqual,
                                     Operator::kLess,    Operator::kLessOrEqual,
                                     Operator::kGreater, Operator::kGreaterOrEqual};
  constexpr const char* kPaths[] = {"a", "u", "e", "f", "parts.n", "id"};
  constexpr const char* kEnum[] = {"none", "red", "blue"};
  for (int round = 0; round < 150; ++round) {
    Query asked("row");
    std::vector<std::pair<std::string, Operator>> conditions;
    for (int i = random.Below(4); i >= 0; --i) {
      conditions.emplace_back(kPaths[random.Below(6)], kOperators[random.Below(6)]);
      asked.Where(conditions.back().first, conditions.back().second,
                  Parameter{conditions.size() - 1});
    }
    asked.OrderBy("id");
    REQUIRE_OK_AND_ASSIGN(const PreparedQuery prepared, database->Prepare(asked));
    for (int run = 0; run < 5; ++run) {
      Query written("row");
      std::vector<Value> values;
      for (const auto& [path, op] : conditions) {
        values.push_back(path == "e" ? Value(kEnum[random.Below(3)]) : Value(random.Below(30)));
        written.Where(path, op, values.back());
      }
      written.OrderBy("id");
      CAPTURE(round, run);
      REQUIRE(RowsOf(prepared.Run(values)) == testing::Rows(*database, written));
    }
  }
}

TEST_CASE("prepared: a value that leaves a partial index gets another plan", "[query]") {
  const TempDir directory;
  const auto database = Filled(directory);
  REQUIRE_OK_AND_ASSIGN(const PreparedQuery prepared,
                        database->Prepare(Query("permit")
                                              .Where("state", Operator::kEqual, Parameter{0})
                                              .Where("validTo", Operator::kEqual, Parameter{1})
                                              .OrderBy("serial")));
  const auto written = [&](const char* state) {
    return testing::Rows(*database, Query("permit")
                                        .Where("state", Operator::kEqual, state)
                                        .Where("validTo", Operator::kEqual, "2026-01-01")
                                        .OrderBy("serial"));
  };
  const auto active = prepared.Run({"active", "2026-01-01"});
  CHECK(ExplainOf(active).find("by index active") != std::string::npos);
  CHECK(RowsOf(prepared.Run({"draft", "2026-01-01"})) == written("draft"));
  CHECK(RowsOf(prepared.Run({"active", "2026-01-01"})) == written("active"));
}

TEST_CASE("prepared: one value in several places, states, pages", "[query]") {
  const TempDir directory;
  const auto database = Filled(directory);
  REQUIRE_OK_AND_ASSIGN(
      const PreparedQuery day,
      database->Prepare(Query("permit")
                            .Where("validTo", Operator::kGreaterOrEqual, Parameter{0})
                            .Where("validTo", Operator::kLessOrEqual, Parameter{0})
                            .Where("state = draft")
                            .Select({"serial"})
                            .Paged()
                            .Limit(3)));
  CHECK(day.parameter_count() == 1);
  const ReadView before = database->View();
  const std::string rows = RowsOf(day.Run({"2026-02-01"}));
  CHECK(rows == "{\"serial\":1}\n{\"serial\":10}\n{\"serial\":19}\n");
  REQUIRE_OK(database->Delete("permit", Key{uint64_t{10}}));
  CHECK(RowsOf(day.Run({"2026-02-01"})) != rows);
  CHECK(RowsOf(day.Run(before, {"2026-02-01"})) == rows);
  auto page = day.Run({"2026-02-01"});
  while (*page->Next()) continue;
  REQUIRE_OK_AND_ASSIGN(const std::string continuation, page->Continuation());
  const Query rest = Query("permit")
                         .Where("validTo >= 2026-02-01")
                         .Where("validTo <= 2026-02-01")
                         .Where("state = draft")
                         .Select({"serial"})
                         .After(continuation);
  CHECK(testing::Rows(*database, rest).starts_with("{\"serial\":37}"));
}

TEST_CASE("prepared: values of alternatives", "[query]") {
  const TempDir directory;
  const auto database = Filled(directory);
  const AllOf soon = AllOf().Where("zone = Z1").Where("validTo", Operator::kLess, Parameter{0});
  const AllOf other = AllOf().Where("zone", Operator::kEqual, Parameter{1});
  REQUIRE_OK_AND_ASSIGN(
      const PreparedQuery prepared,
      database->Prepare(Query("permit").WhereAny({soon, other}).OrderBy("serial")));
  CHECK(prepared.parameter_count() == 2);
  for (const char* day : {"2026-01-01", "2026-04-02"}) {
    for (const char* zone : {"Z1", "Z2", "Z9"}) {
      CAPTURE(day, zone);
      const Query written =
          Query("permit")
              .WhereAny({AllOf().Where("zone = Z1").Where("validTo", Operator::kLess, day),
                         AllOf().Where("zone", Operator::kEqual, zone)})
              .OrderBy("serial");
      CHECK(ExplainOf(prepared.Run({day, zone})) == ExplainOf(database->Run(written)));
      CHECK(RowsOf(prepared.Run({day, zone})) == testing::Rows(*database, written));
    }
  }
}

TEST_CASE("prepared: what does not fit is refused", "[query]") {
  const TempDir directory;
  const auto database = Filled(directory);
  const auto code = [](const auto& result) { return result.status().code(); };
  CHECK(code(database->Run(InZone())) == absl::StatusCode::kInvalidArgument);
  CHECK(code(database->Count(Query("permit").Where("zone", Operator::kEqual, Parameter{0}))) ==
        absl::StatusCode::kInvalidArgument);
  CHECK(code(database->Prepare(Query("permit").Where("zone", Operator::kEqual, Parameter{1}))) ==
        absl::StatusCode::kInvalidArgument);
  CHECK(code(database->Prepare(Query("permit").Where("hall", Operator::kEqual, Parameter{0}))) ==
        absl::StatusCode::kInvalidArgument);
  CHECK(code(database->Prepare(Query("visa"))) == absl::StatusCode::kNotFound);
  REQUIRE_OK_AND_ASSIGN(const PreparedQuery prepared, database->Prepare(InZone()));
  CHECK(code(prepared.Run({"Z1"})) == absl::StatusCode::kInvalidArgument);
  CHECK(code(prepared.Run({"Z1", "2026-01-01", "more"})) == absl::StatusCode::kInvalidArgument);
  CHECK(code(prepared.Run({"Z1", "some day"})) == absl::StatusCode::kInvalidArgument);
  CHECK(code(prepared.Run({"Z1", Value::Null()})) == absl::StatusCode::kInvalidArgument);
  // A run that was refused leaves it as it was.
  CHECK_FALSE(RowsOf(prepared.Run({"Z1", "2030-01-01"})).empty());
}

TEST_CASE("prepared: goes on under another schema", "[query]") {
  const TempDir directory;
  const auto database = Filled(directory);
  REQUIRE_OK_AND_ASSIGN(
      const PreparedQuery prepared,
      database->Prepare(
          Query("permit").Where("firm", Operator::kEqual, Parameter{0}).Select({"serial"})));
  const std::string rows = RowsOf(prepared.Run({"F3"}));
  CHECK(ExplainOf(prepared.Run({"F3"})).find("byFirm") == std::string::npos);
  const auto apply = [&](std::string text) {
    testing::WriteFile(directory / "next.capnp", testing::SchemaText(text));
    return database->ApplySchema({directory / "next.capnp", {}});
  };
  std::string indexed = kSchema;
  const std::string_view at = "    $Daftar.index(name = \"active\"";
  indexed.insert(indexed.find(at), "    $Daftar.index(name = \"byFirm\", on = [\"firm\"])\n");
  REQUIRE_OK(apply(indexed));
  CHECK(ExplainOf(prepared.Run({"F3"})).find("by index byFirm") != std::string::npos);
  std::string again = RowsOf(prepared.Run({"F3"}));
  CHECK(again.size() == rows.size());
  // The name is another one.
  std::string renamed = indexed;
  for (size_t i = renamed.find("firm"); i != std::string::npos; i = renamed.find("firm", i + 5)) {
    renamed.replace(i, 4, "holder");
  }
  REQUIRE_OK(apply(renamed));
  const auto refused = prepared.Run({"F3"});
  CHECK(refused.status().code() == absl::StatusCode::kFailedPrecondition);
  CHECK(refused.status().message().find("firm") != std::string::npos);
}

TEST_CASE("prepared: run from several threads beside a writer", "[query][threads]") {
  const TempDir directory;
  const auto database = Filled(directory);
  REQUIRE_OK_AND_ASSIGN(const PreparedQuery prepared, database->Prepare(InZone()));
  std::atomic<bool> done = false;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> readers;
  for (int reader = 0; reader < 3; ++reader) {
    readers.emplace_back([&, reader] {
      const std::string zone = absl::StrCat("Z", reader);
      while (!done) {
        auto cursor = prepared.Run({zone, "2030-01-01"});
        int rows = 0;
        while (cursor.ok()) {
          const auto more = cursor->Next();
          if (!more.ok() || !*more) break;
          ++rows;
        }
        if (rows != 100) ++wrong;
      }
    });
  }
  absl::Status written;
  for (int i = 0; i < 60 && written.ok(); ++i) {
    // Zones stay as they are.
    written = database->Put("permit", PermitJson(i + 36 * (i % 4)));
    if (written.ok() && i % 20 == 0) written = database->Analyze().status();
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  REQUIRE_OK(written);
  CHECK(wrong == 0);
}

}  // namespace
}  // namespace daftar
