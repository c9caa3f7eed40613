// Reports about a whole database: counts, sizes, and whether it is consistent.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "daftar/ids.h"

namespace daftar {

struct IndexStats {
  std::string name;
  uint64_t entries = 0;
};

struct TableStats {
  std::string name;
  uint64_t records = 0;
  uint64_t record_bytes = 0;  // keys and values, uncompressed
  std::vector<IndexStats> indexes;
};

struct DatabaseStats {
  std::vector<TableStats> tables;
  CommitVersion last_commit;
  SchemaVersion schema;
  uint64_t disk_bytes = 0;
  uint64_t memory_bytes = 0;
};

enum class ProblemKind {
  kDamagedRecord,  // a record does not verify; only a backup can bring it back
  kWrongKey,       // a record stands under a key that is not its own
  kMissingEntry,   // a record lacks an index entry
  kExtraEntry,     // an index entry has no record, or not with these values
  kWrongEntry,     // an entry's covered fields are not the record's
  kUnknownKey,     // a key that belongs to no table or index of the schema
  kDuplicate,      // two records share the values of a unique index
};

struct Problem {
  ProblemKind kind = ProblemKind::kDamagedRecord;
  std::string table;
  std::string index;
  std::string key;  // the record's primary key, or the raw key in hexadecimal
  std::string message;
  bool repaired = false;
};

struct VerifyOptions {
  // Writes what follows from the records: missing, extra and wrong index entries.
  bool repair = false;
  // Problems beyond this many are counted but not listed.
  size_t problems_listed_max = 1000;
  // Called now and then with the number of records and entries checked so far.
  std::function<void(uint64_t checked)> progress = nullptr;
};

struct VerifyReport {
  uint64_t records = 0;
  uint64_t entries = 0;
  uint64_t problems_found = 0;
  uint64_t problems_repaired = 0;
  std::vector<Problem> problems;
  bool clean() const { return problems_found == problems_repaired; }
};

}  // namespace daftar
