#include "search/find.h"

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/status.h"
#include "codec/key.h"
#include "codec/keyspace.h"
#include "names/fold.h"
#include "search/candidates.h"
#include "search/numbers.h"
#include "search/rank.h"

namespace daftar::search {
namespace {

// Names of an index that are looked into, in all modes and in that which compares none, and of
// those that only share parts of words.
constexpr size_t kLookedIntoMax = 192;
constexpr size_t kLettersMax = 512;
constexpr size_t kLookedIntoByPartsMax = 128;
// The first of them are compared with the query, so many at least, or some more than are asked for.
constexpr size_t kComparedMin = 48;
constexpr size_t kComparedByPartsMin = 32;
constexpr size_t kComparedForEach = 2;
// Of a name that is found and this similar, others are not looked for that are spelled otherwise.
constexpr double kSureName = 0.95;
constexpr size_t kLimitMax = 1000;
constexpr size_t kTextBytesMax = 4096;

absl::Status CheckUsable(const catalog::TableDef& table, const catalog::IndexDef& index) {
  if (index.readable() && !index.outdated()) return absl::OkStatus();
  return FailedPrecondition(index.outdated()
                                ? "the search index was made by another version of Daftar"
                                : "the search index is still being built")
      .With("table", table.name)
      .With("index", index.name)
      .With("remedy", "run `daftar schema apply` to its end");
}

// A record by the one of its names or numbers that fits best.
struct Found {
  Rank rank;
  std::string field;
  std::string text;
  std::optional<int32_t> from;
  std::optional<int32_t> to;
};

// What of two finds of a record is shown: a name in use before one that ended.
auto PlaceOf(const Found& found) {
  return std::make_tuple(-found.rank.score, found.to.has_value(), std::string_view(found.text));
}

class Search {
 public:
  Search(const txn::ReadView& view, const SearchQuery& query)
      : view_(view), query_(query), prepared_(Prepare(query.text)) {}

  absl::StatusOr<SearchResult> Run(std::vector<std::string>* primary_keys) {
    DAFTAR_ASSIGN_OR_RETURN(const auto tables, Tables());
    const bool numbers =
        query_.mode == SearchMode::kAny && query_.field.empty() && MayBeNumber(query_.text);
    const std::vector<std::string> ways =
        numbers ? WaysToWrite(query_.text) : std::vector<std::string>();
    bool any = numbers;
    for (const catalog::TableDef* table : tables) {
      if (numbers) DAFTAR_RETURN_IF_ERROR(FindNumbers(*table, ways));
      for (const catalog::IndexDef& index : table->indexes) {
        if (!index.search.has_value() || !HasAskedField(*index.search)) continue;
        any = true;
        DAFTAR_RETURN_IF_ERROR(FindNames(*table, index));
      }
    }
    if (!any) {
      return FailedPrecondition("no names are declared to be searched; add $search to the schema")
          .With("table", query_.table.empty() ? "(all)" : query_.table)
          .With("field", query_.field.empty() ? "(all)" : query_.field);
    }
    DAFTAR_RETURN_IF_ERROR(FindByParts());
    for (const Searched& searched : searched_) {
      result_.complete = result_.complete && searched.candidates.complete();
      result_.entries_read += searched.candidates.entries_read();
    }
    return Finish(primary_keys);
  }

 private:
  bool HasAskedField(const catalog::SearchDef& search) const {
    return std::any_of(
        search.fields.begin(), search.fields.end(),
        [&](const record::FieldPath& path) { return IsAskedFor(path.text(), query_.field); });
  }

  absl::StatusOr<std::vector<const catalog::TableDef*>> Tables() const {
    std::vector<const catalog::TableDef*> tables;
    if (!query_.table.empty()) {
      DAFTAR_ASSIGN_OR_RETURN(tables.emplace_back(), view_.catalog->GetTable(query_.table));
    } else {
      for (const catalog::TableDef& table : view_.catalog->tables) tables.push_back(&table);
    }
    for (const catalog::TableDef* table : tables) {
      DAFTAR_RETURN_IF_ERROR(txn::CheckReadable(view_, *table));
      for (const catalog::IndexDef& index : table->indexes) {
        if (index.search.has_value()) DAFTAR_RETURN_IF_ERROR(CheckUsable(*table, index));
      }
    }
    return tables;
  }

  absl::Status FindNumbers(const catalog::TableDef& table, const std::vector<std::string>& ways) {
    DAFTAR_ASSIGN_OR_RETURN(std::vector<NumberHit> hits,
                            FindNumber(view_, table, ways, query_.limit + 1));
    for (NumberHit& hit : hits) {
      Keep(table, hit.primary_key,
           {{hit.score, 1, SearchReason::kNumber},
            std::move(hit.field),
            std::move(hit.text),
            {},
            {}});
    }
    return absl::OkStatus();
  }

  // An index that is searched. Lifetime: as long as the view.
  struct Searched {
    const catalog::TableDef& table;
    const catalog::IndexDef& index;
    Candidates candidates;
  };

  absl::Status FindNames(const catalog::TableDef& table, const catalog::IndexDef& index) {
    Searched& searched = searched_.emplace_back(
        Searched{table, index, Candidates(*view_.reader, codec::IndexPrefix(index.id))});
    const bool inside = query_.mode == SearchMode::kSubstring;
    DAFTAR_RETURN_IF_ERROR(searched.candidates.Gather(SoughtKeys(prepared_, query_.mode), inside));
    return Look({inside ? kLettersMax : kLookedIntoMax, kComparedMin}, &searched);
  }

