#include "io/csv_text.h"

namespace daftar::io {

void AppendCsvCell(std::string_view text, std::string* out) {
  if (!text.empty() && text.find_first_of(",\"\r\n") == text.npos) {
    out->append(text);
    return;
  }
  out->push_back('"');
  for (char c : text) {
    if (c == '"') out->push_back('"');
    out->push_back(c);
  }
  out->push_back('"');
}

}  // namespace daftar::io
