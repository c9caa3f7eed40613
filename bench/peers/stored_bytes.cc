#include "bench/peers/stored_bytes.h"

#include <capnp/message.h>
#include <rocksdb/db.h>
#include <rocksdb/options.h>

#include <cstring>

#include "bench/peers/permit_fields.h"
#include "bench/peers/rocks_must.h"

namespace daftar::bench {
namespace {

constexpr size_t kChunkBytes = size_t{32} << 20;
constexpr size_t kEnvelopeBytes = 24;

}  // namespace

class StoredBytes::Inside {
 public:
  explicit Inside(const std::filesystem::path& path) {
    rocksdb::DB* opened = nullptr;
    MustRocks(rocksdb::DB::OpenForReadOnly(rocksdb::Options(), path.string(), &opened));
    database_.reset(opened);
    rocksdb::ReadOptions options;
    options.fill_cache = false;
    position_.reset(database_->NewIterator(options));
    position_->SeekToFirst();
  }

  bool Next(Chunk* chunk) {
    chunk->clear();
    for (size_t bytes = 0; position_->Valid() && bytes < kChunkBytes; position_->Next()) {
      chunk->emplace_back(position_->key().ToString(), position_->value().ToString());
      bytes += chunk->back().first.size() + chunk->back().second.size();
    }
    MustRocks(position_->status());
    return !chunk->empty();
  }

 private:
  std::unique_ptr<rocksdb::DB> database_;
  std::unique_ptr<rocksdb::Iterator> position_;
};

StoredBytes::StoredBytes(const std::filesystem::path& database)
    : inside_(std::make_unique<Inside>(database)) {}
StoredBytes::~StoredBytes() = default;
bool StoredBytes::Next(Chunk* chunk) { return inside_->Next(chunk); }

std::string StoredPermits::KeyOf(std::string_view no) const {
  std::string key;
  key.reserve(prefix_.size() + no.size() + 2);
  key.append(prefix_).append(no).append({'\0', '\x01'});
  return key;
}

void StoredPermits::AddFieldsOf(std::string_view value, Digest* digest) {
  value.remove_prefix(kEnvelopeBytes);
  aligned_.resize(value.size() / sizeof(capnp::word));
  std::memcpy(aligned_.data(), value.data(), value.size());
  const kj::ArrayPtr<const capnp::word> segment(aligned_.data(), aligned_.size());
  capnp::SegmentArrayMessageReader message(kj::arrayPtr(&segment, 1));
  AddFields(message.getRoot<registry::Permit>(), digest);
}

}  // namespace daftar::bench
