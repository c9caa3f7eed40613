// Random operations on a database and on std::map side by side, with reopening.

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <cstdlib>
#include <map>
#include <random>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "api/fixtures.h"

namespace daftar {
namespace {

using testing::MakeDatabase;
using testing::TempDir;

// Several shapes of key and index over one set of fields.
struct Shape {
  const char* name;
  const char* schema;
  const char* key_fields;  // as they stand in the JSON, in key order
};

constexpr const char* kFields = R"( {
  a @0 :Int32;
  b @1 :Text;
  c :union { none @2 :Void; value @3 :Int64; }
  tags @4 :List(Text);
  parts @5 :List(Part);
  e @6 :Kind;
}
struct Part { name @0 :Text; share @1 :Int32; }
enum Kind { plain @0; odd @1; rare @2; }
)";

const Shape kShapes[] = {
    {"integer key, no index", "struct T $Daftar.table(name = \"t\", key = [\"a\"])", "a"},
    {"text key, one index",
     "struct T $Daftar.table(name = \"t\", key = [\"b\"])"
     " $Daftar.index(name = \"i\", on = [\"c desc nulls first\", \"a\"])",
     "b"},
    {"compound key, every kind of index",
     "struct T $Daftar.table(name = \"t\", key = [\"b desc\", \"a\"])"
     " $Daftar.index(name = \"plain\", on = [\"a\"], covering = [\"c\", \"e\"])"
     " $Daftar.index(name = \"partial\", on = [\"c\"], where = \"e = odd and c is not null\")"
     " $Daftar.index(name = \"fan\", on = [\"tags desc\"])"
     " $Daftar.index(name = \"parts\", on = [\"parts.name\", \"parts.share desc\", \"e\"])"
     " $Daftar.index(name = \"unique\", on = [\"a\", \"b\", \"e\"], unique = true)",
     "b,a"},
};

uint64_t Steps() {
  uint64_t steps = 0;
  const char* wanted = std::getenv("DAFTAR_MODEL_STEPS");
  if (wanted != nullptr && absl::SimpleAtoi(wanted, &steps)) return steps;
  return 6000;
}

class Model {
 public:
  explicit Model(uint32_t seed) : random_(seed) {}

  uint32_t Below(uint32_t n) { return std::uniform_int_distribution<uint32_t>(0, n - 1)(random_); }

  // A record in the form in which the database prints it.
  std::string RandomRecord(int32_t a, const std::string& b) {
    std::string json = absl::StrCat("{\"a\":", a, ",\"b\":\"", b, "\"");
    if (Below(2) == 0) {
      absl::StrAppend(&json, ",\"c\":", Below(3) == 0 ? INT64_MIN + Below(5) : Below(50));
    }
    if (Below(3) != 0) {
      absl::StrAppend(&json, ",\"tags\":[");
      const uint32_t count = Below(4);
      for (uint32_t i = 0; i < count; ++i) {
        absl::StrAppend(&json, i > 0 ? "," : "", "\"t", Below(6), "\"");
      }
      json += "]";
    }
    if (Below(3) == 0) {
      absl::StrAppend(&json, ",\"parts\":[{\"name\":\"p", Below(4), "\",\"share\":", Below(100),
                      "},{\"share\":", Below(3), "}]");
    }
    constexpr const char* kKinds[] = {"plain", "odd", "rare"};
    return absl::StrCat(json, ",\"e\":\"", kKinds[Below(3)], "\"}");
  }

 private:
  std::mt19937 random_;
};

void CheckEqual(Database& database, const std::map<std::string, std::string>& model,
                const Shape& shape) {
  REQUIRE_OK_AND_ASSIGN(const VerifyReport report, database.Verify());
  INFO((report.problems.empty() ? "" : report.problems.front().message));
  REQUIRE(report.problems_found == 0);
  REQUIRE(report.records == model.size());
  auto cursor = database.Run(Query("t"));
  REQUIRE_OK(cursor);
  size_t rows = 0;
  while (true) {
    REQUIRE_OK_AND_ASSIGN(const bool more, cursor->Next());
    if (!more) break;
    REQUIRE_OK_AND_ASSIGN(const Record record, cursor->record());
    REQUIRE_OK_AND_ASSIGN(const std::string json, record.ToJson());
    REQUIRE_OK_AND_ASSIGN(const Value a, record.Get("a"));
    REQUIRE_OK_AND_ASSIGN(const Value b, record.Get("b"));
    const std::string key = shape.key_fields == std::string("a") ? a.ToString()
                            : shape.key_fields == std::string("b")
                                ? b.ToString()
                                : b.ToString() + "," + a.ToString();
    REQUIRE(model.contains(key));
    REQUIRE(model.at(key) == json);
    ++rows;
  }
  REQUIRE(rows == model.size());
}

TEST_CASE("database: random operations equal a map, also after reopening", "[api][property]") {
  const auto& shape = GENERATE(from_range(std::begin(kShapes), std::end(kShapes)));
  const uint32_t seed = Catch::getSeed();
  CAPTURE(seed, shape.name);
  const TempDir directory;
  auto opened = MakeDatabase(directory, absl::StrCat(shape.schema, kFields));
  REQUIRE_OK(opened);
  std::unique_ptr<Database> database = *std::move(opened);
  Model model(seed);
  std::map<std::string, std::string> records;
  const uint64_t steps = Steps();
  for (uint64_t step = 0; step < steps;) {
    // A batch in the database and on a copy of the few keys it touches.
    Batch batch = database->NewBatch();
    std::map<std::string, std::optional<std::string>> changes;
    bool expect_ok = true;
    const uint32_t size = 1 + model.Below(12);
    for (uint32_t i = 0; i < size && expect_ok; ++i, ++step) {
      const auto a = static_cast<int32_t>(model.Below(40)) - 20;
      const std::string b = absl::StrCat("k", model.Below(9));
      const std::string fields = shape.key_fields;
      const std::string key = fields == "a"   ? absl::StrCat(a)
                              : fields == "b" ? b
                                              : absl::StrCat(b, ",", a);
      const auto changed = changes.find(key);
      const bool exists =
          changed != changes.end() ? changed->second.has_value() : records.contains(key);
      if (model.Below(3) == 0) {
        const Key encoded = fields == "a" ? Key{a} : fields == "b" ? Key{b} : Key{b, a};
        REQUIRE_OK(batch.Delete("t", encoded));
        expect_ok = exists;
        changes[key] = std::nullopt;
      } else {
        const auto intent = static_cast<WriteIntent>(model.Below(3));
        const std::string json = model.RandomRecord(a, b);
        REQUIRE_OK(batch.Put("t", json, intent));
        expect_ok = intent == WriteIntent::kUpsert || exists == (intent == WriteIntent::kUpdate);
        changes[key] = json;
      }
    }
    const auto committed =
        database->Commit(std::move(batch), {.durability = Durability::kBuffered});
    CAPTURE(step, committed);
    REQUIRE(committed.ok() == expect_ok);
    if (expect_ok) {
      for (auto& [key, json] : changes) {
        if (json.has_value()) {
          records[key] = *json;
        } else {
          records.erase(key);
        }
      }
    }
    if (model.Below(static_cast<uint32_t>(steps / 40 + 1)) == 0) {
      database.reset();
      auto reopened = Database::Open(directory / "db");
      REQUIRE_OK(reopened);
      database = *std::move(reopened);
      CheckEqual(*database, records, shape);
    }
  }
  CheckEqual(*database, records, shape);
}

}  // namespace
}  // namespace daftar
