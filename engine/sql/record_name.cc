#include "sql/record_name.h"

#include <string_view>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "codec/keyspace.h"
#include "sql/columns.h"
#include "sql/system_table.h"

namespace daftar::sql {
namespace {

constexpr std::string_view kBetween = ", ";

// Whether two values of the type never show alike, and are read as they show.
bool ShowsAsRead(const record::FieldType& type) {
  switch (FormOf(type)) {
    case Form::kReal:
    case Form::kBlob:
      return false;
    default:
      return true;
  }
}

bool IsInteger(const catalog::Term& term) { return FormOf(term.path.type()) == Form::kInteger; }

}  // namespace

std::string KeyText(const Key& values) {
  return absl::StrJoin(values, kBetween,
                       [](std::string* out, const Value& value) { *out += value.ToString(); });
}

std::optional<codec::EncodedKey> KeyNamed(const catalog::TableDef& table, sqlite3_value* value) {
  // A number may be compared with the text as a number: '05' is 5.
  const int type = sqlite3_value_type(value);
  const bool is_integer =
      type == SQLITE_INTEGER && table.key.size() == 1 && IsInteger(table.key.front());
  if (type != SQLITE_TEXT && !is_integer) return std::nullopt;
  const std::string_view text = TextOf(value);
  std::vector<std::string_view> parts = {text};
  if (table.key.size() > 1) parts = absl::StrSplit(text, kBetween);
  // Otherwise values have such a sign in them.
  if (parts.size() != table.key.size()) return std::nullopt;
  codec::EncodedKey key(codec::RecordPrefix(table.id));
  for (size_t i = 0; i < parts.size(); ++i) {
    const catalog::Term& term = table.key[i];
    if (!ShowsAsRead(term.path.type())) return std::nullopt;
    const auto part = term.path.type().FromStoredText(parts[i]);
    if (!part.ok() || IsNull(*part)) return std::nullopt;
    if (term.path.type().ToValue(ToView(*part)).ToString() != parts[i]) return std::nullopt;
    codec::AppendPart(term.part, ToView(*part), &key.bytes());
  }
  return key;
}

}  // namespace daftar::sql
