// Where bad rows go, so that they can be corrected and imported again.
#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "io/row_source.h"

namespace daftar::io {

// CSV and TSV keep their form, with a column "_error" at the end; JSON becomes lines of
// {"_error":…,"_line":…,"row":…}, with "text" instead of "row" for a row that is not JSON.
inline constexpr std::string_view kErrorColumn = "_error";
inline constexpr std::string_view kRejectedLine = "_line";
inline constexpr std::string_view kRejectedRow = "row";
inline constexpr std::string_view kRejectedText = "text";

class RejectFile {
 public:
  explicit RejectFile(std::filesystem::path path) : path_(std::move(path)) {}
  ~RejectFile();
  RejectFile(const RejectFile&) = delete;
  RejectFile& operator=(const RejectFile&) = delete;

  // Errors: AlreadyExists when the file exists. Add() would not overwrite it either.
  absl::Status CheckAbsent() const;

  // Appends a row; the first makes the file. Errors: AlreadyExists; Unavailable when it cannot be
  // written.
  absl::Status Add(const RowSource& source, const SourceRow& row, std::string_view error,
                   bool is_tsv);
  // Flushes and closes. Errors: Unavailable.
  absl::Status Close();

 private:
  absl::Status Create(const RowSource& source, bool is_tsv);
  absl::Status Append(const std::string& text);
  absl::Status Failed(std::string_view text) const;

  std::filesystem::path path_;
  std::FILE* file_ = nullptr;
};

}  // namespace daftar::io
