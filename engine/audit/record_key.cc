#include "audit/record_key.h"

#include "base/status.h"
#include "codec/keyspace.h"

namespace daftar::audit {

absl::StatusOr<RecordKey> DecodeRecordKey(const catalog::Catalog& catalog, std::string_view key) {
  const auto malformed = [whole = key] {
    return DataLoss("key is no record's").WithBytes("key", whole);
  };
  if (key.empty() || key.front() != static_cast<char>(codec::Space::kRecord)) return malformed();
  key.remove_prefix(1);
  const auto id = codec::TakeOrderedVarint(&key);
  if (!id.ok() || *id > UINT32_MAX) return malformed();
  RecordKey decoded;
  decoded.id = TableId(static_cast<uint32_t>(*id));
  decoded.table = catalog.FindTable(decoded.id);
  if (decoded.table == nullptr) return decoded;
  for (const catalog::Term& term : decoded.table->key) {
    DAFTAR_ASSIGN_OR_RETURN(const OwnedScalar value, codec::TakePart(term.part, &key));
    decoded.values.push_back(term.path.type().ToValue(ToView(value)));
  }
  if (!key.empty()) return malformed();
  return decoded;
}

}  // namespace daftar::audit
