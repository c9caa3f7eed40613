// Schemas outside a database: where they come from, and whether one may follow another.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace daftar {

// A .capnp file with the annotations of schema/daftar.capnp. "/daftar/daftar.capnp",
// "/daftar/registry.capnp" and "/capnp/c++.capnp" can be imported with nothing installed; other
// imports are looked for beside the file and in `import_paths`.
struct SchemaFile {
  // Empty: the registry schema that comes with the library.
  std::filesystem::path file;
  std::vector<std::filesystem::path> import_paths;
};

// What a change of schema asks for, from the least to the most. docs/evolution.md lists the rules.
enum class Verdict {
  kSafe,       // takes effect at once
  kRebuild,    // the named indexes are built anew
  kMigrate,    // every record of a table is checked or rewritten
  kForbidden,  // stored data would be misread or lost
};

struct SchemaFinding {
  Verdict verdict = Verdict::kSafe;
  int rule = 0;         // its number in docs/evolution.md
  std::string place;    // "Permit.validTo", "table permit", "index permit_by_firm"
  std::string message;  // what changed, and what to do instead when it is forbidden
};

struct SchemaCheck {
  // The gravest verdict of all findings; safe when there are none.
  Verdict verdict = Verdict::kSafe;
  std::vector<SchemaFinding> findings;
};

// Judges whether a database with schema `from` may take on schema `to`. Needs no database.
// Errors: InvalidArgument or NotFound when a file does not parse or its annotations are malformed.
absl::StatusOr<SchemaCheck> CheckSchemaChange(const SchemaFile& from, const SchemaFile& to);

// A table as its schema declares it.
struct TableInfo {
  struct Field {
    std::string name;
    std::string type;  // "text", "optional date", "list of struct Name", …
  };
  struct Index {
    std::string name;
    std::string definition;  // "on zone, validTo desc, unique, covering holder, where …"
  };
  struct Aggregate {
    std::string name;
    std::string definition;  // "by zone, state, count, sum fee, min validTo, where …"
  };
  struct Rule {
    std::string kind;  // "reference", "check", "exclusive", "sumsTo", "lifecycle", …
    std::string name;
    std::string definition;
  };
  std::string name;
  std::string struct_name;
  std::vector<std::string> key;  // paths, with " desc" where declared so
  std::vector<Field> fields;     // of the struct itself, in the order of their ordinals
  std::vector<Index> indexes;
  std::vector<Aggregate> aggregates;
  std::vector<Rule> rules;
  std::vector<std::string> required;  // what commits must state: "actor", "reason", "decision"
  uint32_t history_days = 0;          // how long old versions are kept; 0: for good
};

// The tables of a schema file. Errors: as CheckSchemaChange.
absl::StatusOr<std::vector<TableInfo>> DescribeSchema(const SchemaFile& schema);

}  // namespace daftar
