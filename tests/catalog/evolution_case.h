// One change of schema and what the evolution validator must say of it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/evolution.h"

namespace daftar::testing {

struct ParsedTables {
  std::shared_ptr<const record::SchemaSet> types;
  std::vector<catalog::TableDef> tables;

  catalog::SchemaSide side() const { return {*types, tables}; }
};

// Parses the body of a schema file. A body without any $table is the fields of struct Well, which
// is the table "well" with the key `district @0 :Text` in front of them.
ParsedTables ParseBody(const std::string& body);

struct EvolutionCase {
  const char* name;
  const char* from;
  const char* to;
  Verdict verdict;
  const char* findings;  // all of them, in order: "1 Well.depth, 5 Well.owner"
};

// Checks the verdict and the findings of a case; that the old schema may follow itself without a
// finding; and that Cap'n Proto's loader takes what is not forbidden.
void CheckEvolutionCase(const EvolutionCase& test);

}  // namespace daftar::testing
