#include "sql/hints.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "sql/collations.h"
#include "sql/columns.h"

namespace daftar::sql {
namespace {

constexpr std::string_view kNoTable = "no such table: ";
constexpr std::string_view kNoColumn = "no such column: ";
constexpr std::string_view kAmbiguous = "ambiguous column name: ";
constexpr std::string_view kNoCollation = "no such collation sequence: ";
constexpr std::string_view kSchemaRemedy =
    "; remedy=declare it in the schema file; `daftar schema apply` makes the change";

// The closest of `names`, when it is close enough to be a slip.
std::optional<std::string> Nearest(std::string_view name, const std::vector<std::string>& names) {
  std::optional<std::string> best;
  size_t best_distance = std::max<size_t>(2, name.size() / 3) + 1;
  for (const std::string& candidate : names) {
    const size_t distance = EditDistance(name, candidate);
    if (distance >= best_distance) continue;
    best_distance = distance;
    best = candidate;
  }
  return best;
}

std::string TableHint(std::string_view name, const catalog::Catalog& catalog) {
  std::vector<std::string> names;
  for (const catalog::TableDef& table : catalog.tables) names.push_back(table.name);
  if (const auto nearest = Nearest(name, names)) {
    return absl::StrCat("; did you mean=", *nearest);
  }
  return absl::StrCat("; tables=", absl::StrJoin(names, ", "));
}

// The columns of the tables that the statement seems to name.
std::vector<std::string> ColumnNames(std::string_view statement, const catalog::Catalog& catalog) {
  const std::string lower = absl::AsciiStrToLower(statement);
  std::vector<std::string> names;
  for (const catalog::TableDef& table : catalog.tables) {
    if (!absl::StrContains(lower, absl::AsciiStrToLower(table.name))) continue;
    const auto columns = ColumnsOf(table);
    if (!columns.ok()) continue;  // such a table is refused with its own message
    for (const Column& column : *columns) {
      if (!column.hidden) names.push_back(column.name);
    }
  }
  return names;
}

const catalog::TableDef* FindAnyCase(const catalog::Catalog& catalog, std::string_view name) {
  const auto found = std::find_if(
      catalog.tables.begin(), catalog.tables.end(),
      [&](const catalog::TableDef& table) { return absl::EqualsIgnoreCase(table.name, name); });
  return found == catalog.tables.end() ? nullptr : &*found;
}

// For a name that stands left of MATCH and is no column; else empty.
std::string MatchHint(std::string_view name, std::string_view statement,
                      const catalog::Catalog& catalog) {
  if (!absl::StrContains(absl::AsciiStrToLower(statement),
                         absl::AsciiStrToLower(absl::StrCat(name, " match")))) {
    return "";
  }
  if (FindAnyCase(catalog, name) != nullptr) {
    return "; MATCH finds names, and the table declares none: add $search to it in the schema";
  }
  return absl::StrCat("; left of MATCH stands a column: after an alias write ", name,
                      ".TABLE MATCH, as in firm AS f … f.firm MATCH 'pars'");
}

std::string AmbiguityHint(std::string_view name, const catalog::Catalog& catalog) {
  if (FindAnyCase(catalog, name) == nullptr) return "";
  return absl::StrCat("; it is a field, and what MATCH looks in; write which one, as in ", name,
                      ".", name);
}

std::string ColumnHint(std::string_view name, std::string_view statement,
                       const catalog::Catalog& catalog) {
  if (std::string hint = MatchHint(name, statement, catalog); !hint.empty()) return hint;
  const std::vector<std::string> names = ColumnNames(statement, catalog);
  const bool is_path = std::any_of(names.begin(), names.end(), [&](const std::string& known) {
    return absl::EqualsIgnoreCase(known, name);
  });
  if (is_path) return absl::StrCat("; write it as=", QuoteName(name));
  // "permit.validTo" as well as "validTo".
  const std::string_view last = name.substr(name.rfind('.') + 1);
  auto nearest = Nearest(name, names);
  if (!nearest.has_value()) nearest = Nearest(last, names);
  if (!nearest.has_value()) {
    return names.empty() ? "" : absl::StrCat("; columns=", absl::StrJoin(names, ", "));
  }
  return absl::StrCat("; did you mean=",
                      absl::StrContains(*nearest, '.') ? QuoteName(*nearest) : *nearest);
}

}  // namespace

size_t EditDistance(std::string_view a, std::string_view b) {
  const auto same = [](char x, char y) {
    return absl::ascii_tolower(static_cast<unsigned char>(x)) ==
           absl::ascii_tolower(static_cast<unsigned char>(y));
  };
  // Row i holds the distances from the first i letters of `a`.
  std::vector<std::vector<size_t>> rows(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) {
    for (size_t j = 0; j <= b.size(); ++j) {
      size_t& best = rows[i][j];
      best = std::max(i, j);
      if (i == 0 || j == 0) continue;
      best = std::min({rows[i - 1][j] + 1, rows[i][j - 1] + 1,
                       rows[i - 1][j - 1] + (same(a[i - 1], b[j - 1]) ? 0 : 1)});
      if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1])) {
        best = std::min(best, rows[i - 2][j - 2] + 1);
      }
    }
  }
  return rows[a.size()][b.size()];
}

std::string HintFor(std::string_view message, std::string_view statement,
                    const catalog::Catalog& catalog) {
  if (absl::StartsWith(message, kNoTable)) {
    return TableHint(message.substr(kNoTable.size()), catalog);
  }
  if (absl::StartsWith(message, kNoColumn)) {
    return ColumnHint(message.substr(kNoColumn.size()), statement, catalog);
  }
  if (absl::StartsWith(message, kNoCollation)) {
    return absl::StrCat("; collations=", CollationNames());
  }
  if (absl::StartsWith(message, kAmbiguous)) {
    return AmbiguityHint(message.substr(kAmbiguous.size()), catalog);
  }
  // "virtual tables may not be indexed", "… altered"; and "cannot create triggers on …".
  if (absl::StrContains(message, "virtual table")) return std::string(kSchemaRemedy);
  return "";
}

}  // namespace daftar::sql
