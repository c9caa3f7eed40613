// What every stored part of an entry begins with: format and checksum. And the fields of the head,
// which are stored and hashed in the same form.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "journal/entry.h"

namespace daftar::journal {

inline constexpr size_t kFrameBytes = 8;

// Fills in the frame of the part to be stored at `key`. The checksum covers the key, so that a part
// that turns up under another key is found out. Requires: the value has kFrameBytes of room first.
void SealFrame(std::string_view key, std::string* value, uint8_t format = kEntryFormat);

// What follows the frame. `newest`: the formats from 1 to this one are known. Errors: DataLoss when
// the bytes are not what was sealed for `key`; FailedPrecondition when they are of a newer format.
// Lifetime: that of `value`.
absl::StatusOr<std::string_view> OpenFrame(std::string_view key, std::string_view value,
                                           uint8_t newest = kEntryFormat);

// The format of a part that OpenFrame has opened.
uint8_t FormatOf(std::string_view value);

// The fields of the head but its version, which the key has.
void AppendHeadFields(const EntryHead& head, std::string* out);

// Makes the error of a part that does not decode.
absl::Status PartDamaged(std::string_view cause, std::string_view key);

}  // namespace daftar::journal
