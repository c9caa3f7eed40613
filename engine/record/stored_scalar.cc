#include "record/stored_scalar.h"

#include "base/status.h"

namespace daftar::record {

absl::StatusOr<Scalar> ReadScalar(const FieldPath& path, std::string_view key,
                                  std::string_view message) {
  if (const auto value = path.Read(message)) return *value;
  return DataLoss("record does not decode").With("path", path.text()).WithBytes("key", key);
}

}  // namespace daftar::record
