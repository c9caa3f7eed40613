// Rows as an aligned table; use RowWriter::Create.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daftar/row_writer.h"

namespace daftar::io {

std::unique_ptr<RowWriter> MakeTableWriter(const RowWriterOptions& options,
                                           std::vector<std::string> columns,
                                           RowWriter::Output output);

}  // namespace daftar::io
