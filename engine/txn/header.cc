#include "txn/header.h"

#include <algorithm>

#include "absl/crc/crc32c.h"
#include "base/check.h"
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
// Format 2 goes on with the database's id and a checksum of it.
constexpr size_t kIdAt = kHeaderBytes;
constexpr size_t kIdChecksumAt = kIdAt + sizeof(DatabaseId);
constexpr size_t kHeader2Bytes = kIdChecksumAt + 4;

uint32_t Checksum(std::string_view bytes) {
  return static_cast<uint32_t>(absl::ComputeCrc32c(bytes));
}

}  // namespace

uint32_t FormatFor(const catalog::Catalog& catalog) {
  if (catalog.has_late_aggregates()) return kLateAggregatesFormat;
  if (catalog.has_rules()) return kRulesFormat;
  if (catalog.has_search()) return kSearchFormat;
  if (catalog.has_points()) return kPointsFormat;
  if (!catalog.all_readable()) return kBuildingFormat;
  return catalog.has_aggregates() ? kAggregatesFormat : kOldestFormat;
}

std::string HeaderKey() { return codec::SpacePrefix(codec::Space::kHeader); }

std::string EncodeHeader(const Header& header) {
  DAFTAR_CHECK_LE(kOldestFormat, header.format);
  DAFTAR_CHECK_LE(header.format, kFormatVersion);
  std::string value(kMagic);
  codec::AppendFixed(header.format, &value);
  codec::AppendFixed(header.schema.value(), &value);
  codec::AppendFixed(header.last_commit.value(), &value);
  codec::AppendFixed(Checksum(value), &value);
  value.append(reinterpret_cast<const char*>(header.id.data()), header.id.size());
  codec::AppendFixed(Checksum(std::string_view(value).substr(kIdAt)), &value);
  return value;
}

absl::StatusOr<Header> DecodeHeader(std::string_view value) {
  if (value.size() < kHeaderBytes || !value.starts_with(kMagic)) {
    return DataLoss("database header is damaged").With("bytes", value.size());
  }
  if (Checksum(value.substr(0, kChecksumAt)) != codec::ReadFixed<uint32_t>(value, kChecksumAt)) {
    return DataLoss("database header is damaged").With("cause", "wrong checksum");
  }
  Header header;
  header.format = codec::ReadFixed<uint32_t>(value, kFormatAt);
  if (header.format > kFormatVersion) {
    return FailedPrecondition("database is of a newer format; open it with a newer Daftar")
        .With("format", header.format)
        .With("newest known", kFormatVersion);
  }
  const size_t size = header.format == 1 ? kHeaderBytes : kHeader2Bytes;
  if (header.format == 0 || value.size() != size) {
    return DataLoss("database header is damaged").With("format", header.format);
  }
  header.schema = SchemaVersion(codec::ReadFixed<uint32_t>(value, kSchemaAt));
  header.last_commit = CommitVersion(codec::ReadFixed<uint64_t>(value, kCommitAt));
  if (header.format == 1) return header;
  const std::string_view id = value.substr(kIdAt, header.id.size());
  if (Checksum(id) != codec::ReadFixed<uint32_t>(value, kIdChecksumAt)) {
    return DataLoss("database header is damaged").With("cause", "wrong checksum of the id");
  }
  std::copy(id.begin(), id.end(), header.id.begin());
  return header;
}

}  // namespace daftar::txn
