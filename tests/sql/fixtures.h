// A table with a field of every kind, random rows of it, and helpers for statements.
#pragma once

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "api/fixtures.h"
#include "daftar/sql.h"

namespace daftar::testing {

inline constexpr const char* kRowSchema = R"(
struct Row $Daftar.table(name = "row", key = ["id"])
    $Daftar.index(name = "byI", on = ["i"])
    $Daftar.index(name = "byIDesc", on = ["i desc nulls first", "t"])
    $Daftar.index(name = "byT", on = ["t", "i desc"], covering = ["d", "e"])
    $Daftar.index(name = "byTLast", on = ["t nulls last"], covering = ["i"])
    $Daftar.index(name = "byD", on = ["d", "m"])
    $Daftar.index(name = "byM", on = ["m desc"])
    $Daftar.index(name = "byX", on = ["x"], covering = ["b"])
    $Daftar.index(name = "byR", on = ["r", "f"])
    $Daftar.index(name = "byE", on = ["e", "d desc"], covering = ["t"])
    $Daftar.index(name = "byU", on = ["u desc", "b"])
    $Daftar.index(name = "byData", on = ["data"])
    $Daftar.index(name = "byPlace", on = ["place.city", "place.code"])
    $Daftar.index(name = "openD", on = ["d"], where = "e = open")
    $Daftar.index(name = "hasM", on = ["m"], where = "m is not null", covering = ["t"]) {
  id @0 :Int64;
  i :union { none @1 :Void; v @2 :Int8; }
  t @3 :Text;
  d :union { none @4 :Void; v @5 :Int32 $Daftar.date; }
  m :union { none @6 :Void; v @7 :Int64 $Daftar.instant; }
  x :union { none @8 :Void; v @9 :Int64 $Daftar.decimal(2); }
  small @10 :Int32 $Daftar.decimal(1);
  r :union { none @11 :Void; v @12 :Float64; }
  f @13 :Float32;
  e @14 :E;
  u @15 :UInt64;
  w @16 :UInt8;
  b @17 :Bool;
  data @18 :Data;
  place @19 :Place;
  tags @20 :List(Text);
}
struct Place { city @0 :Text; code @1 :UInt16; }
enum E { open @0; closed @1; archived @2; }
)";

class Random {
 public:
  explicit Random(uint32_t seed) : random_(seed) {}
  int Below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }
  bool OneIn(int n) { return Below(n) == 0; }
  template <typename T, size_t N>
  const T& Pick(const T (&values)[N]) {
    return values[static_cast<size_t>(Below(static_cast<int>(N)))];
  }

 private:
  std::mt19937 random_;
};

// A record of kRowSchema as JSON. Few different values, so that conditions are often met.
inline std::string RandomRow(Random& random, int id) {
  static constexpr const char* kIntegers[] = {"-128", "-1", "0", "1", "2", "7", "127"};
  static constexpr const char* kTexts[] = {"",   "a",   "A",   "ab", "Ab", "abc", "b",
                                           "12", "012", "1.5", "-3", "zz", "پار", "پارس"};
  static constexpr const char* kDates[] = {"0001-01-01", "1999-12-31", "2024-03-19",
                                           "2024-03-20", "2024-04-01", "9999-12-31"};
  static constexpr const char* kInstants[] = {"2024-03-20T08:30:00Z", "2024-03-20T08:30:00.5Z",
                                              "2024-03-20T08:30:00.000001Z", "1969-12-31T23:59:59Z",
                                              "9999-12-31T23:59:59.999999Z"};
  static constexpr const char* kDecimals[] = {
      "-0.10", "0.00", "0.10", "12.50", "12.51", "92233720368547758.07", "12345678901234567.89"};
  static constexpr const char* kReals[] = {"-1.5", "0", "0.1", "1e300", "\"NaN\"", "\"Infinity\""};
  static constexpr const char* kFloats[] = {"-1.5", "0.1", "3", "\"NaN\"", "16777216"};
  // No more than SQLite's integers: a plain table would make reals of larger ones.
  static constexpr const char* kUnsigned[] = {"0", "5", "4294967296", "9223372036854775807"};
  std::string json = absl::StrCat("{\"id\":", id);
  const auto add = [&](std::string_view name, std::string_view value) {
    absl::StrAppend(&json, ",\"", name, "\":", value);
  };
  if (!random.OneIn(4)) add("i", random.Pick(kIntegers));
  if (!random.OneIn(6)) add("t", absl::StrCat("\"", random.Pick(kTexts), "\""));
  if (!random.OneIn(4)) add("d", absl::StrCat("\"", random.Pick(kDates), "\""));
  if (!random.OneIn(3)) add("m", absl::StrCat("\"", random.Pick(kInstants), "\""));
  if (!random.OneIn(4)) add("x", random.Pick(kDecimals));
  add("small", absl::StrCat(random.Below(5) - 2, ".", random.Below(3)));
  if (!random.OneIn(4)) add("r", random.Pick(kReals));
  add("f", random.Pick(kFloats));
  add("e", random.OneIn(3) ? "\"open\"" : random.OneIn(2) ? "\"closed\"" : "\"archived\"");
  add("u", random.Pick(kUnsigned));
  add("w", absl::StrCat(random.OneIn(3) ? 255 : random.Below(3)));
  add("b", random.OneIn(2) ? "true" : "false");
  if (!random.OneIn(3)) add("data", random.OneIn(2) ? "\"YQ==\"" : "\"AAE=\"");
  if (!random.OneIn(3)) {
    add("place", absl::StrCat("{\"city\":\"", random.OneIn(2) ? "Chabahar" : "Qeshm",
                              "\",\"code\":", random.Below(3), "}"));
  }
  if (random.OneIn(2)) add("tags", "[\"a\",\"b\"]");
  return json + "}";
}

// How a value looks in a list of rows: kinds are told apart.
inline std::string Shown(const Value& value) {
  if (value.is_null()) return "null";
  if (value.get_if<std::string>() != nullptr) return absl::StrCat("'", value.ToString(), "'");
  if (value.get_if<Blob>() != nullptr) return absl::StrCat("x'", value.ToString(), "'");
  if (value.get_if<double>() != nullptr) return absl::StrCat("r", value.ToString());
  return value.ToString();
}

// All rows of one statement, a text each.
inline absl::StatusOr<std::vector<std::string>> SqlRows(SqlStatement& statement) {
  std::vector<std::string> rows;
  const size_t columns = statement.columns().size();
  while (true) {
    auto more = statement.Next();
    if (!more.ok()) return more.status();
    if (!*more) return rows;
    std::string row;
    for (size_t i = 0; i < columns; ++i) {
      absl::StrAppend(&row, i == 0 ? "" : "|", Shown(statement.value(i)));
    }
    rows.push_back(std::move(row));
  }
}

inline absl::StatusOr<std::vector<std::string>> SqlRows(SqlConnection& sql, std::string_view text) {
  auto statement = sql.Prepare(text);
  if (!statement.ok()) return statement.status();
  return SqlRows(*statement);
}

// The rows of a statement that must succeed, joined by spaces.
inline std::string Ask(SqlConnection& sql, std::string_view text) {
  auto rows = SqlRows(sql, text);
  CAPTURE(text);
  REQUIRE_OK(rows);
  return absl::StrJoin(*rows, " ");
}

inline absl::Status Refused(SqlConnection& sql, std::string_view text) {
  return SqlRows(sql, text).status();
}

}  // namespace daftar::testing