  // Looks for names that are spelled much the same and share no key.
  absl::Status FindByParts() {
    if (query_.mode != SearchMode::kAny || is_sure_) return absl::OkStatus();
    for (Searched& searched : searched_) {
      DAFTAR_RETURN_IF_ERROR(searched.candidates.Gather(SoughtParts(prepared_), false));
      DAFTAR_RETURN_IF_ERROR(Look({kLookedIntoByPartsMax, kComparedByPartsMin}, &searched));
    }
    return absl::OkStatus();
  }

  struct Effort {
    size_t looked_into;
    size_t compared_min;
  };

  // Ranks the best candidates.
  absl::Status Look(Effort effort, Searched* searched) {
    const size_t compared = std::max(effort.compared_min, kComparedForEach * query_.limit);
    DAFTAR_ASSIGN_OR_RETURN(std::vector<Candidates::Name> names,
                            searched->candidates.Take(std::max(effort.looked_into, compared)));
    result_.names_compared += names.size();
    for (size_t i = 0; i < names.size(); ++i) {
      index::HeldName& held = names[i].held;
      if (held.field >= searched->index.search->fields.size()) {
        return DataLoss("a search index has a name of no field")
            .With("index", searched->index.name);
      }
      const std::string& field = searched->index.search->fields[held.field].text();
      if (!IsAskedFor(field, query_.field)) continue;
      const bool by_letters = i >= compared;
      const std::optional<Rank> rank = by_letters ? RankByLetters(prepared_, query_.mode, held.text)
                                                  : RankName(prepared_, query_.mode, held.text);
      if (by_letters && query_.mode != SearchMode::kSubstring) result_.complete = false;
      if (!rank.has_value()) continue;
      is_sure_ = is_sure_ || rank->similarity >= kSureName || rank->reason == SearchReason::kWords;
      Keep(searched->table, std::string_view(names[i].id).substr(kNumberBytes),
           {*rank, field, std::move(held.text), held.from, held.to});
    }
    return absl::OkStatus();
  }

  // Keeps the better one of what a record is found by.
  void Keep(const catalog::TableDef& table, std::string_view primary_key, Found found) {
    const auto [place, is_new] =
        found_.try_emplace(std::make_pair(&table, std::string(primary_key)), found);
    if (!is_new && PlaceOf(found) < PlaceOf(place->second)) place->second = std::move(found);
  }

  absl::StatusOr<SearchResult> Finish(std::vector<std::string>* primary_keys) {
    using Each = decltype(found_)::value_type;
    std::vector<const Each*> best;
    for (const Each& each : found_) best.push_back(&each);
    // Of equal ones the order is that of tables and keys.
    std::stable_sort(best.begin(), best.end(), [](const Each* a, const Each* b) {
      return PlaceOf(a->second) < PlaceOf(b->second);
    });
    if (best.size() > query_.limit) {
      result_.complete = false;
      best.resize(query_.limit);
    }
    for (const Each* each : best) {
      DAFTAR_ASSIGN_OR_RETURN(Key key, KeyOf(*each->first.first, each->first.second));
      if (primary_keys != nullptr) primary_keys->push_back(each->first.second);
      const Found& found = each->second;
      SearchHit& hit = result_.hits.emplace_back();
      hit = {each->first.first->name, std::move(key), found.rank.reason,
             found.rank.similarity,   found.field,    found.text};
      if (hit.similarity == 0) {
        hit.similarity = names::Compare(prepared_.name, names::Prepare(found.text)).similarity;
      }
      if (found.from.has_value()) hit.from = Date{*found.from};
      if (found.to.has_value()) hit.to = Date{*found.to};
    }
    return std::move(result_);
  }

  static absl::StatusOr<Key> KeyOf(const catalog::TableDef& table, std::string_view primary_key) {
    Key key;
    for (const catalog::Term& term : table.key) {
      DAFTAR_ASSIGN_OR_RETURN(const OwnedScalar value, codec::TakePart(term.part, &primary_key));
      key.push_back(term.path.type().ToValue(ToView(value)));
    }
    return key;
  }

  // Of the number of a name, with which the id of a candidate begins.
  static constexpr size_t kNumberBytes = 2;

  const txn::ReadView& view_;
  const SearchQuery& query_;
  const PreparedQuery prepared_;
  std::map<std::pair<const catalog::TableDef*, std::string>, Found> found_;
  std::deque<Searched> searched_;
  bool is_sure_ = false;  // what is asked for was found as it is spelled
  SearchResult result_;
};

}  // namespace

bool IsAskedFor(std::string_view path, std::string_view field) {
  if (field.empty()) return true;
  return absl::ConsumePrefix(&path, field) && (path.empty() || path.front() == '.');
}

absl::StatusOr<SearchResult> Find(const txn::ReadView& view, const SearchQuery& query,
                                  std::vector<std::string>* primary_keys) {
  if (query.limit == 0 || query.limit > kLimitMax) {
    return InvalidArgument("a search gives 1 to 1000 records").With("limit", query.limit);
  }
  if (query.text.size() > kTextBytesMax) {
    return InvalidArgument("the text to search for is too long")
        .With("bytes", query.text.size())
        .With("limit", kTextBytesMax);
  }
  if (names::Fold(query.text).empty()) {
    return InvalidArgument("there is nothing to search for; give letters or digits");
  }
  return Search(view, query).Run(primary_keys);
}

}  // namespace daftar::search

std::string_view daftar::SearchReasonName(SearchReason reason) {
  constexpr std::array<std::string_view, 12> kNames = {
      "number",   "exact", "folded",      "legal form apart", "translation", "transliteration",
      "spelling", "words", "words alike", "prefix",           "substring",   "similar"};
  return kNames[static_cast<size_t>(reason)];
}
