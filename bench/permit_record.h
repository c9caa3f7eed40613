// A generated permit as a record of the class that a schema has for it.
#pragma once

#include "bench/permits.h"

namespace daftar::bench {

// Requires: `State` is the enum of `Builder`.
template <typename State, typename Builder>
void Fill(const Permit& permit, Builder record) {
  record.setNo(permit.no);
  record.setFirm(permit.firm);
  record.setZone(permit.zone);
  record.setKind(permit.kind);
  record.setState(static_cast<State>(permit.state));
  record.setYear(permit.year);
  record.setSerial(permit.serial);
  record.setValidFrom(permit.valid_from);
  record.setValidTo(permit.valid_to);
  record.setAreaSquareMetres(permit.area_square_metres);
  record.setNote(permit.note);
}

}  // namespace daftar::bench
