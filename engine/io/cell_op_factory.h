// The makers of single operations; ParseCellOps knows their names.
#pragma once

#include "absl/status/statusor.h"
#include "io/cell_op.h"
#include "io/spec.h"

namespace daftar::io {

// Text: what stands in the cell, cleaned up.
absl::StatusOr<CellOp> MakeTrim(const Spec& argument);
absl::StatusOr<CellOp> MakeNullIf(const Spec& argument);
absl::StatusOr<CellOp> MakeStripPrefix(const Spec& argument);
absl::StatusOr<CellOp> MakeStripSuffix(const Spec& argument);
absl::StatusOr<CellOp> MakeLower(const Spec& argument);
absl::StatusOr<CellOp> MakeUpper(const Spec& argument);
absl::StatusOr<CellOp> MakeReplace(const Spec& argument);
absl::StatusOr<CellOp> MakePad(const Spec& argument);
absl::StatusOr<CellOp> MakeLatinDigits(const Spec& argument);

// Structure: lists and parts.
absl::StatusOr<CellOp> MakeSplit(const Spec& argument);
absl::StatusOr<CellOp> MakeJoin(const Spec& argument);
absl::StatusOr<CellOp> MakeAt(const Spec& argument);
absl::StatusOr<CellOp> MakeParse(const Spec& argument);
absl::StatusOr<CellOp> MakeTake(const Spec& argument);
absl::StatusOr<CellOp> MakeDefault(const Spec& argument);
absl::StatusOr<CellOp> MakeJson(const Spec& argument);

// Meaning: dates, numbers, codes, places.
absl::StatusOr<CellOp> MakeLookup(const Spec& argument, const LookupTables& tables);
absl::StatusOr<CellOp> MakeDate(const Spec& argument);
absl::StatusOr<CellOp> MakeMultiply(const Spec& argument);
absl::StatusOr<CellOp> MakeUnits(const Spec& argument);
absl::StatusOr<CellOp> MakeCoordinates(const Spec& argument);

}  // namespace daftar::io
