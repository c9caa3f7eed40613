#include "storage/anchor_file.h"

#include <array>
#include <utility>

#include "absl/crc/crc32c.h"
#include "base/status.h"
#include "storage/rocks_status.h"

namespace daftar::storage {
namespace {

using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::Slice;

// A slot: magic, sequence, bytes of the anchor, its bytes, zeros, checksum of all before.
constexpr std::string_view kMagic = "dftranch";
constexpr size_t kSequenceAt = 8;
constexpr size_t kLengthAt = 16;
constexpr size_t kAnchorAt = 20;
constexpr size_t kChecksumAt = 508;
constexpr size_t kSlotBytes = 512;
static_assert(kAnchorAt + kAnchorBytesMax <= kChecksumAt);

// Little-endian integers; codec/ is a layer beside this one.
void PutNumber(uint64_t value, size_t bytes, size_t at, std::string* slot) {
  for (size_t i = 0; i < bytes; ++i) (*slot)[at + i] = static_cast<char>(value >> (i * 8));
}
uint64_t GetNumber(std::string_view slot, size_t at, size_t bytes) {
  uint64_t value = 0;
  for (size_t i = 0; i < bytes; ++i) {
    value |= static_cast<uint64_t>(static_cast<uint8_t>(slot[at + i])) << (i * 8);
  }
  return value;
}

uint64_t Checksum(std::string_view slot) {
  return static_cast<uint32_t>(absl::ComputeCrc32c(slot.substr(0, kChecksumAt)));
}

std::string EncodeSlot(uint64_t sequence, std::string_view anchor) {
  std::string slot(kSlotBytes, '\0');
  slot.replace(0, kMagic.size(), kMagic);
  PutNumber(sequence, 8, kSequenceAt, &slot);
  PutNumber(anchor.size(), 4, kLengthAt, &slot);
  slot.replace(kAnchorAt, anchor.size(), anchor);
  PutNumber(Checksum(slot), 4, kChecksumAt, &slot);
  return slot;
}

struct Slot {
  uint64_t sequence = 0;
  std::string anchor;
};

std::optional<Slot> DecodeSlot(std::string_view slot) {
  if (slot.size() != kSlotBytes || !slot.starts_with(kMagic)) return std::nullopt;
  if (Checksum(slot) != GetNumber(slot, kChecksumAt, 4)) return std::nullopt;
  const uint64_t length = GetNumber(slot, kLengthAt, 4);
  if (length > kAnchorBytesMax) return std::nullopt;
  return Slot{GetNumber(slot, kSequenceAt, 8), std::string(slot.substr(kAnchorAt, length))};
}

// The newer of the slots that are whole. `all_whole` may be null.
std::optional<Slot> NewestSlot(std::string_view file, bool* all_whole) {
  std::optional<Slot> newest;
  size_t whole = 0;
  for (size_t at : {size_t{0}, kSlotBytes}) {
    if (file.size() < at + kSlotBytes) break;
    std::optional<Slot> slot = DecodeSlot(file.substr(at, kSlotBytes));
    if (!slot) continue;
    ++whole;
    if (!newest || slot->sequence > newest->sequence) newest = std::move(slot);
  }
  if (all_whole != nullptr) *all_whole = whole == 2;
  return newest;
}

rocksdb::IOStatus ReadWhole(rocksdb::FileSystem* file_system, const std::string& path,
                            std::string* bytes) {
  IODebugContext debug;
  std::unique_ptr<rocksdb::FSRandomAccessFile> file;
  rocksdb::IOStatus status = file_system->NewRandomAccessFile(path, FileOptions(), &file, &debug);
  if (!status.ok()) return status;
  std::array<char, 2 * kSlotBytes> buffer{};
  Slice read;
  status = file->Read(0, buffer.size(), IOOptions(), &read, buffer.data(), &debug);
  if (status.ok()) *bytes = read.ToString();
  return status;
}

}  // namespace

AnchorFile::AnchorFile(std::shared_ptr<rocksdb::FileSystem> file_system, std::string directory)
    : file_system_(std::move(file_system)),
      directory_(std::move(directory)),
      path_(directory_ + "/" + std::string(kFileName)) {}

absl::StatusOr<std::optional<std::string>> AnchorFile::Read() const {
  std::optional<Slot> slot;
  bool all_whole = false;
  // A writer may be in a slot while it is read. Two whole slots are never both older than what was
  // the newest when reading began: a slot only gets newer, and one of them always is whole. Else
  // they are read again, until nothing moves any more: then a crash has left it so.
  for (std::string bytes, before; !all_whole; before = std::move(bytes)) {
    bytes.clear();
    const rocksdb::IOStatus status = ReadWhole(file_system_.get(), path_, &bytes);
    if (status.IsNotFound() || status.IsPathNotFound()) return std::optional<std::string>();
    if (!status.ok()) return FromRocks(status, "anchor cannot be read");
    slot = NewestSlot(bytes, &all_whole);
    if (bytes == before) break;
  }
  if (!slot) {
    return DataLoss("anchor is damaged; run `daftar recover --dry-run`").With("file", path_);
  }
  return std::optional(std::move(slot->anchor));
}

absl::Status AnchorFile::Open() {
  IODebugContext debug;
  std::string bytes;
  rocksdb::IOStatus status = ReadWhole(file_system_.get(), path_, &bytes);
  if (status.IsNotFound() || status.IsPathNotFound()) {
    std::unique_ptr<rocksdb::FSWritableFile> made;
    status = file_system_->NewWritableFile(path_, FileOptions(), &made, &debug);
    if (status.ok()) {
      status = made->Append(std::string(2 * kSlotBytes, '\0'), IOOptions(), &debug);
    }
    if (status.ok()) status = made->Fsync(IOOptions(), &debug);
    if (status.ok()) status = made->Close(IOOptions(), &debug);
    std::unique_ptr<rocksdb::FSDirectory> directory;
    if (status.ok()) {
      status = file_system_->NewDirectory(directory_, IOOptions(), &directory, &debug);
    }
    if (status.ok()) status = directory->Fsync(IOOptions(), &debug);
  }
  if (!status.ok()) return FromRocks(status, "anchor cannot be made");
  const std::optional<Slot> slot = NewestSlot(bytes, nullptr);
  sequence_ = slot ? slot->sequence : 0;
  return FromRocks(file_system_->NewRandomRWFile(path_, FileOptions(), &file_, &debug),
                   "anchor cannot be opened");
}

absl::Status AnchorFile::Write(std::string_view anchor, Durability durability) {
  if (anchor.size() > kAnchorBytesMax) {
    return InvalidArgument("anchor is too long").With("bytes", anchor.size());
  }
  absl::MutexLock lock(&mutex_);
  if (file_ == nullptr) DAFTAR_RETURN_IF_ERROR(Open());
  IODebugContext debug;
  const std::string slot = EncodeSlot(++sequence_, anchor);
  rocksdb::IOStatus status = file_->Write((sequence_ % 2) * kSlotBytes, slot, IOOptions(), &debug);
  if (status.ok() && durability == Durability::kSynced) status = file_->Sync(IOOptions(), &debug);
  return FromRocks(status, "anchor cannot be written");
}

}  // namespace daftar::storage
