#include "query/result_row.h"

namespace daftar::query {

size_t BytesOf(const ResultRow& row) {
  size_t bytes = row.key.view().size() + sizeof(ResultRow);
  if (row.record.has_value()) bytes += row.record->bytes().size();
  for (const Value& value : row.values) {
    bytes += sizeof(Value);
    if (const auto* text = value.get_if<std::string>()) bytes += text->size();
    if (const auto* blob = value.get_if<Blob>()) bytes += blob->bytes.size();
  }
  return bytes;
}

}  // namespace daftar::query
