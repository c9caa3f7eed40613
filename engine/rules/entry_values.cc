#include "rules/entry_values.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "codec/key.h"
#include "codec/keyspace.h"
#include "index/entries.h"

namespace daftar::rules {

bool EntryValues::AnyNull(size_t count) const {
  return std::any_of(on.begin(), on.begin() + static_cast<std::ptrdiff_t>(count),
                     [](const OwnedScalar& value) { return IsNull(value); });
}

absl::StatusOr<EntryValues> DecodeEntryKey(const catalog::IndexDef& index, std::string_view key) {
  EntryValues values;
  key.remove_prefix(codec::IndexPrefix(index.id).size());
  for (const catalog::Term& term : index.on) {
    DAFTAR_ASSIGN_OR_RETURN(OwnedScalar value, codec::TakePart(term.part, &key));
    values.on.push_back(std::move(value));
  }
  values.primary_key = key;
  return values;
}

absl::StatusOr<EntryValues> DecodeEntry(const catalog::IndexDef& index, std::string_view key,
                                        std::string_view covered) {
  DAFTAR_ASSIGN_OR_RETURN(EntryValues values, DecodeEntryKey(index, key));
  for (const catalog::Term& term : index.covering) {
    DAFTAR_ASSIGN_OR_RETURN(OwnedScalar value, codec::TakePart(term.part, &covered));
    values.covered.push_back(std::move(value));
  }
  return values;
}

absl::StatusOr<EntryValues> DecodeStoredEntry(const catalog::IndexDef& index, std::string_view key,
                                              std::string_view value) {
  DAFTAR_ASSIGN_OR_RETURN(const index::EntryValue entry, index::DecodeEntryValue(value));
  return DecodeEntry(index, key, entry.covered);
}

absl::StatusOr<std::string_view> GroupPrefix(const catalog::IndexDef& index, std::string_view key,
                                             size_t count) {
  std::string_view rest = key.substr(codec::IndexPrefix(index.id).size());
  for (size_t i = 0; i < count; ++i) {
    DAFTAR_RETURN_IF_ERROR(codec::SkipPart(index.on[i].part, &rest));
  }
  return key.substr(0, key.size() - rest.size());
}

std::string DescribeGroup(const catalog::IndexDef& index, const EntryValues& values, size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i) {
    const record::FieldPath& path = index.on[i].path;
    absl::StrAppend(&text, text.empty() ? "" : ", ", path.text(), " '",
                    path.type().ToValue(ToView(values.on[i])).ToString(), "'");
  }
  return text;
}

}  // namespace daftar::rules
