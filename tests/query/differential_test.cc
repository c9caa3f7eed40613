// Random queries: every index that can answer gives what a plain loop over the rows gives.

#include <algorithm>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <map>
#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "api/fixtures.h"

namespace daftar {
namespace {

using testing::MakeDatabase;
using testing::TempDir;

constexpr const char* kSchema = R"(
struct Row $Daftar.table(name = "row", key = ["id"])
    $Daftar.index(name = "byA", on = ["a"])
    $Daftar.index(name = "byADesc", on = ["a desc nulls first", "s"])
    $Daftar.index(name = "bySA", on = ["s nulls last", "a"], covering = ["e", "u"])
    $Daftar.index(name = "byE", on = ["e", "s desc"], where = "e != none")
    $Daftar.index(name = "byU", on = ["u desc"], covering = ["a"])
    $Daftar.index(name = "byF", on = ["f", "e"])
    $Daftar.index(name = "byTag", on = ["tags"])
    $Daftar.index(name = "byTagA", on = ["tags desc", "a"])
    $Daftar.index(name = "byPart", on = ["parts.name", "parts.n desc", "a"])
    $Daftar.index(name = "byPartN", on = ["parts.n", "s"]) {
  id @0 :UInt32;
  a :union { null @1 :Void; v @2 :Int16; }
  s @3 :Text;
  e @4 :E;
  u @5 :UInt8;
  f @6 :Float32;
  tags @7 :List(Text);
  parts @8 :List(Part);
}
struct Part { name @0 :Text; n @1 :Int8; }
enum E { none @0; red @1; blue @2; }
)";

struct Part {
  std::optional<std::string> name;
  int n = 0;
};

struct Row {
  uint32_t id = 0;
  std::optional<int> a;
  std::optional<std::string> s;
  int e = 0;
  int u = 0;
  double f = 0;
  std::vector<std::string> tags;
  std::vector<Part> parts;
};

constexpr const char* kEnum[] = {"none", "red", "blue"};

class Random {
 public:
  explicit Random(uint32_t seed) : random_(seed) {}
  int Below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }
  std::string Text() {
    constexpr const char* kTexts[] = {"", "a", "ab", "abc", "b", "ba", "پارس", "پارسیان"};
    return kTexts[Below(8)];
  }
  double Float() {
    constexpr double kFloats[] = {-1.5, 0, 0.25, 3e8};
    return kFloats[Below(4)];
  }
  Row MakeRow(uint32_t id) {
    Row row;
    row.id = id;
    if (Below(4) != 0) row.a = Below(7) - 3;
    if (Below(4) != 0) row.s = Text();
    row.e = Below(3);
    row.u = Below(3) == 0 ? 255 : Below(4);
    row.f = Float();
    for (int i = Below(4); i > 0; --i) row.tags.push_back(Text());
    for (int i = Below(3); i > 0; --i) {
      Part part;
      if (Below(4) != 0) part.name = Text();
      part.n = Below(5) - 2;
      row.parts.push_back(part);
    }
    return row;
  }

 private:
  std::mt19937 random_;
};

std::string ToJson(const Row& row) {
  std::string json = absl::StrCat("{\"id\":", row.id);
  if (row.a) absl::StrAppend(&json, ",\"a\":", *row.a);
  if (row.s) absl::StrAppend(&json, ",\"s\":\"", *row.s, "\"");
  absl::StrAppend(&json, ",\"e\":\"", kEnum[row.e], "\",\"u\":", row.u, ",\"f\":", row.f);
  const auto tag = [](std::string* out, const std::string& text) {
    absl::StrAppend(out, "\"", text, "\"");
  };
  absl::StrAppend(&json, ",\"tags\":[", absl::StrJoin(row.tags, ",", tag), "]");
  const auto part = [](std::string* out, const Part& p) {
    absl::StrAppend(out, "{", p.name ? absl::StrCat("\"name\":\"", *p.name, "\",") : "",
                    "\"n\":", p.n, "}");
  };
  return absl::StrCat(json, ",\"parts\":[", absl::StrJoin(row.parts, ",", part), "]}");
}

// A condition for the engine and for the model. `group`: 0 the row, 1 its tags, 2 its parts;
// conditions of one group must be met by one element.
struct ModelCondition {
  std::string text;
  int group = 0;
  std::function<bool(const Row&, size_t element)> met;
};

constexpr const char* kOperators[] = {"=", "!=", "<", "<=", ">", ">="};

template <typename T>
bool Compare(const std::optional<T>& value, int op, const T& operand) {
  if (!value) return false;
  switch (op) {
    case 0:
      return *value == operand;
    case 1:
      return *value != operand;
    case 2:
      return *value < operand;
    case 3:
      return *value <= operand;
    case 4:
      return *value > operand;
    default:
      return *value >= operand;
  }
}

template <typename T>
using Getter = std::function<std::optional<T>(const Row&, size_t)>;

