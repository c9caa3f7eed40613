// Giving a database another schema while it is in use.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "daftar/ids.h"
#include "daftar/options.h"
#include "daftar/rules.h"
#include "daftar/schema.h"

namespace daftar {

// How far the indexes of a table have been built, or its aggregates counted. Never goes back, also
// not from one call to the next that goes on.
struct IndexProgress {
  std::string table;
  std::vector<std::string> indexes;  // or aggregates, built together, in one walk over the records
  uint64_t records = 0;              // walked over
  double fraction = 0;               // 0 to 1, about
  bool checks = false;               // nothing is built: records are checked against the schema
};

// Two records that have the same values of a unique index.
struct UniqueViolation {
  std::string table;
  std::string index;
  std::string values;  // as people read them: "IRZBR, 12"
  std::string key;     // of one record
  std::string other;   // of the other
};

struct SchemaChangeOptions {
  // Says what would be done, and changes nothing.
  bool dry_run = false;
  // What the commits state that change the schema; its reason goes behind theirs.
  CommitOptions commit = {};
  // Called before each range of some hundred records, by the thread that called ApplySchema; false
  // stops there. Null: never stops.
  std::function<bool(const IndexProgress&)> progress = nullptr;
  // How many violations are listed at most; all are counted.
  size_t violations_max = 1000;
};

struct SchemaChangeReport {
  struct Index {
    std::string table;
    std::string name;
    uint64_t entries = 0;  // of the records that there are now; 0 when it is not built
  };

  struct Aggregate {
    std::string table;
    std::string name;
    uint64_t groups = 0;  // that there are now; 0 when it is not counted
  };

  struct Checked {
    std::string table;
    uint64_t records = 0;  // whose versions were looked at; 0 in a dry run
  };

  // What was found, and the verdict. There is none when the schema is the one in force.
  SchemaCheck check;
  SchemaVersion schema;            // in force afterwards
  std::vector<Index> built;        // to be built, in a dry run
  std::vector<Aggregate> counted;  // of the records that there are; to be, in a dry run
  std::vector<Checked> checked;    // for texts that are JSON from now on; to be, in a dry run
  std::vector<Index> removed;      // indexes and aggregates whose entries were removed
  std::vector<UniqueViolation> violations;
  uint64_t violation_count = 0;
  // Records that break rules which are new or changed: the rules bind all commits from now on, and
  // these stay as they are until somebody puts them right. All are counted.
  std::vector<RuleViolation> rule_violations;
  uint64_t rule_violation_count = 0;
  // Of a dry run: whether the schema would be refused, whatever the records are.
  bool refused = false;
  // Whether everything is done: false when `progress` stopped it, when there are violations of
  // either kind, and for a dry run that found something to do. The next call with the same schema
  // goes on.
  bool complete = true;
};

}  // namespace daftar
