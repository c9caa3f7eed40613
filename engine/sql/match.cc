#include "sql/match.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "base/status.h"
#include "search/find.h"
#include "sql/access_choice.h"

namespace daftar::sql {
namespace {

constexpr std::string_view kStart = "by names for ";
constexpr std::string_view kByRank = "; order rank";
// A search, and how many rows are expected of it. Low, so that SQLite takes it first: nothing else
// can answer MATCH.
constexpr double kCost = 10;
constexpr double kRows = 10;

bool HasNames(const catalog::TableDef& table, std::string_view column) {
  for (const catalog::IndexDef& index : table.indexes) {
    if (!index.search.has_value()) continue;
    for (const record::FieldPath& path : index.search->fields) {
      if (search::IsAskedFor(path.text(), column)) return true;
    }
  }
  return false;
}

absl::Status CheckColumn(const catalog::TableDef& table, const std::vector<Column>& columns,
                         size_t number) {
  const Column& column = columns[number];
  if (column.kind == Column::Kind::kMatch) return absl::OkStatus();
  if (!column.is_of_match() && HasNames(table, column.name)) return absl::OkStatus();
  std::vector<std::string> names;
  for (const Column& other : columns) {
    const bool fits =
        other.kind == Column::Kind::kMatch || (!other.is_of_match() && HasNames(table, other.name));
    if (fits) names.push_back(absl::StrCat(QuoteName(table.name), ".", QuoteName(other.name)));
  }
  if (names.empty()) {
    return InvalidArgument("MATCH finds names, and the table declares none; add $search to it")
        .With("table", table.name)
        .With("column", column.name);
  }
  return InvalidArgument("MATCH finds names, and the column has none that $search declares")
      .With("table", table.name)
      .With("column", column.name)
      .With("columns with names", absl::StrJoin(names, ", "));
}

// The constraints that reading by a MATCH takes.
struct Constraints {
  std::optional<int> match;
  std::optional<int> moment;
  bool usable = true;
};

absl::Status Read(const catalog::TableDef& table, const std::vector<Column>& columns,
                  const sqlite3_index_info& info, Constraints* found) {
  for (int i = 0; i < info.nConstraint; ++i) {
    const auto& constraint = info.aConstraint[i];
    const bool usable = constraint.usable != 0;
    if (constraint.op == SQLITE_INDEX_CONSTRAINT_MATCH && constraint.iColumn >= 0) {
      DAFTAR_RETURN_IF_ERROR(CheckColumn(table, columns, static_cast<size_t>(constraint.iColumn)));
      if (found->match.has_value()) {
        return InvalidArgument(
                   "a table is asked for one MATCH at a time; put all words into one text, or join "
                   "two SELECTs by INTERSECT")
            .With("table", table.name);
      }
      found->match = i;
      found->usable = found->usable && usable;
    } else if (constraint.op == SQLITE_INDEX_CONSTRAINT_EQ && constraint.iColumn == kAsOfColumn) {
      found->moment = i;
      found->usable = found->usable && usable;
    }
  }
  return absl::OkStatus();
}

// A function that is reached where SQLite has not handed the MATCH to a table.
void CannotMatch(sqlite3_context* context, int, sqlite3_value**) {
  constexpr std::string_view kMessage =
      "MATCH finds rows of a table whose names $search declares, as in WHERE firm MATCH 'pars'; it "
      "is joined to other conditions by AND; remedy=for OR, join two SELECTs by UNION; for names "
      "in "
      "lists, MATCH the table that has the list; for two texts, similarity(a, b)";
  sqlite3_result_error(context, kMessage.data(), static_cast<int>(kMessage.size()));
}

}  // namespace

bool HasMatch(const sqlite3_index_info& info) {
  return std::any_of(info.aConstraint, info.aConstraint + info.nConstraint,
                     [](const auto& each) { return each.op == SQLITE_INDEX_CONSTRAINT_MATCH; });
}

absl::Status ChooseMatch(const catalog::TableDef& table, const std::vector<Column>& columns,
                         sqlite3_index_info* info, bool* usable) {
  Constraints found;
  DAFTAR_RETURN_IF_ERROR(Read(table, columns, *info, &found));
  *usable = found.usable && found.match.has_value();
  if (!*usable) return absl::OkStatus();
  MatchChoice choice;
  choice.column = static_cast<size_t>(info->aConstraint[*found.match].iColumn);
  choice.by_rank =
      info->nOrderBy == 1 && info->aOrderBy[0].desc == 0 && info->aOrderBy[0].iColumn >= 0 &&
      columns[static_cast<size_t>(info->aOrderBy[0].iColumn)].kind == Column::Kind::kRank;
  info->orderByConsumed = choice.by_rank ? 1 : 0;
  int next = 1;
  info->idxNum = kIsMatch;
  info->aConstraintUsage[*found.match].argvIndex = next++;
  info->aConstraintUsage[*found.match].omit = 1;
  if (found.moment.has_value()) {
    info->aConstraintUsage[*found.moment].argvIndex = next++;
    info->aConstraintUsage[*found.moment].omit = 1;
    info->idxNum |= kHasMoment;
  }
  info->idxStr = sqlite3_mprintf("%s", ToText(choice, columns).c_str());
  if (info->idxStr == nullptr) return ResourceExhausted("out of memory");
  info->needToFreeIdxStr = 1;
  info->estimatedCost = kCost;
  info->estimatedRows = static_cast<sqlite3_int64>(kRows);
  return absl::OkStatus();
}

std::string ToText(const MatchChoice& choice, const std::vector<Column>& columns) {
  return absl::StrCat(kStart, columns[choice.column].name, choice.by_rank ? kByRank : "");
}

absl::StatusOr<MatchChoice> ParseMatchChoice(std::string_view text,
                                             const std::vector<Column>& columns) {
  MatchChoice choice;
  std::string_view name = text;
  choice.by_rank = absl::ConsumeSuffix(&name, kByRank);
  const bool starts = absl::ConsumePrefix(&name, kStart);
  const auto column = FindColumn(columns, name);
  if (!starts || !column.has_value()) {
    return Internal("a plan does not parse").With("at", text);
  }
  choice.column = *column;
  return choice;
}

SearchQuery ParseMatch(std::string_view text) {
  SearchQuery query;
  const auto is_between = [&](char mark) {
    return text.size() > 2 && text.front() == mark && text.back() == mark;
  };
  if (is_between('"')) query.mode = SearchMode::kWord;
  if (is_between('*')) query.mode = SearchMode::kSubstring;
  if (query.mode != SearchMode::kAny) text = text.substr(1, text.size() - 2);
  query.text = std::string(text);
  return query;
}

absl::Status RegisterMatch(sqlite3* db) {
  constexpr int kArguments = 2;
  if (sqlite3_create_function_v2(db, "match", kArguments, SQLITE_UTF8, nullptr, CannotMatch,
                                 nullptr, nullptr, nullptr) != SQLITE_OK) {
    return Internal("SQLite does not take a function")
        .With("function", "match")
        .With("cause", sqlite3_errmsg(db));
  }
  return absl::OkStatus();
}

}  // namespace daftar::sql
