// What is near a place, by an index of points.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "catalog/catalog.h"
#include "codec/key.h"
#include "daftar/point.h"
#include "record/predicate.h"
#include "txn/read_view.h"

namespace daftar::query {

// The index of points called `name`, or the only one that the table has when it is empty. Errors:
// NotFound; InvalidArgument when there are several, or it is of another kind; FailedPrecondition
// when it is not whole.
absl::StatusOr<const catalog::IndexDef*> PointIndex(const catalog::TableDef& table,
                                                    std::string_view name);

struct NearQuery {
  const catalog::TableDef* table = nullptr;
  const catalog::IndexDef* index = nullptr;  // of kPoint
  Point centre;                              // on the Earth
  std::optional<double> within_metres;       // 0 or greater
  std::optional<size_t> limit;
  std::vector<record::Condition> conditions;  // that records meet; all of them
};

struct NearPlace {
  double metres = 0;
  codec::EncodedKey key;  // of the record
  Point point;
};

struct NearResult {
  std::vector<NearPlace> places;  // nearest first, those equally far by key
  uint64_t entries_read = 0;
  uint64_t records_read = 0;  // to see whether they meet the conditions
};

// The places that are no farther than asked, or the nearest of them. Reads the entries of cells
// around the centre: with a limit in circles that grow until they hold enough. With conditions the
// records of places that come into question are read, each once. Errors:
// InvalidArgument with neither a distance nor a limit; DataLoss, Unavailable.
absl::StatusOr<NearResult> FindNear(const txn::ReadView& view, const NearQuery& query);

}  // namespace daftar::query
