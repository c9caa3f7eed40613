#include "daftar/near.h"

#include <utility>

#include "api/state.h"
#include "base/status.h"
#include "geography/point.h"
#include "index/entries.h"
#include "query/near.h"
#include "query/plan.h"
#include "record/envelope.h"
#include "record/kj_fence.h"

namespace daftar {
namespace {

absl::StatusOr<Record> ReadRecord(const txn::ReadView& view, const catalog::TableDef& table,
                                  const codec::EncodedKey& key) {
  DAFTAR_ASSIGN_OR_RETURN(const std::optional<std::string> value, view.reader->Get(key.view()));
  if (!value.has_value()) return DataLoss("an entry points to no record").With("table", table.name);
  DAFTAR_ASSIGN_OR_RETURN(const record::Envelope envelope,
                          record::DecodeEnvelope(key.view(), *value));
  DAFTAR_ASSIGN_OR_RETURN(record::Message message,
                          record::Message::FromStored(table.schema, envelope.message));
  return internal::RecordAccess::Make(std::make_shared<internal::RecordState>(
      internal::RecordState{view.catalog, &table, std::move(message), envelope.created}));
}

}  // namespace

absl::StatusOr<std::vector<NearRow>> Database::Near(const ReadView& view, std::string_view table,
                                                    const Point& centre,
                                                    const NearOptions& options) const {
  const txn::ReadView& from = internal::DatabaseAccess::View(view);
  if (!geography::IsPoint(centre)) {
    return InvalidArgument("this is no place on the Earth")
        .With("latitude", centre.latitude)
        .With("longitude", centre.longitude);
  }
  if (options.within_metres.has_value() && !(*options.within_metres >= 0)) {
    return InvalidArgument("a distance is 0 or greater").With("metres", *options.within_metres);
  }
  query::NearQuery query;
  DAFTAR_ASSIGN_OR_RETURN(query.table, from.catalog->GetTable(table));
  DAFTAR_RETURN_IF_ERROR(txn::CheckReadable(from, *query.table));
  DAFTAR_ASSIGN_OR_RETURN(query.index, query::PointIndex(*query.table, options.index));
  query.centre = centre;
  query.within_metres = options.within_metres;
  query.limit = options.limit;
  if (!options.where.empty()) {
    Query conditions{std::string(table)};
    for (const std::string& text : options.where) conditions.Where(text);
    DAFTAR_ASSIGN_OR_RETURN(query::BoundQuery bound, query::Bind(*from.catalog, conditions));
    query.conditions = std::move(bound.conditions);
  }
  DAFTAR_ASSIGN_OR_RETURN(const query::NearResult found, query::FindNear(from, query));
  std::vector<NearRow> rows;
  for (const query::NearPlace& place : found.places) {
    DAFTAR_ASSIGN_OR_RETURN(Record record, ReadRecord(from, *query.table, place.key));
    rows.push_back({place.metres, place.point, std::move(record)});
  }
  return rows;
}

absl::StatusOr<Point> Database::PointOf(const ReadView& view, std::string_view table,
                                        const Key& key, std::string_view index) const {
  const txn::ReadView& from = internal::DatabaseAccess::View(view);
  DAFTAR_ASSIGN_OR_RETURN(const catalog::TableDef* const def, from.catalog->GetTable(table));
  DAFTAR_ASSIGN_OR_RETURN(const catalog::IndexDef* const point_index,
                          query::PointIndex(*def, index));
  DAFTAR_ASSIGN_OR_RETURN(const Record record, internal::GetRecord(from, table, key));
  return record::Fenced(
      absl::StatusCode::kDataLoss, "record does not decode", [&]() -> absl::StatusOr<Point> {
        const auto point =
            index::PointOf(*point_index, internal::RecordAccess::State(record).message);
        if (point.has_value()) return *point;
        return FailedPrecondition("the record is nowhere: it has no coordinates on the Earth")
            .With("table", table)
            .With("index", point_index->name);
      });
}

}  // namespace daftar
