// What is near a place. See Database::Near.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "daftar/point.h"
#include "daftar/record.h"

namespace daftar {

struct NearOptions {
  // Not farther than this; 0 or greater. One of the two is needed.
  std::optional<double> within_metres = std::nullopt;
  // So many, the nearest.
  std::optional<size_t> limit = std::nullopt;
  // Only records that meet all of these conditions, each written as for Query::Where(text). A limit
  // counts what is left.
  std::vector<std::string> where = {};
  // The name of the $point; may be left out when the table has one.
  std::string index = {};
};

struct NearRow {
  double metres = 0;  // along the shortest way on the ellipsoid of WGS84
  Point point;        // where the record is
  Record record;
};

}  // namespace daftar
