#include "query/record_lookup.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "codec/key.h"
#include "codec/keyspace.h"
#include "record/envelope.h"
#include "record/stored_scalar.h"

namespace daftar::query {

std::optional<std::string> WholeKeyOf(const catalog::TableDef& table,
                                      const std::vector<record::Condition>& conditions) {
  std::string key = codec::RecordPrefix(table.id);
  for (const catalog::Term& term : table.key) {
    const auto held =
        std::find_if(conditions.begin(), conditions.end(), [&](const record::Condition& condition) {
          return condition.op == Operator::kEqual && condition.path == term.path;
        });
    if (held == conditions.end()) return std::nullopt;
    codec::AppendPart(term.part, ToView(held->operands.front()), &key);
  }
  return key;
}

absl::StatusOr<bool> RecordLookup::Find(const txn::ReadView& view, std::string key) {
  key_ = std::move(key);
  DAFTAR_ASSIGN_OR_RETURN(std::optional<std::string> stored, view.reader->Get(key_));
  if (!stored.has_value()) return false;
  stored_ = *std::move(stored);
  DAFTAR_ASSIGN_OR_RETURN(const record::Envelope envelope, record::DecodeEnvelope(key_, stored_));
  message_ = envelope.message;
  return true;
}

absl::StatusOr<Scalar> RecordLookup::Get(const record::FieldPath& path) const {
  return record::ReadScalar(path, key_, message_);
}

absl::StatusOr<record::Message> RecordLookup::Record() const {
  return record::Message::FromStored(table_.schema, message_);
}

}  // namespace daftar::query
