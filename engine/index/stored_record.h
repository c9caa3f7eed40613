// Records as the store holds them, and their keys as people read them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "catalog/catalog.h"
#include "codec/key.h"
#include "record/message.h"
#include "storage/reader.h"

namespace daftar::index {

// Reads what a record key holds. Errors: DataLoss.
absl::StatusOr<std::optional<record::Message>> ReadRecord(const storage::Reader& reader,
                                                          const catalog::TableDef& table,
                                                          const codec::EncodedKey& key);

// The message in a stored value. Errors: DataLoss, FailedPrecondition.
absl::StatusOr<record::Message> DecodeRecord(const catalog::TableDef& table, std::string_view key,
                                             std::string_view value);

// A record's primary key as people read it: "IRZBR, 12". For messages; never fails.
std::string DescribeKey(const catalog::TableDef& table, std::string_view primary_key);

}  // namespace daftar::index
