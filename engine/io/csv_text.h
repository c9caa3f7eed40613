// Cells of CSV as text.
#pragma once

#include <string>
#include <string_view>

namespace daftar::io {

// Appends a cell after RFC 4180. Quotes stand around it only where they are needed: around commas,
// quotes and line ends, and around the empty text, which nothing at all would turn into null.
void AppendCsvCell(std::string_view text, std::string* out);

}  // namespace daftar::io