ModelCondition IntCondition(Random& random, const std::string& path, int group, Getter<int> get,
                            int low, int high) {
  const int kind = random.Below(10);
  if (kind == 0)
    return {path + " is null", group, [=](const Row& r, size_t i) { return !get(r, i); }};
  if (kind == 1) {
    return {path + " is not null", group,
            [=](const Row& r, size_t i) { return get(r, i).has_value(); }};
  }
  const int x = low + random.Below(high - low + 1);
  if (kind == 2) {
    const int y = low + random.Below(high - low + 1);
    return {absl::StrCat(path, " in (", x, ", ", y, ")"), group, [=](const Row& r, size_t i) {
              return get(r, i) == std::optional(x) || get(r, i) == std::optional(y);
            }};
  }
  const int op = random.Below(6);
  return {absl::StrCat(path, " ", kOperators[op], " ", x), group,
          [=](const Row& r, size_t i) { return Compare(get(r, i), op, x); }};
}

ModelCondition TextCondition(Random& random, const std::string& path, int group,
                             Getter<std::string> get) {
  const int kind = random.Below(8);
  const std::string text = random.Text();
  if (kind == 0)
    return {path + " is null", group, [=](const Row& r, size_t i) { return !get(r, i); }};
  if (kind == 1) {
    return {absl::StrCat(path, " ^= '", text, "'"), group, [=](const Row& r, size_t i) {
              const auto value = get(r, i);
              return value && value->starts_with(text);
            }};
  }
  const int op = kind == 2 ? 0 : random.Below(6);
  return {absl::StrCat(path, " ", kOperators[op], " '", text, "'"), group,
          [=](const Row& r, size_t i) { return Compare(get(r, i), op, text); }};
}

ModelCondition RandomCondition(Random& random) {
  switch (random.Below(8)) {
    case 0:
      return IntCondition(
          random, "a", 0, [](const Row& r, size_t) { return r.a; }, -3, 3);
    case 1:
      return TextCondition(random, "s", 0, [](const Row& r, size_t) { return r.s; });
    case 2: {
      const int e = random.Below(3);
      const int op = random.Below(6);
      return {absl::StrCat("e ", kOperators[op], " ", kEnum[e]), 0,
              [=](const Row& r, size_t) { return Compare(std::optional(r.e), op, e); }};
    }
    case 3: {
      Getter<int> get = [](const Row& r, size_t) { return std::optional(r.u); };
      return IntCondition(random, "u", 0, get, random.Below(2) == 0 ? 250 : 0, 255);
    }
    case 4: {
      const double f = random.Float();
      const int op = random.Below(6);
      return {absl::StrCat("f ", kOperators[op], " ", f), 0,
              [=](const Row& r, size_t) { return Compare(std::optional(r.f), op, f); }};
    }
    case 5:
      return TextCondition(random, "tags", 1,
                           [](const Row& r, size_t i) { return std::optional(r.tags[i]); });
    case 6:
      return TextCondition(random, "parts.name", 2,
                           [](const Row& r, size_t i) { return r.parts[i].name; });
    default:
      return IntCondition(
          random, "parts.n", 2, [](const Row& r, size_t i) { return std::optional(r.parts[i].n); },
          -2, 2);
  }
}

bool Matches(const Row& row, const std::vector<ModelCondition>& conditions) {
  for (int group = 0; group < 3; ++group) {
    std::vector<const ModelCondition*> together;
    for (const ModelCondition& condition : conditions) {
      if (condition.group == group) together.push_back(&condition);
    }
    if (together.empty()) continue;
    const size_t elements = group == 0 ? 1 : group == 1 ? row.tags.size() : row.parts.size();
    bool found = false;
    for (size_t i = 0; i < elements && !found; ++i) {
      found = std::all_of(together.begin(), together.end(),
                          [&](const ModelCondition* condition) { return condition->met(row, i); });
    }
    if (!found) return false;
  }
  return true;
}

// How an order compares two rows; nulls first when ascending.
struct ModelOrder {
  std::string path;
  bool descending = false;
  std::function<int(const Row&, const Row&)> compare;
};

template <typename T>
int Sign(const T& x, const T& y) {
  return x < y ? -1 : (y < x ? 1 : 0);
}

ModelOrder RandomOrder(Random& random) {
  const bool descending = random.Below(2) == 0;
  switch (random.Below(5)) {
    case 0:
      return {"a", descending, [](const Row& x, const Row& y) { return Sign(x.a, y.a); }};
    case 1:
      return {"s", descending, [](const Row& x, const Row& y) { return Sign(x.s, y.s); }};
    case 2:
      return {"e", descending, [](const Row& x, const Row& y) { return Sign(x.e, y.e); }};
    case 3:
      return {"u", descending, [](const Row& x, const Row& y) { return Sign(x.u, y.u); }};
    default:
      return {"f", descending, [](const Row& x, const Row& y) { return Sign(x.f, y.f); }};
  }
}

struct Answer {
  std::vector<uint32_t> ids;
  QueryCounts counts;
  std::string plan;
};

