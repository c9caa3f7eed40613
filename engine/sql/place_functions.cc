#include "daftar/point.h"
#include "sql/function.h"

namespace daftar::sql {
namespace {

void DistanceKm(sqlite3_context* context, sqlite3_value** values) {
  constexpr double kMetresPerKilometre = 1000;
  const auto metres =
      DistanceMetres({sqlite3_value_double(values[0]), sqlite3_value_double(values[1])},
                     {sqlite3_value_double(values[2]), sqlite3_value_double(values[3])});
  if (!metres.ok()) return Refuse(context, metres.status());
  sqlite3_result_double(context, *metres / kMetresPerKilometre);
}

constexpr Function kFunctions[] = {{"distance_km", 4, DistanceKm}};

}  // namespace

std::span<const Function> PlaceFunctions() { return kFunctions; }

}  // namespace daftar::sql
