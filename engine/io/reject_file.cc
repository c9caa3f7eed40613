#include "io/reject_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/json_string.h"
#include "base/status.h"
#include "io/csv_text.h"

namespace daftar::io {
namespace {

void AppendCell(std::string_view text, bool is_tsv, std::string* out) {
  if (!is_tsv) return AppendCsvCell(text, out);
  // TSV has no way to write them.
  for (char c : text) out->push_back(c == '\t' || c == '\n' || c == '\r' ? ' ' : c);
}

// The row with its error. A row that has an error from an earlier import gets the new one.
void AppendCells(const RowSource& source, const SourceRow& row, std::string_view error, bool is_tsv,
                 std::string* out) {
  const char separator = is_tsv ? '\t' : ',';
  const auto& columns = source.columns();
  const auto old = std::find(columns.begin(), columns.end(), kErrorColumn);
  if (old == columns.end()) {
    out->append(row.raw);
    out->push_back(separator);
    AppendCell(error, is_tsv, out);
    return;
  }
  if (row.cells.size() != columns.size()) {
    out->append(row.raw);
    return;
  }
  for (size_t i = 0; i < row.cells.size(); ++i) {
    if (i > 0) out->push_back(separator);
    if (columns[i] == kErrorColumn) {
      AppendCell(error, is_tsv, out);
    } else if (row.cells[i].data() != nullptr) {
      AppendCell(row.cells[i], is_tsv, out);
    }
  }
}

void AppendJsonReject(const SourceRow& row, std::string_view error, std::string* out) {
  absl::StrAppend(out, "{\"", kErrorColumn, "\":");
  AppendJsonString(error, out);
  absl::StrAppend(out, ",\"", kRejectedLine, "\":", row.line);
  if (row.status.ok()) {
    // A value that was parsed fits on one line however the document was laid out.
    absl::StrAppend(out, ",\"", kRejectedRow, "\":");
    record::AppendJson(*row.json, out);
  } else {
    absl::StrAppend(out, ",\"", kRejectedText, "\":");
    AppendJsonString(row.raw, out);
  }
  out->push_back('}');
}

}  // namespace

RejectFile::~RejectFile() {
  if (file_ != nullptr) std::fclose(file_);
}

absl::Status RejectFile::Failed(std::string_view text) const {
  return Unavailable(text).With("file", path_.string()).With("cause", std::strerror(errno));
}

absl::Status RejectFile::CheckAbsent() const {
  std::error_code ignored;  // A path that cannot be looked at is reported by Create().
  if (!std::filesystem::exists(path_, ignored)) return absl::OkStatus();
  return AlreadyExists("rejects file exists; move it away or name another")
      .With("file", path_.string());
}

absl::Status RejectFile::Create(const RowSource& source, bool is_tsv) {
  file_ = std::fopen(path_.c_str(), "wbx");
  if (file_ == nullptr) {
    DAFTAR_RETURN_IF_ERROR(CheckAbsent());
    return Failed("cannot make the rejects file");
  }
  if (source.is_json()) return absl::OkStatus();
  std::string header = source.header();
  const auto& columns = source.columns();
  if (std::find(columns.begin(), columns.end(), kErrorColumn) == columns.end()) {
    absl::StrAppend(&header, is_tsv ? "\t" : ",", kErrorColumn);
  }
  return Append(header + "\n");
}

absl::Status RejectFile::Append(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), file_) == text.size()) return absl::OkStatus();
  return Failed("cannot write the rejects file");
}

absl::Status RejectFile::Add(const RowSource& source, const SourceRow& row, std::string_view error,
                             bool is_tsv) {
  if (file_ == nullptr) DAFTAR_RETURN_IF_ERROR(Create(source, is_tsv));
  std::string line;
  if (source.is_json()) {
    AppendJsonReject(row, error, &line);
  } else {
    AppendCells(source, row, error, is_tsv, &line);
  }
  line.push_back('\n');
  return Append(line);
}

absl::Status RejectFile::Close() {
  if (file_ == nullptr) return absl::OkStatus();
  std::FILE* file = file_;
  file_ = nullptr;
  return std::fclose(file) == 0 ? absl::OkStatus() : Failed("cannot write the rejects file");
}

}  // namespace daftar::io
