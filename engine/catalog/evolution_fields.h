// The part of the evolution validator that compares the fields of one struct. Internal to
// evolution*.cc.
#pragma once

#include <capnp/schema.h>

#include <string>

#include "catalog/evolution_rules.h"

namespace daftar::catalog {

// Two versions of one struct.
struct StructPair {
  capnp::StructSchema from;
  capnp::StructSchema to;
  // Names of the tables that store the struct, for messages; empty: none does.
  std::string stored_in;
};

// Compares fields by ordinal, members of groups and unions included. Runs inside Fenced().
void CompareFields(const StructPair& pair, Findings* findings);

}  // namespace daftar::catalog
