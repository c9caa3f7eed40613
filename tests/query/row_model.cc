#include "query/row_model.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace daftar::testing {

const char* const kRowSchema = R"(
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

namespace {

constexpr const char* kEnum[] = {"none", "red", "blue"};

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

ModelCondition TextIs(Random& random) {
  const std::string text = random.Text();
  return {absl::StrCat("s = '", text, "'"), 0,
          [=](const Row& r, size_t) { return r.s == std::optional(text); }};
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

template <typename T>
int Sign(const T& x, const T& y) {
  return x < y ? -1 : (y < x ? 1 : 0);
}

ModelOrder OrderByA(bool descending) {
  return {"a", descending, [](const Row& x, const Row& y) { return Sign(x.a, y.a); }};
}

ModelOrder RandomOrder(Random& random) {
  const bool descending = random.Below(2) == 0;
  switch (random.Below(5)) {
    case 0:
      return OrderByA(descending);
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

}  // namespace

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

std::string Random::Text() {
  constexpr const char* kTexts[] = {"", "a", "ab", "abc", "b", "ba", "پارس", "پارسیان"};
  return kTexts[Below(8)];
}

double Random::Float() {
  constexpr double kFloats[] = {-1.5, 0, 0.25, 3e8};
  return kFloats[Below(4)];
}

Row Random::MakeRow(uint32_t id) {
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

namespace {

bool MeetsAll(const std::vector<ModelCondition>& conditions, const Row& row) {
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

}  // namespace

bool RandomQuestion::Matches(const Row& row) const {
  if (alternatives.empty()) return MeetsAll(conditions, row);
  return std::any_of(alternatives.begin(), alternatives.end(), [&](const auto& alternative) {
    std::vector<ModelCondition> all = conditions;
    all.insert(all.end(), alternative.begin(), alternative.end());
    return MeetsAll(all, row);
  });
}

bool RandomQuestion::Before(const Row& x, const Row& y) const {
  for (const ModelOrder& order : orders) {
    const int sign = order.compare(x, y);
    if (sign != 0) return order.descending ? sign > 0 : sign < 0;
  }
  return x.id < y.id;
}

namespace {

std::string AsText(const std::vector<ModelCondition>& conditions) {
  return absl::StrJoin(conditions, " and ", [](std::string* out, const ModelCondition& condition) {
    out->append(condition.text);
  });
}

}  // namespace

std::string RandomQuestion::ToString() const {
  std::string text;
  for (const ModelCondition& condition : conditions) absl::StrAppend(&text, condition.text, "; ");
  for (const auto& alternative : alternatives)
    absl::StrAppend(&text, "or ", AsText(alternative), "; ");
  return text;
}

namespace {

ModelCondition IntIs(Random& random, const std::string& path, int low, int values, int group,
                     Getter<int> get) {
  const int x = low + random.Below(values);
  return {absl::StrCat(path, " = ", x), group,
          [=](const Row& r, size_t i) { return get(r, i) == std::optional(x); }};
}

// Conditions that hold all fields of an index to values that rows have.
std::vector<ModelCondition> HeldByIndex(Random& random, int index) {
  switch (index) {
    case 0:
      return {IntIs(random, "a", -3, 7, 0, [](const Row& r, size_t) { return r.a; })};
    case 1: {
      const int u = random.Below(4) != 0 ? 255 : random.Below(4);
      return {{absl::StrCat("u = ", u), 0, [=](const Row& r, size_t) { return r.u == u; }}};
    }
    case 2: {
      const double f = random.Float();
      const int e = random.Below(3);
      return {{absl::StrCat("f = ", f), 0, [=](const Row& r, size_t) { return r.f == f; }},
              {absl::StrCat("e = ", kEnum[e]), 0, [=](const Row& r, size_t) { return r.e == e; }}};
    }
    case 3: {
      const std::string tag = random.Text();
      return {{absl::StrCat("tags = '", tag, "'"), 1,
               [=](const Row& r, size_t i) { return r.tags[i] == tag; }}};
    }
    case 4:
      return {TextIs(random), IntIs(random, "parts.n", -2, 5, 2, [](const Row& r, size_t i) {
                return std::optional(r.parts[i].n);
              })};
    default:
      return {TextIs(random),
              IntIs(random, "a", -3, 7, 0, [](const Row& r, size_t) { return r.a; })};
  }
}

}  // namespace

RandomQuestion RandomQuery(Random& random) {
  RandomQuestion made;
  for (int i = random.Below(4); i > 0; --i) made.conditions.push_back(RandomCondition(random));
  // Sometimes what several indexes have in common.
  if (random.Below(3) == 0) {
    if (random.Below(2) == 0) made.conditions.clear();
    for (int i = 2 + random.Below(2); i > 0; --i) {
      // Most often those of which each alone leaves many rows.
      constexpr int kIndexes[] = {0, 1, 1, 1, 2, 3, 3, 3, 4, 5};
      for (ModelCondition& held : HeldByIndex(random, kIndexes[random.Below(10)])) {
        made.conditions.push_back(std::move(held));
      }
    }
  }
  for (int i = random.Below(4); i > 0; --i) made.orders.push_back(RandomOrder(random));
  const int alternatives = random.Below(3) == 0 ? 1 + random.Below(3) : 0;
  // Sometimes those that an index answers in the order asked for.
  const bool in_order = random.Below(3) == 0;
  for (int i = 0; i < alternatives; ++i) {
    auto& alternative = made.alternatives.emplace_back();
    if (in_order) {
      alternative.push_back(TextIs(random));
      made.orders = {OrderByA(random.Below(2) == 0)};
      continue;
    }
    for (int j = 1 + random.Below(2); j > 0; --j) alternative.push_back(RandomCondition(random));
  }
  for (const ModelCondition& condition : made.conditions) {
    made.query.Where(std::string_view(condition.text));
  }
  std::vector<AllOf> any;
  for (const auto& alternative : made.alternatives) {
    // As one text, or a condition each.
    if (random.Below(2) == 0) {
      any.push_back(AllOf().Where(std::string_view(AsText(alternative))));
      continue;
    }
    AllOf& all = any.emplace_back();
    for (const ModelCondition& condition : alternative) all.Where(std::string_view(condition.text));
  }
  if (!any.empty()) made.query.WhereAny(std::move(any));
  for (const ModelOrder& order : made.orders) {
    made.query.OrderBy(order.path,
                       order.descending ? SortDirection::kDescending : SortDirection::kAscending);
  }
  // Sometimes only what indexes hold, so that covered plans are met.
  std::vector<std::string> columns = {"id"};
  if (random.Below(2) == 0) columns.push_back("a");
  if (random.Below(4) == 0) columns.push_back("parts.name");
  made.query.Select(columns);
  return made;
}

std::vector<Row> Answer(const RandomQuestion& question, const std::vector<Row>& rows) {
  std::vector<Row> answer;
  std::copy_if(rows.begin(), rows.end(), std::back_inserter(answer),
               [&](const Row& row) { return question.Matches(row); });
  std::sort(answer.begin(), answer.end(),
            [&](const Row& x, const Row& y) { return question.Before(x, y); });
  return answer;
}

}  // namespace daftar::testing
