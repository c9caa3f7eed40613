// Text that is handed out and must come back unchanged: bytes under a keyed hash, in base64url.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "txn/header.h"

namespace daftar::query {

// 16 bytes of BLAKE2b.
std::string Digest(std::string_view bytes);

// `version` says what `body` means. The key is derived from the id of the database: decision 0011
// says what that protects from. docs/format.md section 15 has the bytes.
std::string Seal(const txn::DatabaseId& database, uint8_t version, std::string_view body);

// The body. Errors: InvalidArgument saying whether `text` is damaged, of another database, or of
// another version.
absl::StatusOr<std::string> Unseal(const txn::DatabaseId& database, uint8_t version,
                                   std::string_view text);

}  // namespace daftar::query
