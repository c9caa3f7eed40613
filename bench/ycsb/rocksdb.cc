#include <rocksdb/db.h>

#include "bench/peers/rocks_must.h"
#include "bench/ycsb/fields_codec.h"
#include "bench/ycsb/store.h"
#include "storage/rocks_options.h"

namespace daftar::bench::ycsb {
namespace {

class RocksStore final : public Store {
 public:
  RocksStore(const std::filesystem::path& folder, size_t cache_bytes) {
    storage::RocksOptions options;
    options.create_if_missing = true;
    options.memory_budget_bytes = cache_bytes;
    std::shared_ptr<rocksdb::Cache> cache;
    rocksdb::DB* opened = nullptr;
    MustRocks(
        rocksdb::DB::Open(storage::MakeRocksOptions(options, &cache), folder.string(), &opened));
    database_.reset(opened);
  }

  std::string_view name() const override { return "RocksDB"; }

  void Insert(const std::string& key, const Fields& fields) override {
    MustRocks(database_->Put(rocksdb::WriteOptions(), key, Encode(fields)));
  }
  void Read(const std::string& key, Digest* digest) override {
    rocksdb::PinnableSlice value;
    Get(key, &value);
    AddRecord(value.ToStringView(), digest);
  }
  void Update(const std::string& key, size_t field, const std::string& value) override {
    rocksdb::PinnableSlice old;
    Get(key, &old);
    MustRocks(
        database_->Put(rocksdb::WriteOptions(), key, WithField(old.ToStringView(), field, value)));
  }
  void Scan(const std::string& key, int records, Digest* digest) override {
    const std::unique_ptr<rocksdb::Iterator> position(
        database_->NewIterator(rocksdb::ReadOptions()));
    position->Seek(key);
    for (int i = 0; i < records && position->Valid(); ++i, position->Next()) {
      AddRecord(position->value().ToStringView(), digest);
    }
    MustRocks(position->status());
  }

 private:
  void Get(const std::string& key, rocksdb::PinnableSlice* value) {
    MustRocks(database_->Get(rocksdb::ReadOptions(), database_->DefaultColumnFamily(), key, value));
  }

  std::unique_ptr<rocksdb::DB> database_;
};

}  // namespace

std::unique_ptr<Store> NewRocksStore(const std::filesystem::path& folder, size_t cache_bytes) {
  return std::make_unique<RocksStore>(folder, cache_bytes);
}

}  // namespace daftar::bench::ycsb
