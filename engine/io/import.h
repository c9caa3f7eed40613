// The import driver: rows of an input through a map into a sink.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/byte_source.h"
#include "daftar/import.h"
#include "record/json_value.h"

namespace daftar::io {

// Takes the records of an import. Nothing is written unless Finish() is called and succeeds. A sink
// that is made for a dry run checks all the same and writes nothing at all; RunImport() uses it no
// differently.
class RecordSink {
 public:
  virtual ~RecordSink() = default;

  // Takes all records of one row, or none of them. `line` is where the row begins.
  // Errors: InvalidArgument, AlreadyExists and NotFound mean a bad row, and the import may go on;
  // in the message "; field=<path>" names the field. Any other error ends the import.
  virtual absl::Status Add(std::span<const record::JsonValue> records, uint64_t line) = 0;
  // Writes everything, or in a dry run checks what can only be checked with all records there, such
  // as unique values that two upserted rows share. Called once, after the last row.
  virtual absl::Status Finish() = 0;
};

struct ImportInput {
  std::unique_ptr<ByteSource> bytes;
  // What messages call it, and where the format is taken from when the options leave it open.
  std::string name;
};

// Imports all rows into one table. Errors: those of the first bad row "firms.csv:17: column 'score'
// (field score): …" with the code that the sink or the map gave, when there is no rejects file;
// InvalidArgument for a wrong map or an input that cannot be divided into rows; AlreadyExists when
// the rejects file exists; errors of reading, of the rejects file and of the sink. After an error
// nothing of the import is there.
absl::StatusOr<ImportReport> RunImport(ImportInput input, std::string_view table,
                                       const ImportOptions& options, RecordSink& sink);

}  // namespace daftar::io
