#include "journal/entry_frame.h"

#include "base/check.h"
#include "base/status.h"
#include "codec/checksum.h"
#include "codec/fixed.h"

namespace daftar::journal {
namespace {

constexpr size_t kFormatAt = 0;
constexpr size_t kReservedAt = 1;
constexpr size_t kChecksumAt = 4;

uint32_t Checksum(std::string_view key, std::string_view value) {
  return codec::ChecksumOf(key, value.substr(0, kChecksumAt), value.substr(kFrameBytes));
}

}  // namespace

absl::Status PartDamaged(std::string_view cause, std::string_view key) {
  return DataLoss("journal entry does not verify").With("cause", cause).WithBytes("key", key);
}

void SealFrame(std::string_view key, std::string* value, uint8_t format) {
  DAFTAR_CHECK_LE(kFrameBytes, value->size());
  std::string frame(1, static_cast<char>(format));
  frame.append(kChecksumAt - kReservedAt, '\0');
  value->replace(0, frame.size(), frame);
  std::string checksum;
  codec::AppendFixed(Checksum(key, *value), &checksum);
  value->replace(kChecksumAt, checksum.size(), checksum);
}

uint8_t FormatOf(std::string_view value) { return static_cast<uint8_t>(value[kFormatAt]); }

absl::StatusOr<std::string_view> OpenFrame(std::string_view key, std::string_view value,
                                           uint8_t newest) {
  if (value.size() < kFrameBytes) return PartDamaged("it is cut short", key);
  // The checksum comes first: a flipped format byte is damage, not a newer format.
  if (Checksum(key, value) != codec::ReadFixed<uint32_t>(value, kChecksumAt)) {
    return PartDamaged("wrong checksum", key);
  }
  // Formats so far leave the reserved bytes zero, so that a later one can give them a meaning.
  const std::string_view reserved = value.substr(kReservedAt, kChecksumAt - kReservedAt);
  if (FormatOf(value) == 0 || FormatOf(value) > newest ||
      reserved.find_first_not_of('\0') != std::string_view::npos) {
    return FailedPrecondition("journal entry is of a newer format; open it with a newer Daftar")
        .With("format", static_cast<int>(FormatOf(value)))
        .WithBytes("key", key);
  }
  return value.substr(kFrameBytes);
}

}  // namespace daftar::journal
