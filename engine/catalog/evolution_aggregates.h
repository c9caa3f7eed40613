// The part of the evolution validator that compares aggregates. Internal to evolution*.cc.
#pragma once

#include "catalog/evolution.h"
#include "catalog/evolution_rules.h"

namespace daftar::catalog {

void CompareAggregates(const TableDef& from, const TableDef& to, Findings* findings);

}  // namespace daftar::catalog
