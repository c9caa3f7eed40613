// Rows of CSV and TSV; use OpenRowSource.
#pragma once

#include <memory>

#include "io/row_source.h"

namespace daftar::io {

absl::StatusOr<std::unique_ptr<RowSource>> OpenCsvSource(std::unique_ptr<ByteSource> bytes);
absl::StatusOr<std::unique_ptr<RowSource>> OpenTsvSource(std::unique_ptr<ByteSource> bytes);

}  // namespace daftar::io
