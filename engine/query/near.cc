#include "query/near.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "codec/keyspace.h"
#include "geography/cover.h"
#include "geography/distance.h"
#include "index/entries.h"
#include "index/stored_record.h"
#include "record/kj_fence.h"

namespace daftar::query {
namespace {

// With a limit, the first circle and how much greater the next one is. A circle that is read in
// vain costs a part of the one after it.
constexpr double kFirstRadius = 50'000;
constexpr double kGrowth = 4;

bool IsNearer(const NearPlace& a, const NearPlace& b) {
  if (a.metres != b.metres) return a.metres < b.metres;
  return a.key < b.key;
}

std::string CellKey(const catalog::IndexDef& index, uint64_t cell) {
  std::string key = codec::IndexPrefix(index.id);
  codec::AppendPart(index.on.front().part, Scalar(cell), &key);
  return key;
}

class Search {
 public:
  Search(const txn::ReadView& view, const NearQuery& query) : view_(view), query_(query) {}

  absl::StatusOr<NearResult> Run() {
    const double farthest =
        std::min(query_.within_metres.value_or(geography::kDistanceMax), geography::kDistanceMax);
    double radius = query_.limit.has_value() ? std::min(kFirstRadius, farthest) : farthest;
    while (true) {
      DAFTAR_RETURN_IF_ERROR(Collect(radius));
      if (radius >= farthest || IsFull()) break;
      radius = std::min(radius * kGrowth, farthest);
    }
    std::sort_heap(result_.places.begin(), result_.places.end(), IsNearer);
    return std::move(result_);
  }

 private:
  bool IsFull() const { return query_.limit.has_value() && result_.places.size() >= *query_.limit; }

  // Finds all that is no farther than `radius`.
  absl::Status Collect(double radius) {
    result_.places.clear();
    for (const geography::CellRange& range : geography::CoverCircle(query_.centre, radius)) {
      const storage::KeyRange keys = {CellKey(*query_.index, range.first),
                                      codec::PrefixEnd(CellKey(*query_.index, range.last))};
      const auto entries = view_.reader->NewIterator(keys, {});
      while (true) {
        DAFTAR_ASSIGN_OR_RETURN(const bool found, entries->Next());
        if (!found) break;
        ++result_.entries_read;
        DAFTAR_RETURN_IF_ERROR(Take(entries->key(), entries->value(), radius));
      }
    }
    return absl::OkStatus();
  }

  absl::Status Take(std::string_view key, std::string_view value, double radius) {
    DAFTAR_ASSIGN_OR_RETURN(const index::EntryValue entry, index::DecodeEntryValue(value));
    NearPlace place;
    DAFTAR_ASSIGN_OR_RETURN(place.point, index::PointOf(*query_.index, entry.covered));
    place.metres = geography::Distance(query_.centre, place.point);
    if (place.metres > radius) return absl::OkStatus();
    // One that is too far to be kept need not be read.
    if (IsFull() && place.metres > result_.places.front().metres) return absl::OkStatus();
    const size_t tuple_bytes = CellKey(*query_.index, 0).size();
    place.key.bytes() =
        absl::StrCat(codec::RecordPrefix(query_.table->id), key.substr(tuple_bytes));
    DAFTAR_ASSIGN_OR_RETURN(const bool meets, MeetsConditions(place.key));
    if (meets) Keep(std::move(place));
    return absl::OkStatus();
  }

  // Circles that grow come by the same places again: what was found out is remembered.
  absl::StatusOr<bool> MeetsConditions(const codec::EncodedKey& key) {
    if (query_.conditions.empty()) return true;
    if (const auto known = meets_.find(key.view()); known != meets_.end()) return known->second;
    DAFTAR_ASSIGN_OR_RETURN(const std::optional<record::Message> found,
                            index::ReadRecord(*view_.reader, *query_.table, key));
    if (!found.has_value()) {
      return DataLoss("an entry points to no record").With("table", query_.table->name);
    }
    ++result_.records_read;
    DAFTAR_ASSIGN_OR_RETURN(const bool meets,
                            record::Fenced(absl::StatusCode::kDataLoss, "record does not decode",
                                           [&]() -> absl::StatusOr<bool> {
                                             return record::MatchesAll(query_.conditions, *found);
                                           }));
    meets_.emplace(key.view(), meets);
    return meets;
  }

  // The places are a heap with the farthest in front, of as many as were asked for.
  void Keep(NearPlace place) {
    std::vector<NearPlace>& places = result_.places;
    if (IsFull()) {
      if (places.empty() || !IsNearer(place, places.front())) return;
      std::pop_heap(places.begin(), places.end(), IsNearer);
      places.pop_back();
    }
    places.push_back(std::move(place));
    std::push_heap(places.begin(), places.end(), IsNearer);
  }

  const txn::ReadView& view_;
  const NearQuery& query_;
  NearResult result_;
  absl::flat_hash_map<std::string, bool> meets_;  // by key
};

}  // namespace

absl::StatusOr<const catalog::IndexDef*> PointIndex(const catalog::TableDef& table,
                                                    std::string_view name) {
  const catalog::IndexDef* chosen = nullptr;
  std::string names;
  for (const catalog::IndexDef& index : table.indexes) {
    if (index.kind != catalog::IndexKind::kPoint) continue;
    absl::StrAppend(&names, names.empty() ? "" : ", ", index.name);
    if (!name.empty() && index.name != name) continue;
    if (chosen != nullptr) {
      return InvalidArgument("the table has several indexes of points; name one")
          .With("table", table.name)
          .With("indexes", names);
    }
    chosen = &index;
  }
  if (chosen == nullptr) {
    return NotFound(name.empty() ? "the table has no index of points; declare $point"
                                 : "no such index of points")
        .With("table", table.name)
        .With("index", name.empty() ? "(none)" : name)
        .With("indexes", names.empty() ? "(none)" : names);
  }
  if (chosen->readable()) return chosen;
  return FailedPrecondition("the index is still being built").With("index", chosen->name);
}

absl::StatusOr<NearResult> FindNear(const txn::ReadView& view, const NearQuery& query) {
  if (!query.within_metres.has_value() && !query.limit.has_value()) {
    return InvalidArgument("say how far to look, or how many to find");
  }
  if (query.limit == size_t{0}) return NearResult();
  return Search(view, query).Run();
}

}  // namespace daftar::query
