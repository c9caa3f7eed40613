#include "bench/lmdb.h"

#include <string>

#include "bench/workspace.h"

namespace daftar::bench {
namespace {

constexpr size_t kMapBytes = size_t{1} << 38;

}  // namespace

void MustLmdb(int code) {
  if (code != MDB_SUCCESS) Fail(std::string("LMDB: ") + mdb_strerror(code));
}

LmdbFile::LmdbFile(const std::filesystem::path& file, unsigned flags) {
  MustLmdb(mdb_env_create(&environment_));
  MustLmdb(mdb_env_set_mapsize(environment_, kMapBytes));
  MustLmdb(mdb_env_open(environment_, file.c_str(), MDB_NOSUBDIR | MDB_NOTLS | flags, 0644));
  MDB_txn* transaction = nullptr;
  MustLmdb(mdb_txn_begin(environment_, nullptr, 0, &transaction));
  MustLmdb(mdb_dbi_open(transaction, nullptr, 0, &map_));
  MustLmdb(mdb_txn_commit(transaction));
}

LmdbFile::~LmdbFile() {
  if (reader_ != nullptr) mdb_txn_abort(reader_);
  mdb_env_close(environment_);
}

MDB_txn* LmdbFile::Reader() {
  if (reader_ == nullptr) {
    MustLmdb(mdb_txn_begin(environment_, nullptr, MDB_RDONLY, &reader_));
  } else if (!reading_) {
    MustLmdb(mdb_txn_renew(reader_));
  }
  reading_ = true;
  return reader_;
}

void LmdbFile::ResetReader() {
  if (reading_) mdb_txn_reset(reader_);
  reading_ = false;
}

}  // namespace daftar::bench