absl::StatusOr<Answer> Ask(const Database& database, const Query& query) {
  auto cursor = database.Run(query);
  if (!cursor.ok()) return cursor.status();
  Answer answer;
  answer.plan = cursor->Explain();
  while (true) {
    REQUIRE_OK_AND_ASSIGN(const bool more, cursor->Next());
    if (!more) break;
    answer.ids.push_back(static_cast<uint32_t>(*cursor->values()[0].get_if<uint64_t>()));
  }
  answer.counts = cursor->counts();
  return answer;
}

struct Generated {
  std::vector<ModelCondition> conditions;
  std::vector<ModelOrder> orders;
  Query query = Query("row");
};

Generated RandomQuery(Random& random) {
  Generated made;
  for (int i = random.Below(4); i > 0; --i) made.conditions.push_back(RandomCondition(random));
  for (int i = random.Below(3); i > 0; --i) made.orders.push_back(RandomOrder(random));
  for (const ModelCondition& condition : made.conditions) {
    made.query.Where(std::string_view(condition.text));
  }
  for (const ModelOrder& order : made.orders) {
    made.query.OrderBy(order.path,
                       order.descending ? SortDirection::kDescending : SortDirection::kAscending);
  }
  if (!made.orders.empty()) made.query.OrderBy("id");
  // Sometimes only what indexes hold, so that covered plans are met.
  std::vector<std::string> columns = {"id"};
  if (random.Below(2) == 0) columns.push_back("a");
  if (random.Below(4) == 0) columns.push_back("parts.name");
  made.query.Select(columns);
  return made;
}

TEST_CASE("query: every index gives what a loop over the rows gives", "[query][property]") {
  const uint32_t seed = Catch::getSeed();
  CAPTURE(seed);
  Random random(seed);
  const TempDir directory;
  OpenOptions options;
  options.in_memory = true;
  REQUIRE_OK_AND_ASSIGN(auto database, MakeDatabase(directory, kSchema, options));
  std::vector<Row> rows;
  Batch batch = database->NewBatch();
  for (uint32_t id = 0; id < 150; ++id) {
    rows.push_back(random.MakeRow(id));
    REQUIRE_OK(batch.Put("row", ToJson(rows.back())));
  }
  REQUIRE_OK(database->Commit(std::move(batch)));
  std::vector<std::string> indexes = {"", "primary"};
  REQUIRE_OK_AND_ASSIGN(const TableInfo table, database->DescribeTable("row"));
  for (const auto& index : table.indexes) indexes.push_back(index.name);
  std::map<std::string, int> used;
  for (int round = 0; round < 500; ++round) {
    Generated made = RandomQuery(random);
    std::vector<Row> expected_rows;
    std::copy_if(rows.begin(), rows.end(), std::back_inserter(expected_rows),
                 [&](const Row& row) { return Matches(row, made.conditions); });
    std::stable_sort(expected_rows.begin(), expected_rows.end(), [&](const Row& x, const Row& y) {
      for (const ModelOrder& order : made.orders) {
        const int sign = order.compare(x, y);
        if (sign != 0) return order.descending ? sign > 0 : sign < 0;
      }
      return false;
    });
    std::vector<uint32_t> expected;
    for (const Row& row : expected_rows) expected.push_back(row.id);
    const bool ordered = !made.orders.empty();
    for (const std::string& index : indexes) {
      Query query = made.query;
      if (!index.empty()) query.UseIndex(index);
      auto answer = Ask(*database, query);
      if (!answer.ok()) {
        CHECK_THAT(answer, testing::StatusIs(absl::StatusCode::kInvalidArgument, "cannot answer"));
        continue;
      }
      ++used[index];
      std::string conditions;
      for (const ModelCondition& c : made.conditions) absl::StrAppend(&conditions, c.text, "; ");
      CAPTURE(conditions, index, answer->plan);
      std::vector<uint32_t> ids = answer->ids;
      if (!ordered) std::sort(ids.begin(), ids.end());
      REQUIRE(ids == expected);
      // With a limit the answer is a beginning of an ordered one, and part of any other.
      query.Limit(static_cast<uint64_t>(random.Below(6)));
      REQUIRE_OK_AND_ASSIGN(const Answer limited, Ask(*database, query));
      REQUIRE(limited.ids.size() == std::min<size_t>(*query.limit(), expected.size()));
      if (ordered) {
        REQUIRE(std::equal(limited.ids.begin(), limited.ids.end(), expected.begin()));
      } else {
        const std::set<uint32_t> all(expected.begin(), expected.end());
        for (const uint32_t id : limited.ids) REQUIRE(all.contains(id));
        REQUIRE(std::set(limited.ids.begin(), limited.ids.end()).size() == limited.ids.size());
      }
    }
  }
  // The test is worth something only if every index was used.
  for (const std::string& index : indexes) {
    CAPTURE(index);
    CHECK(used[index] > 0);
  }
}

}  // namespace
}  // namespace daftar
