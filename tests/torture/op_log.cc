#include "torture/op_log.h"

#include <cstring>
#include <string_view>
#include <type_traits>

#include "absl/container/flat_hash_map.h"

namespace daftar::torture {
namespace {

enum class Kind : uint8_t { kBegin, kAcknowledged, kRefused };

// Only ever read by the program that wrote it: the bytes of plain structs as they are.
struct Item {
  Kind kind = Kind::kBegin;
  uint8_t partition = 0;
  bool synced = false;
  bool bulk = false;
  uint32_t bytes = 0;  // that follow
  uint64_t id = 0;
  uint64_t version = 0;
};
static_assert(std::is_trivially_copyable_v<Item> && std::is_trivially_copyable_v<RowChange>);

std::string Pack(const Item& item, std::string_view rest) {
  std::string bytes(sizeof(Item), '\0');
  std::memcpy(bytes.data(), &item, sizeof(Item));
  bytes += rest;
  return bytes;
}

std::vector<RowChange> Changes(std::string_view bytes) {
  std::vector<RowChange> changes(bytes.size() / sizeof(RowChange));
  if (changes.empty()) return changes;
  std::memcpy(static_cast<void*>(changes.data()), bytes.data(), bytes.size());
  return changes;
}

}  // namespace

bool OpLog::Append(const std::string& bytes) {
  const std::lock_guard lock(mutex_);
  const size_t end = area_->end;
  if (end + bytes.size() > kBytesMax) return false;
  std::memcpy(area_->bytes + end, bytes.data(), bytes.size());
  area_->end = end + bytes.size();  // Now it counts, also when the process is killed here.
  return true;
}

bool OpLog::Begin(const Op& op) {
  // Room for the answer must be left.
  if (area_->end + (size_t{1} << 20) > kBytesMax) return false;
  const size_t bytes = op.changes.size() * sizeof(RowChange);
  const std::string_view rest(reinterpret_cast<const char*>(op.changes.data()), bytes);
  return Append(
      Pack({Kind::kBegin, op.partition, op.synced, op.bulk, static_cast<uint32_t>(bytes), op.id, 0},
           rest));
}

void OpLog::Acknowledge(uint64_t id, CommitVersion version) {
  Append(Pack({Kind::kAcknowledged, 0, false, false, 0, id, version.value()}, {}));
}

void OpLog::Refuse(uint64_t id, const absl::Status& status) {
  const std::string text = status.ToString();
  Append(Pack({Kind::kRefused, 0, false, false, static_cast<uint32_t>(text.size()), id, 0}, text));
}

std::vector<LoggedOp> OpLog::Read() const {
  std::vector<LoggedOp> ops;
  absl::flat_hash_map<uint64_t, size_t> places;
  const size_t end = area_->end;
  for (size_t at = 0; at < end;) {
    Item item;
    std::memcpy(&item, area_->bytes + at, sizeof(Item));
    const std::string_view rest(area_->bytes + at + sizeof(Item), item.bytes);
    at += sizeof(Item) + item.bytes;
    if (item.kind == Kind::kBegin) {
      places[item.id] = ops.size();
      ops.push_back({{item.id, item.partition, item.synced, item.bulk, Changes(rest)}, {}, {}});
      continue;
    }
    LoggedOp& op = ops[places.at(item.id)];
    if (item.kind == Kind::kAcknowledged) op.acknowledged = CommitVersion(item.version);
    if (item.kind == Kind::kRefused) op.error = std::string(rest);
  }
  return ops;
}

}  // namespace daftar::torture
