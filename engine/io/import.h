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

// Rows in the form in which a sink takes them. They are filled on one thread and taken on another,
// never at once; all rows of a sink are filled on the same thread.
class SinkRows {
 public:
  virtual ~SinkRows() = default;

  virtual void Clear() = 0;
  // Appends one row with all its records, or nothing.
  // Errors: as RecordSink::Add, of what the records are by themselves.
  virtual absl::Status Append(std::span<const record::JsonValue> records) = 0;
  // The same for a row that is one record: its cells, for the paths that the rows were made with.
  // False, and nothing is appended, when only Append() can take it or say what is wrong.
  virtual bool AppendCells(std::span<const std::string_view> cells) = 0;
};

// Takes the records of an import. Nothing is written unless Finish() is called and succeeds. A sink
// that is made for a dry run checks all the same and writes nothing at all; RunImport() uses it no
// differently.
class RecordSink {
 public:
  virtual ~RecordSink() = default;

  // Rows for this sink, none yet; `paths` are the fields that cells go to. Lifetime: the sink
  // outlives them. Thread safety: they may be filled while the sink takes others.
  virtual std::unique_ptr<SinkRows> NewRows(std::span<const std::string> paths) = 0;
  // Takes all records of row number `row`, counted from 0, or none of them. `line` is where it
  // begins. Errors: InvalidArgument, AlreadyExists and NotFound mean a bad row, and the import may
  // go on; in the message "; field=<path>" names the field. Any other error ends the import.
  virtual absl::Status Add(const SinkRows& rows, size_t row, uint64_t line) = 0;
  // Writes everything, or in a dry run checks what can only be checked with all records there, such
  // as unique values that two upserted rows share. Called once, after the last row.
  virtual absl::Status Finish() = 0;
};

struct ImportInput {
  std::unique_ptr<ByteSource> bytes;
  // What messages call it, and where the format is taken from when the options leave it open.
  std::string name;
};

// Imports all rows into one table. The input is read and mapped on a thread of its own, ahead of
// the sink. Errors: those of the first bad row "firms.csv:17: column 'score' (field score): …" with
// the code that the sink or the map gave, when there is no rejects file; InvalidArgument for a
// wrong map or an input that cannot be divided into rows; AlreadyExists when the rejects file
// exists; errors of reading, of the rejects file and of the sink. After an error nothing of the
// import is there.
absl::StatusOr<ImportReport> RunImport(ImportInput input, std::string_view table,
                                       const ImportOptions& options, RecordSink& sink);

}  // namespace daftar::io
