#include "catalog/resolve_point.h"

#include "base/status.h"
#include "catalog/resolve_terms.h"

namespace daftar::catalog {

absl::StatusOr<IndexDef> ResolvePoint(capnp::StructSchema schema, schema::Point::Reader source) {
  IndexDef index;
  index.kind = IndexKind::kPoint;
  index.name = std::string(View(source.getName()));
  DAFTAR_RETURN_IF_ERROR(CheckName(index.name));
  index.on = CellTerms();
  for (auto path : {source.getLatitude(), source.getLongitude()}) {
    if (path.size() == 0) return InvalidArgument("a point needs `latitude` and `longitude`");
    DAFTAR_ASSIGN_OR_RETURN(Term term, ParseCoveringTerm(schema, View(path)));
    index.covering.push_back(std::move(term));
  }
  DAFTAR_RETURN_IF_ERROR(CheckPoint(index));
  DAFTAR_ASSIGN_OR_RETURN(index.where, ParseWhere(schema, View(source.getWhere())));
  return index;
}

absl::Status CheckPoint(const IndexDef& index) {
  if (index.covering.size() != 2) return InvalidArgument("a point has two coordinates");
  for (const Term& term : index.covering) {
    const codec::KeyType type = term.part.type;
    const bool is_float = type == codec::KeyType::kFloat32 || type == codec::KeyType::kFloat64;
    if (term.path.fans_out() ||
        (!is_float && term.path.type().meaning() != record::Meaning::kDecimal)) {
      return InvalidArgument("a coordinate is a decimal or a float, in degrees")
          .With("path", term.path.text());
    }
  }
  if (index.covering[0].path == index.covering[1].path) {
    return InvalidArgument("latitude and longitude are one field")
        .With("path", index.covering[0].path.text());
  }
  return absl::OkStatus();
}

}  // namespace daftar::catalog
