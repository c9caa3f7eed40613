#include "txn/header.h"

#include "absl/crc/crc32c.h"
#include "base/status.h"
#include "codec/fixed.h"
#include "codec/keyspace.h"

namespace daftar::txn {
namespace {

constexpr std::string_view kMagic = "daftar\r\n";
constexpr size_t kFormatAt = 8;
constexpr size_t kSchemaAt = 12;
constexpr size_t kCommitAt = 16;
constexpr size_t kChecksumAt = 24;
// What every format begins with; a newer one may go on after it.
constexpr size_t kHeaderBytes = 28;

}  // namespace

std::string HeaderKey() { return codec::SpacePrefix(codec::Space::kHeader); }

std::string EncodeHeader(const Header& header) {
  std::string value(kMagic);
  codec::AppendFixed(header.format, &value);
  codec::AppendFixed(header.schema.value(), &value);
  codec::AppendFixed(header.last_commit.value(), &value);
  codec::AppendFixed(static_cast<uint32_t>(absl::ComputeCrc32c(value)), &value);
  return value;
}

absl::StatusOr<Header> DecodeHeader(std::string_view value) {
  if (value.size() < kHeaderBytes || !value.starts_with(kMagic)) {
    return DataLoss("database header is damaged").With("bytes", value.size());
  }
  const auto checksum = static_cast<uint32_t>(absl::ComputeCrc32c(value.substr(0, kChecksumAt)));
  if (checksum != codec::ReadFixed<uint32_t>(value, kChecksumAt)) {
    return DataLoss("database header is damaged").With("cause", "wrong checksum");
  }
  Header header;
  header.format = codec::ReadFixed<uint32_t>(value, kFormatAt);
  if (header.format > kFormatVersion) {
    return FailedPrecondition("database is of a newer format; open it with a newer Daftar")
        .With("format", header.format)
        .With("newest known", kFormatVersion);
  }
  if (header.format != kFormatVersion || value.size() != kHeaderBytes) {
    return DataLoss("database header is damaged").With("format", header.format);
  }
  header.schema = SchemaVersion(codec::ReadFixed<uint32_t>(value, kSchemaAt));
  header.last_commit = CommitVersion(codec::ReadFixed<uint64_t>(value, kCommitAt));
  return header;
}

}  // namespace daftar::txn
