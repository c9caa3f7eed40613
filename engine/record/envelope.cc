#include "record/envelope.h"

#include "base/check.h"
#include "base/status.h"
#include "codec/checksum.h"
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
  codec::AppendFixed(codec::ChecksumOf(key, value, envelope.message), &value);
  value += envelope.message;
  return value;
}

absl::StatusOr<Envelope> DecodeEnvelope(std::string_view key, std::string_view value) {
  if (value.size() < kEnvelopeBytes + kWordBytes) return Damaged("it is cut short", key);
  const std::string_view message = value.substr(kEnvelopeBytes);
  const auto checksum = codec::ReadFixed<uint32_t>(value, kChecksumAt);
  // The checksum comes first: a flipped format byte is damage, not a newer format.
  if (codec::ChecksumOf(key, value.substr(0, kChecksumAt), message) != checksum) {
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
  const uint32_t checksum = codec::ChecksumOf(key, header, message);
  codec::AppendFixed(checksum, &header);
  value->replace(0, header.size(), header);
}

}  // namespace daftar::record
