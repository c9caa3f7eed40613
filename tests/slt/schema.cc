#include "slt/schema.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace daftar::slt {
namespace {

using Rows = std::vector<std::vector<std::string>>;

Rows Ask(sqlite3* db, const std::string& sql) {
  Rows rows;
  const auto add = [](void* out, int count, char** values, char**) {
    auto& row = static_cast<Rows*>(out)->emplace_back();
    for (int i = 0; i < count; ++i) row.emplace_back(values[i] == nullptr ? "" : values[i]);
    return 0;
  };
  sqlite3_exec(db, sql.c_str(), add, &rows, nullptr);
  return rows;
}

absl::Status Cannot(std::string_view what, std::string_view name) {
  return absl::UnimplementedError(absl::StrCat(what, ": ", name));
}

// SQL does not tell "A" from "a"; fields begin with a small letter.
absl::StatusOr<std::string> FieldName(std::string name) {
  const bool plain = !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return absl::ascii_isalnum(c);
  });
  if (!plain || !absl::ascii_isalpha(static_cast<unsigned char>(name.front()))) {
    return Cannot("no field can be called so", name);
  }
  name.front() = absl::ascii_tolower(static_cast<unsigned char>(name.front()));
  return name;
}

// By SQLite's rules of affinity.
absl::StatusOr<std::string> CapnpType(std::string_view declared) {
  const std::string type = absl::AsciiStrToUpper(declared);
  if (absl::StrContains(type, "INT")) return "Int64";
  for (const char* text : {"CHAR", "CLOB", "TEXT"}) {
    if (absl::StrContains(type, text)) return "Text";
  }
  for (const char* real : {"REAL", "FLOA", "DOUB"}) {
    if (absl::StrContains(type, real)) return "Float64";
  }
  return Cannot("a column that holds values of any type", declared.empty() ? "(none)" : declared);
}

std::string Quoted(const std::vector<std::string>& names) {
  return absl::StrJoin(names, ", ", [](std::string* out, const std::string& name) {
    absl::StrAppend(out, "\"", name, "\"");
  });
}

}  // namespace

Schema::Schema() { sqlite3_open(":memory:", &db_); }
Schema::~Schema() { sqlite3_close(db_); }

absl::Status Schema::Apply(std::string_view sql) {
  char* message = nullptr;
  if (sqlite3_exec(db_, std::string(sql).c_str(), nullptr, nullptr, &message) == SQLITE_OK) {
    return absl::OkStatus();
  }
  absl::Status status = absl::InvalidArgumentError(message == nullptr ? "" : message);
  sqlite3_free(message);
  return status;
}

bool Schema::empty() const {
  return Ask(db_, "SELECT 1 FROM sqlite_schema WHERE type = 'table'").empty();
}

absl::StatusOr<std::string> Schema::ToCapnp() const {
  std::string text = "@0xb3a1c5e7d9f0a2c4;\nusing Daftar = import \"/daftar/daftar.capnp\";\n";
  int number = 0;
  for (const auto& row : Ask(db_, "SELECT name FROM sqlite_schema WHERE type = 'table'")) {
    auto table = TableText(row[0], number++);
    if (!table.ok()) return table.status();
    text += *table;
  }
  return text;
}

absl::StatusOr<std::string> Schema::TableText(const std::string& table, int number) const {
  // name, type, place in the primary key
  const Rows columns =
      Ask(db_, absl::StrCat("SELECT name, type, pk FROM pragma_table_info('", table, "')"));
  std::vector<std::string> key(columns.size());
  std::string fields;
  int ordinal = 0;
  for (const auto& column : columns) {
    auto name = FieldName(column[0]);
    if (!name.ok()) return name.status();
    auto type = CapnpType(column[1]);
    if (!type.ok()) return type.status();
    const int place = std::stoi(column[2]);
    if (place > 0) key[static_cast<size_t>(place) - 1] = *name;
    if (place > 0 || *type == "Text") {
      absl::StrAppend(&fields, "  ", *name, " @", ordinal++, " :", *type, ";\n");
    } else {
      absl::StrAppend(&fields, "  ", *name, " :union { none @", ordinal, " :Void; v @", ordinal + 1,
                      " :", *type, "; }\n");
      ordinal += 2;
    }
  }
  std::erase(key, "");
  if (key.empty()) {
    key = {"rowid"};
    absl::StrAppend(&fields, "  rowid @", ordinal, " :Int64;\n");
  }
  std::string indexes;
  int index_number = 0;
  // name, unique, why it is there, partial
  for (const auto& index :
       Ask(db_, absl::StrCat("SELECT name, \"unique\", origin, partial FROM pragma_index_list('",
                             table, "')"))) {
    if (index[2] == "pk" || index[3] == "1") continue;
    std::vector<std::string> on;
    bool plain = true;
    for (const auto& part : Ask(db_, absl::StrCat("SELECT name, \"desc\" FROM pragma_index_xinfo('",
                                                  index[0], "') WHERE key"))) {
      auto name = FieldName(part[0]);
      if (!name.ok()) plain = false;  // an expression: it only makes things faster
      on.push_back(absl::StrCat(name.value_or(""), part[1] == "1" ? " desc" : ""));
    }
    if (!plain) continue;
    absl::StrAppend(&indexes, "    $Daftar.index(name = \"i", index_number++, "\", on = [",
                    Quoted(on), "]", index[1] == "1" ? ", unique = true" : "", ")\n");
  }
  return absl::StrCat("struct T", number, " $Daftar.table(name = \"", table, "\", key = [",
                      Quoted(key), "])\n", indexes, "{\n", fields, "}\n");
}

}  // namespace daftar::slt
