// How daftar_changes names a record, and which one a name means.
#pragma once

#include <sqlite3.h>

#include <optional>
#include <string>

#include "catalog/catalog.h"
#include "codec/key.h"
#include "daftar/record.h"

namespace daftar::sql {

// "SYN-L00005954", "CFZ, 12".
std::string KeyText(const Key& values);

// The key of the only record of `table` whose KeyText() is equal to `value`. Nothing when there may
// be several, or one that cannot be told.
std::optional<codec::EncodedKey> KeyNamed(const catalog::TableDef& table, sqlite3_value* value);

}  // namespace daftar::sql
