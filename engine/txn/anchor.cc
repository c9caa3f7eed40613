#include "txn/anchor.h"

#include <algorithm>

#include "base/status.h"
#include "codec/fixed.h"

namespace daftar::txn {
namespace {

constexpr uint8_t kAnchorFormat = 1;
constexpr size_t kIdAt = 1;
constexpr size_t kVersionAt = kIdAt + sizeof(DatabaseId);
constexpr size_t kTimeAt = kVersionAt + 8;
constexpr size_t kEntryAt = kTimeAt + 8;
constexpr size_t kAnchorBytes = kEntryAt + sizeof(journal::Hash);

}  // namespace

std::string EncodeAnchor(const Anchor& anchor) {
  std::string bytes(1, static_cast<char>(kAnchorFormat));
  bytes.append(reinterpret_cast<const char*>(anchor.id.data()), anchor.id.size());
  codec::AppendFixed(anchor.version.value(), &bytes);
  codec::AppendFixed(anchor.time, &bytes);
  bytes += journal::BytesOf(anchor.entry);
  return bytes;
}

absl::StatusOr<Anchor> DecodeAnchor(std::string_view bytes) {
  if (bytes.empty()) return DataLoss("anchor is damaged").With("bytes", bytes.size());
  const auto format = static_cast<uint8_t>(bytes.front());
  if (format > kAnchorFormat) {
    return FailedPrecondition("anchor is of a newer format; open it with a newer Daftar")
        .With("format", static_cast<int>(format));
  }
  if (format != kAnchorFormat || bytes.size() != kAnchorBytes) {
    return DataLoss("anchor is damaged").With("bytes", bytes.size());
  }
  Anchor anchor;
  const std::string_view id = bytes.substr(kIdAt, anchor.id.size());
  std::copy(id.begin(), id.end(), anchor.id.begin());
  anchor.version = CommitVersion(codec::ReadFixed<uint64_t>(bytes, kVersionAt));
  anchor.time = codec::ReadFixed<int64_t>(bytes, kTimeAt);
  const std::string_view entry = bytes.substr(kEntryAt);
  std::copy(entry.begin(), entry.end(), anchor.entry.begin());
  return anchor;
}

}  // namespace daftar::txn
