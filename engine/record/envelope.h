// The stored form of a record: a fixed header around one canonical Cap'n Proto message.
// docs/format.md section 4 is the offset table, with worked bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "daftar/ids.h"

namespace daftar::record {

// Header bytes. A multiple of 8, so that the message is aligned whenever the value is.
inline constexpr size_t kEnvelopeBytes = 24;
inline constexpr uint8_t kEnvelopeFormat = 1;
// The largest message of one record.
inline constexpr size_t kMessageBytesMax = size_t{16} << 20;

struct Envelope {
  SchemaVersion schema;      // the schema the record was written under
  CommitVersion created;     // the commit that wrote it
  std::string_view message;  // whole words
};

// The value to store at `key`. The checksum covers the key, so that a value that turns up under
// another key is found out.
// Requires: message.size() is a multiple of 8, at least 8 and at most kMessageBytesMax.
std::string EncodeEnvelope(std::string_view key, const Envelope& envelope);

// Errors: DataLoss when the bytes are not exactly what EncodeEnvelope wrote for `key`;
// FailedPrecondition when they are of a newer format. Lifetime: the message points into `value`.
absl::StatusOr<Envelope> DecodeEnvelope(std::string_view key, std::string_view value);

// Only the commit that wrote the value stored at `key`; looks at no checksum.
// Errors: DataLoss when the value is cut short.
absl::StatusOr<CommitVersion> EnvelopeCreated(std::string_view key, std::string_view value);

// Writes another commit into the value stored at `key`, and the checksum anew.
// Requires: `value` is what EncodeEnvelope made for `key`.
void StampEnvelope(std::string_view key, CommitVersion created, std::string* value);

}  // namespace daftar::record
