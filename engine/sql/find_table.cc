// Names and numbers found, as a table: daftar_find('text').

#include <array>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "search/find.h"
#include "sql/record_name.h"
#include "sql/system_table.h"
#include "sql/value.h"

namespace daftar::sql {
namespace {

// Columns, of which the first four are what is asked.
constexpr size_t kText = 0;
constexpr size_t kMode = 1;
constexpr size_t kAsOf = 2;
constexpr size_t kLimit = 3;
constexpr size_t kAskedEnd = 4;
constexpr size_t kTable = 4;

using Asked = std::array<SystemValue, kAskedEnd>;

absl::StatusOr<SearchMode> ModeFrom(std::string_view name) {
  if (name == "any") return SearchMode::kAny;
  if (name == "word") return SearchMode::kWord;
  if (name == "substring") return SearchMode::kSubstring;
  return InvalidArgument("a search is of mode any, word or substring").With("mode", name);
}

class FindRows final : public SystemRows {
 public:
  FindRows(Asked asked, SearchResult result)
      : asked_(std::move(asked)), hits_(std::move(result.hits)) {}

  absl::StatusOr<bool> Next() override { return next_++ < hits_.size(); }

  absl::Status Result(sqlite3_context* context, size_t column) override {
    if (column < kAskedEnd) {
      SetResult(context, asked_[column]);
      return absl::OkStatus();
    }
    const SearchHit& hit = hits_[next_ - 1];
    const auto day = [](const Value& value) {
      return value.is_null() ? SystemValue() : SystemValue(value.ToString());
    };
    switch (column - kAskedEnd) {
      case 0:
        SetResult(context, hit.table);
        break;
      case 1:
        SetResult(context, KeyText(hit.key));
        break;
      case 2:
        SetResult(context, hit.text);
        break;
      case 3:
        SetResult(context, std::string(SearchReasonName(hit.reason)));
        break;
      case 4:
        sqlite3_result_double(context, hit.similarity);
        break;
      case 5:
        SetResult(context, day(hit.from));
        break;
      case 6:
        SetResult(context, day(hit.to));
        break;
      default:
        SetResult(context, hit.field);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> Identity() override {
    const SearchHit& hit = hits_[next_ - 1];
    std::string identity;
    for (const SystemValue& asked : asked_) {
      const auto* number = std::get_if<int64_t>(&asked);
      const auto* text = std::get_if<std::string>(&asked);
      AddPart(number != nullptr ? absl::StrCat(*number) : text != nullptr ? *text : "", &identity);
    }
    for (const std::string& part : {hit.table, KeyText(hit.key), hit.field, hit.text}) {
      AddPart(part, &identity);
    }
    return identity;
  }

 private:
  const Asked asked_;
  const std::vector<SearchHit> hits_;
  size_t next_ = 0;
};

class FindTable final : public SystemTable {
 public:
  std::string name() const override { return "daftar_find"; }
  std::vector<std::string> columns() const override {
    return {"query TEXT HIDDEN", "mode TEXT HIDDEN", "as_of TEXT HIDDEN", "hits INTEGER HIDDEN",
            "\"table\" TEXT",    "key TEXT",         "text TEXT",         "reason TEXT",
            "similarity REAL",   "\"from\" TEXT",    "\"to\" TEXT",       "field TEXT"};
  }
  absl::StatusOr<uint64_t> EstimateRows(Session*) const override { return kHitsMost; }
  bool Uses(size_t column, int op) const override {
    return column <= kTable && op == SQLITE_INDEX_CONSTRAINT_EQ;
  }
  bool Narrows(size_t column) const override { return column == kTable; }
  bool Needs(size_t column) const override { return column < kAskedEnd; }

  absl::StatusOr<std::unique_ptr<SystemRows>> Start(Session* session,
                                                    const Request& request) const override {
    SearchQuery query;
    Asked asked;
    std::optional<std::string> moment;
    for (const Given& each : request.given) {
      if (sqlite3_value_type(each.value) == SQLITE_NULL) return std::make_unique<NoRows>();
      const std::string text(TextOf(each.value));
      if (each.column < kAskedEnd) asked[each.column] = text;
      if (each.column == kText) query.text = text;
      if (each.column == kAsOf) moment = text;
      if (each.column == kTable) query.table = text;
      if (each.column == kMode) {
        DAFTAR_ASSIGN_OR_RETURN(query.mode, ModeFrom(text));
      }
      if (each.column == kLimit) {
        const sqlite3_int64 limit = sqlite3_value_int64(each.value);
        if (limit < 1)
          return InvalidArgument("a search gives 1 to 1000 records").With("hits", text);
        query.limit = static_cast<size_t>(limit);
        asked[kLimit] = static_cast<int64_t>(limit);
      }
    }
    if (std::holds_alternative<std::monostate>(asked[kText])) {
      return InvalidArgument("what is to be found? SELECT … FROM daftar_find('text')");
    }
    DAFTAR_ASSIGN_OR_RETURN(const txn::ReadView view,
                            moment.has_value() ? session->ViewAsOf(*moment) : session->View());
    // A name of a table that is not there finds nothing, as any comparison.
    if (!query.table.empty() && view.catalog->FindTable(query.table) == nullptr) {
      return std::make_unique<NoRows>();
    }
    DAFTAR_ASSIGN_OR_RETURN(SearchResult result, search::Find(view, query));
    return std::make_unique<FindRows>(std::move(asked), std::move(result));
  }

 private:
  static constexpr uint64_t kHitsMost = 10;
};

}  // namespace

std::vector<std::unique_ptr<SystemTable>> FindTables() {
  std::vector<std::unique_ptr<SystemTable>> tables;
  tables.push_back(std::make_unique<FindTable>());
  return tables;
}

}  // namespace daftar::sql
