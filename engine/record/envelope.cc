#include "record/envelope.h"

#include "absl/crc/crc32c.h"
#include "base/check.h"
#include "base/status.h"
#include "codec/fixed.h"

namespace daftar::record {
namespace {

constexpr size_t kWordBytes = 8;
constexpr size_t kFormatAt = 0;
constexpr size_t kReservedAt = 1;
constexpr size_t kSchemaAt = 4;
constexpr size_t kCreatedAt = 8;
constexpr size_t kWordsAt = 16;
constexpr size_t kChecksumAt = 20;

// Over the key's length and bytes, the header before the checksum, and the message.
uint32_t Checksum(std::string_view key, std::string_view header, std::string_view message) {
  std::string length;
  codec::AppendFixed(static_cast<uint32_t>(key.size()), &length);
  absl::crc32c_t crc = absl::ComputeCrc32c(length);
  crc = absl::ExtendCrc32c(crc, key);
  crc = absl::ExtendCrc32c(crc, header);
  return static_cast<uint32_t>(absl::ExtendCrc32c(crc, message));
}

absl::Status Damaged(std::string_view cause, std::string_view key) {
  return DataLoss("stored record does not verify").With("cause", cause).WithBytes("key", key);
}

}  // namespace

std::string EncodeEnvelope(std::string_view key, const Envelope& envelope) {
  DAFTAR_CHECK(!envelope.message.empty() && envelope.message.size() % kWordBytes == 0);
  DAFTAR_CHECK_LE(envelope.message.size(), kMessageBytesMax);
  std::string value;
  value.reserve(kEnvelopeBytes + envelope.message.size());
  value.push_back(static_cast<char>(kEnvelopeFormat));
  value.append(kSchemaAt - kReservedAt, '\0');
  codec::AppendFixed(envelope.schema.value(), &value);
  codec::AppendFixed(envelope.created.value(), &value);
  codec::AppendFixed(static_cast<uint32_t>(envelope.message.size() / kWordBytes), &value);
  codec::AppendFixed(Checksum(key, value, envelope.message), &value);
  value += envelope.message;
  return value;
}

absl::StatusOr<Envelope> DecodeEnvelope(std::string_view key, std::string_view value) {
  if (value.size() < kEnvelopeBytes + kWordBytes) return Damaged("it is cut short", key);
  const std::string_view message = value.substr(kEnvelopeBytes);
  const auto checksum = codec::ReadFixed<uint32_t>(value, kChecksumAt);
  // The checksum comes first: a flipped format byte is damage, not a newer format.
  if (Checksum(key, value.substr(0, kChecksumAt), message) != checksum) {
    return Damaged("wrong checksum", key);
  }
  // Format 1 leaves the reserved bytes zero, so that a later one can give them a meaning.
  const std::string_view reserved = value.substr(kReservedAt, kSchemaAt - kReservedAt);
  if (static_cast<uint8_t>(value[kFormatAt]) != kEnvelopeFormat ||
      reserved.find_first_not_of('\0') != std::string_view::npos) {
    return FailedPrecondition("record is of a newer format; open it with a newer Daftar")
        .With("format", static_cast<int>(static_cast<uint8_t>(value[kFormatAt])))
        .WithBytes("key", key);
  }
  const auto words = codec::ReadFixed<uint32_t>(value, kWordsAt);
  if (words != message.size() / kWordBytes || message.size() % kWordBytes != 0 ||
      message.size() > kMessageBytesMax) {
    return Damaged("wrong length", key);
  }
  return Envelope{SchemaVersion(codec::ReadFixed<uint32_t>(value, kSchemaAt)),
                  CommitVersion(codec::ReadFixed<uint64_t>(value, kCreatedAt)), message};
}

absl::StatusOr<CommitVersion> EnvelopeCreated(std::string_view key, std::string_view value) {
  if (value.size() < kEnvelopeBytes + kWordBytes) return Damaged("it is cut short", key);
  return CommitVersion(codec::ReadFixed<uint64_t>(value, kCreatedAt));
}

void StampEnvelope(std::string_view key, CommitVersion created, std::string* value) {
  DAFTAR_CHECK_LE(kEnvelopeBytes + kWordBytes, value->size());
  std::string header = value->substr(0, kCreatedAt);
  codec::AppendFixed(created.value(), &header);
  header += std::string_view(*value).substr(kWordsAt, kChecksumAt - kWordsAt);
  const std::string_view message = std::string_view(*value).substr(kEnvelopeBytes);
  const uint32_t checksum = Checksum(key, header, message);
  codec::AppendFixed(checksum, &header);
  value->replace(0, header.size(), header);
}

}  // namespace daftar::record
