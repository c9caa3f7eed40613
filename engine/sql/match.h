// MATCH: rows of a table by a name of theirs, through its index of names.
//
//   SELECT registryNo, rank FROM firm WHERE firm MATCH 'pars' AND status = 'active' ORDER BY rank
//
// What stands left of MATCH is a column with names that $search declares, or the hidden column that
// is called as the table is, for all of them and for numbers.
#pragma once

#include <sqlite3.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "daftar/search.h"
#include "sql/columns.h"
#include "sql/session.h"

namespace daftar::sql {

// Set in the number between xBestIndex and xFilter when rows are found by a MATCH; beside it only
// kHasMoment of MoreValues.
inline constexpr int kIsMatch = 8;

// Whether a statement asks for a MATCH on the table.
bool HasMatch(const sqlite3_index_info& info);

// Fills SQLite's answer; HasMatch() holds. `*usable` is false when the text or the moment is not
// known in this order of joining. Errors: InvalidArgument when the column has no names, and for a
// second MATCH on the table.
absl::Status ChooseMatch(const catalog::TableDef& table, const std::vector<Column>& columns,
                         sqlite3_index_info* info, bool* usable);

// The text that SQLite keeps between xBestIndex and xFilter and shows in plans, and back.
struct MatchChoice {
  size_t column = 0;
  bool by_rank = false;  // SQLite wants the rows in the order in which they are found
};
std::string ToText(const MatchChoice& choice, const std::vector<Column>& columns);
// Errors: Internal when `text` is not what ToText gives.
absl::StatusOr<MatchChoice> ParseMatchChoice(std::string_view text,
                                             const std::vector<Column>& columns);

// What a text right of MATCH asks for: names that are alike; in double quotes, those that have all
// its words as words; between asterisks, those that have it anywhere in them.
SearchQuery ParseMatch(std::string_view text);

// Lets MATCH where no table answers it say why. Errors: Internal.
absl::Status RegisterMatch(sqlite3* db);

}  // namespace daftar::sql
