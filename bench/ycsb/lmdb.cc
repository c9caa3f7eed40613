#include "bench/lmdb.h"

#include "bench/ycsb/fields_codec.h"
#include "bench/ycsb/store.h"

namespace daftar::bench::ycsb {
namespace {

// MDB_NOSYNC is the nearest to what the others do. It promises less: unless the file system writes
// in order, power loss can take the whole file.
class LmdbStore final : public Store {
 public:
  explicit LmdbStore(const std::filesystem::path& file) : file_(file, MDB_NOSYNC) {}

  std::string_view name() const override { return "LMDB"; }

  void Insert(const std::string& key, const Fields& fields) override {
    MDB_txn* transaction = Begin();
    Put(transaction, key, Encode(fields));
    MustLmdb(mdb_txn_commit(transaction));
  }
  void Read(const std::string& key, Digest* digest) override {
    AddRecord(Get(file_.Reader(), key), digest);
    file_.ResetReader();
  }
  void Update(const std::string& key, size_t field, const std::string& value) override {
    MDB_txn* transaction = Begin();
    Put(transaction, key, WithField(Get(transaction, key), field, value));
    MustLmdb(mdb_txn_commit(transaction));
  }
  void Scan(const std::string& key, int records, Digest* digest) override {
    MDB_cursor* cursor = nullptr;
    MustLmdb(mdb_cursor_open(file_.Reader(), file_.map(), &cursor));
    MDB_val k = LmdbValue(key);
    MDB_val v;
    int code = mdb_cursor_get(cursor, &k, &v, MDB_SET_RANGE);
    for (int i = 0; i < records && code == MDB_SUCCESS; ++i) {
      AddRecord(BytesOf(v), digest);
      code = mdb_cursor_get(cursor, &k, &v, MDB_NEXT);
    }
    if (code != MDB_NOTFOUND) MustLmdb(code);
    mdb_cursor_close(cursor);
    file_.ResetReader();
  }

 private:
  MDB_txn* Begin() {
    MDB_txn* transaction = nullptr;
    MustLmdb(mdb_txn_begin(file_.environment(), nullptr, 0, &transaction));
    return transaction;
  }
  std::string_view Get(MDB_txn* transaction, const std::string& key) {
    MDB_val k = LmdbValue(key);
    MDB_val v;
    MustLmdb(mdb_get(transaction, file_.map(), &k, &v));
    return BytesOf(v);
  }
  void Put(MDB_txn* transaction, const std::string& key, const std::string& value) {
    MDB_val k = LmdbValue(key);
    MDB_val v = LmdbValue(value);
    MustLmdb(mdb_put(transaction, file_.map(), &k, &v, 0));
  }

  LmdbFile file_;
};

}  // namespace

std::unique_ptr<Store> NewLmdbStore(const std::filesystem::path& folder) {
  return std::make_unique<LmdbStore>(folder / "lmdb");
}

}  // namespace daftar::bench::ycsb
