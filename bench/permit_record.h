// A generated permit as a record of permit.capnp.
#pragma once

#include "bench/permits.h"
#include "permit.capnp.h"

namespace daftar::bench {

inline void Fill(const Permit& permit, schema::Permit::Builder record) {
  record.setNo(permit.no);
  record.setFirm(permit.firm);
  record.setZone(permit.zone);
  record.setKind(permit.kind);
  record.setState(static_cast<schema::State>(permit.state));
  record.setYear(permit.year);
  record.setSerial(permit.serial);
  record.setValidFrom(permit.valid_from);
  record.setValidTo(permit.valid_to);
  record.setAreaSquareMetres(permit.area_square_metres);
  record.setNote(permit.note);
}

}  // namespace daftar::bench
