// The entries of a record in an index of names: docs/format.md section 18.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "catalog/catalog.h"
#include "index/entries.h"
#include "record/message.h"

namespace daftar::index {

// A name as the entry of its text holds it.
struct HeldName {
  size_t field = 0;  // into SearchDef::fields
  std::string text;
  std::optional<int32_t> from;  // days since 1970
  std::optional<int32_t> to;
};

// Errors: DataLoss when `covered`, the entry's value without its version, is not one of a name.
absl::StatusOr<HeldName> DecodeHeldName(std::string_view covered);

// What stands in a key of the index for a key of names: with its end, or, for all keys that begin
// so, without it.
std::string SearchKeyPart(std::string_view key);
std::string SearchKeyStart(std::string_view key);

// EntriesUnder() for an index of names. Runs inside Fenced().
absl::StatusOr<std::vector<Entry>> SearchEntries(std::string prefix, const catalog::IndexDef& index,
                                                 std::string_view primary_key,
                                                 const record::Message& record);

// Whether two versions of a record have the same names and days, so that their entries need not be
// worked out. Requires: the index is one of names. Errors: DataLoss.
absl::StatusOr<bool> HaveSameNames(const catalog::IndexDef& index, const record::Message& a,
                                   const record::Message& b);

}  // namespace daftar::index
