// A table of doctors with indexes of every kind, for tests of transactions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "api/fixtures.h"

namespace daftar::testing {

inline constexpr const char* kDoctors = R"(
struct Doctor $Daftar.table(name = "doctor", key = ["id"])
    $Daftar.index(name = "byShift", on = ["shift", "grade"], covering = ["name"])
    $Daftar.index(name = "onCall", on = ["shift"], where = "onCall = true")
    $Daftar.index(name = "byCode", on = ["code"], unique = true)
    $Daftar.index(name = "byTag", on = ["tags"]) {
  id @0 :UInt32;
  shift @1 :Int32;
  grade @2 :Int32;
  onCall @3 :Bool;
  name @4 :Text;
  code @5 :Text;
  tags @6 :List(Text);
  note @7 :Text;
}
struct Nurse $Daftar.table(name = "nurse", key = ["id"]) {
  id @0 :UInt32;
  note @1 :Text;
}
)";

struct Doctor {
  int id = 0;
  int shift = 0;
  int grade = 0;
  bool on_call = false;
  std::string name = {};
  std::string code = {};  // empty: null
  std::vector<std::string> tags = {};
  std::string note = {};
};

inline std::string ToJson(const Doctor& doctor) {
  std::string json =
      absl::StrCat("{\"id\":", doctor.id, ",\"shift\":", doctor.shift, ",\"grade\":", doctor.grade,
                   ",\"onCall\":", doctor.on_call ? "true" : "false");
  if (!doctor.name.empty()) absl::StrAppend(&json, ",\"name\":\"", doctor.name, "\"");
  if (!doctor.code.empty()) absl::StrAppend(&json, ",\"code\":\"", doctor.code, "\"");
  if (!doctor.tags.empty()) {
    absl::StrAppend(&json, ",\"tags\":[\"", absl::StrJoin(doctor.tags, "\",\""), "\"]");
  }
  if (!doctor.note.empty()) absl::StrAppend(&json, ",\"note\":\"", doctor.note, "\"");
  return json + "}";
}

inline absl::Status Put(Transaction& transaction, const Doctor& doctor,
                        WriteIntent intent = WriteIntent::kUpsert) {
  return transaction.Put("doctor", ToJson(doctor), intent);
}

// Doctor number n of 1 to 5: shift 10 n, grade n, code "c<n>", on call when n is odd, with the tags
// "all" and "t<n>".
inline Doctor Nth(int n) {
  return {n,
          10 * n,
          n,
          n % 2 == 1,
          absl::StrCat("name", n),
          absl::StrCat("c", n),
          {"all", absl::StrCat("t", n)},
          {}};
}

// A database in memory with the five of them.
inline std::unique_ptr<Database> FiveDoctors(const TempDir& directory) {
  auto database = MakeDatabase(directory, kDoctors, {.in_memory = true});
  REQUIRE_OK(database);
  for (int n = 1; n <= 5; ++n) REQUIRE_OK((*database)->Put("doctor", ToJson(Nth(n))));
  return *std::move(database);
}

// The first `rows_max` rows of a query in a transaction: their ids, or all their columns when it
// selects some, as "1 2 3".
inline std::string Ids(Transaction& transaction, const Query& query, int rows_max = INT32_MAX) {
  auto cursor = transaction.Run(query);
  REQUIRE_OK(cursor);
  std::string text;
  for (int row = 0; row < rows_max; ++row) {
    REQUIRE_OK_AND_ASSIGN(const bool more, cursor->Next());
    if (!more) break;
    std::string shown;
    if (query.columns().empty()) {
      REQUIRE_OK_AND_ASSIGN(const Record record, cursor->record());
      REQUIRE_OK_AND_ASSIGN(const Value id, record.Get("id"));
      shown = id.ToString();
    } else {
      shown = absl::StrJoin(cursor->values(), ":", [](std::string* out, const Value& value) {
        absl::StrAppend(out, value.ToString());
      });
    }
    absl::StrAppend(&text, text.empty() ? "" : " ", shown);
  }
  return text;
}

}  // namespace daftar::testing
