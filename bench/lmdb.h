// LMDB as the benchmarks use it: what fails ends the program with a message.
#pragma once

#include <lmdb.h>

#include <filesystem>
#include <string_view>

namespace daftar::bench {

inline MDB_val LmdbValue(std::string_view bytes) {
  return {bytes.size(), const_cast<char*>(bytes.data())};
}
inline std::string_view BytesOf(const MDB_val& value) {
  return {static_cast<const char*>(value.mv_data), value.mv_size};
}

void MustLmdb(int code);

// An environment with one map of keys to values.
class LmdbFile {
 public:
  // `flags` are those of mdb_env_open.
  LmdbFile(const std::filesystem::path& file, unsigned flags);
  ~LmdbFile();
  LmdbFile(const LmdbFile&) = delete;
  LmdbFile& operator=(const LmdbFile&) = delete;

  MDB_env* environment() const { return environment_; }
  MDB_dbi map() const { return map_; }

  // A reading transaction of which one at a time is used; ResetReader() gives it up for a newer
  // state. Lifetime: as long as the file.
  MDB_txn* Reader();
  void ResetReader();

 private:
  MDB_env* environment_ = nullptr;
  MDB_dbi map_ = 0;
  MDB_txn* reader_ = nullptr;
  bool reading_ = false;
};

}  // namespace daftar::bench
