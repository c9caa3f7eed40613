// LMDB with the bytes that Daftar has: a map in memory, searched without locks or checksums.

#include <memory>
#include <optional>
#include <string>

#include "bench/lmdb.h"
#include "bench/peers/peer.h"
#include "bench/peers/stored_bytes.h"
#include "bench/stopwatch.h"

namespace daftar::bench {
namespace {

class LmdbPeer final : public Peer {
 public:
  LmdbPeer(std::filesystem::path folder, std::filesystem::path daftar)
      : folder_(std::move(folder)), daftar_(std::move(daftar)) {}

  std::string_view name() const override { return "LMDB"; }
  std::string Settings() const override {
    return std::string(mdb_version(nullptr, nullptr, nullptr)) +
           ", Daftar's bytes, appended in the order of their keys";
  }

  double Load(const Dataset& /*dataset*/) override {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    StoredBytes source(DaftarFiles(daftar_));
    StoredBytes::Chunk chunk;
    Stopwatch watch;
    watch.Start();
    Open();
    const auto key_bytes_max = static_cast<size_t>(mdb_env_get_maxkeysize(file_->environment()));
    MDB_txn* transaction = nullptr;
    MustLmdb(mdb_txn_begin(file_->environment(), nullptr, 0, &transaction));
    watch.Stop();
    while (source.Next(&chunk)) {
      watch.Start();
      for (const auto& [key, value] : chunk) {
        if (key.size() > key_bytes_max) continue;  // none so far
        MDB_val k = LmdbValue(key);
        MDB_val v = LmdbValue(value);
        MustLmdb(mdb_put(transaction, file_->map(), &k, &v, MDB_APPEND));
      }
      watch.Stop();
    }
    watch.Start();
    MustLmdb(mdb_txn_commit(transaction));
    Close();
    watch.Stop();
    return watch.seconds();
  }

  void Open() override {
    file_.emplace(folder_ / "lmdb", 0);
    permits_.Find([&](const std::string& key) {
      MDB_val k = LmdbValue(key);
      MDB_val v;
      return mdb_get(file_->Reader(), file_->map(), &k, &v) == MDB_SUCCESS;
    });
    file_->ResetReader();
  }
  void Close() override { file_.reset(); }

  bool Get(std::string_view no, Digest* digest) override {
    const std::string key = permits_.KeyOf(no);
    MDB_val k = LmdbValue(key);
    MDB_val v;
    MustLmdb(mdb_get(file_->Reader(), file_->map(), &k, &v));
    permits_.AddFieldsOf(BytesOf(v), digest);
    file_->ResetReader();
    return true;
  }

 private:
  const std::filesystem::path folder_;
  const std::filesystem::path daftar_;
  std::optional<LmdbFile> file_;
  StoredPermits permits_;
};

}  // namespace

std::unique_ptr<Peer> NewLmdbPeer(const std::filesystem::path& folder,
                                  const std::filesystem::path& daftar) {
  return std::make_unique<LmdbPeer>(folder, daftar);
}

}  // namespace daftar::bench
