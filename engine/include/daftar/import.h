// Import of CSV, TSV and JSON.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "daftar/options.h"

namespace daftar {

enum class ImportFormat {
  kAuto,       // by the file name: .csv, .tsv, .tab, .jsonl, .ndjson, .json
  kCsv,        // RFC 4180 with a header line, UTF-8
  kTsv,        // a header line, cells between tabs, no quoting
  kJsonLines,  // one record on each line
  kJson,       // an array of records, or one record
};

// The format that a file name stands for. Errors: InvalidArgument when it stands for none.
absl::StatusOr<ImportFormat> FormatOfFile(const std::filesystem::path& file);

enum class ImportMode {
  kInsert,  // a record whose key is taken is a bad row
  kUpsert,  // it replaces the one there
};

struct ImportOptions {
  ImportFormat format = ImportFormat::kAuto;
  // The text of an import map, see docs/import-maps.md. Without one, columns are named after the
  // fields they go to ("names[0].text") and JSON rows are records as they are.
  std::optional<std::string> map = std::nullopt;
  ImportMode mode = ImportMode::kInsert;
  // Reads, maps and checks everything and writes nothing.
  bool dry_run = false;
  // With a path, bad rows are written there together with their error and the import goes on;
  // without one, the first bad row ends it and nothing is written. The file is made when the first
  // bad row is met; a file that exists is refused.
  std::optional<std::filesystem::path> rejects = std::nullopt;
  // What the commit states. It is always synced.
  CommitOptions commit = {};
  // Called now and then with the rows and bytes read so far, on the importing thread.
  std::function<void(uint64_t rows, uint64_t bytes)> progress = nullptr;
};

struct ImportReport {
  // A record that the map's "flag" found to be odd; it was written all the same.
  struct Flagged {
    uint64_t line = 0;   // of the input, from 1
    std::string name;    // what the map says to call it, or empty
    std::string reason;  // "sum of parties.share is 1001000 instead of 1000000; equityState=over"
  };
  uint64_t rows_read = 0;
  uint64_t records_written = 0;  // with dry_run: that would have been written
  uint64_t rows_skipped = 0;     // rows that the map turned into no record
  uint64_t rows_rejected = 0;
  uint64_t bytes_read = 0;
  std::vector<Flagged> flagged;
};

// The names of the tables that a map describes, in its order.
// Errors: InvalidArgument with the place in the text.
absl::StatusOr<std::vector<std::string>> TablesOfImportMap(std::string_view map);

}  // namespace daftar
