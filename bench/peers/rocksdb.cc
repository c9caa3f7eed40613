// RocksDB itself, with the settings that Daftar gives it and the bytes that Daftar has: what the
// engine adds shows in the ratio.

#include <rocksdb/db.h>
#include <rocksdb/sst_file_writer.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "bench/peers/peer.h"
#include "bench/peers/rocks_must.h"
#include "bench/peers/stored_bytes.h"
#include "bench/stopwatch.h"
#include "bench/workspace.h"
#include "storage/rocks_options.h"

namespace daftar::bench {
namespace {

constexpr uint64_t kFileBytesMax = uint64_t{64} << 20;

rocksdb::Options Settings(size_t cache_bytes) {
  storage::RocksOptions options;
  options.create_if_missing = true;
  options.memory_budget_bytes = cache_bytes;
  std::shared_ptr<rocksdb::Cache> cache;
  return storage::MakeRocksOptions(options, &cache);
}

// Sorted pairs into files as large as Daftar's, which the database then takes in.
class SortedFiles {
 public:
  SortedFiles(rocksdb::DB* database, std::filesystem::path folder)
      : database_(database), folder_(std::move(folder)), options_(database->GetOptions()) {
    options_.bottommost_compression = options_.compression;
  }

  void Put(std::string_view key, std::string_view value) {
    if (file_ != nullptr && file_->FileSize() >= kFileBytesMax) Finish();
    if (file_ == nullptr) {
      file_ = std::make_unique<rocksdb::SstFileWriter>(rocksdb::EnvOptions(options_), options_,
                                                       database_->DefaultColumnFamily(),
                                                       /*invalidate_page_cache=*/false);
      paths_.push_back((folder_ / absl::StrCat(paths_.size(), ".new")).string());
      MustRocks(file_->Open(paths_.back()));
    }
    MustRocks(file_->Put(key, value));
  }

  void TakeIn() {
    if (file_ != nullptr) Finish();
    rocksdb::IngestExternalFileOptions options;
    options.move_files = true;
    options.write_global_seqno = false;
    MustRocks(database_->IngestExternalFile(paths_, options));
  }

 private:
  void Finish() {
    MustRocks(file_->Finish());
    file_.reset();
  }

  rocksdb::DB* const database_;
  const std::filesystem::path folder_;
  rocksdb::Options options_;
  std::unique_ptr<rocksdb::SstFileWriter> file_;
  std::vector<std::string> paths_;
};

class RocksPeer final : public Peer {
 public:
  RocksPeer(std::filesystem::path folder, size_t cache_bytes, std::filesystem::path daftar)
      : folder_(std::move(folder)), cache_bytes_(cache_bytes), daftar_(std::move(daftar)) {}

  std::string_view name() const override { return "RocksDB"; }
  std::string Settings() const override {
    return "Daftar's options and bytes; loaded as sorted files that are taken in, no journal's "
           "work";
  }

  double Load(const Dataset& /*dataset*/) override {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    StoredBytes source(DaftarFiles(daftar_));
    StoredBytes::Chunk chunk;
    Stopwatch watch;
    watch.Start();
    Open();
    SortedFiles files(database_.get(), folder_);
    watch.Stop();
    while (source.Next(&chunk)) {
      watch.Start();
      for (const auto& [key, value] : chunk) files.Put(key, value);
      watch.Stop();
    }
    watch.Start();
    files.TakeIn();
    Close();
    watch.Stop();
    return watch.seconds();
  }

  void Open() override {
    rocksdb::DB* opened = nullptr;
    MustRocks(rocksdb::DB::Open(bench::Settings(cache_bytes_), folder_.string(), &opened));
    database_.reset(opened);
    permits_.Find([&](const std::string& key) {
      return database_->Get(rocksdb::ReadOptions(), key, &value_).ok();
    });
  }
  void Close() override { database_.reset(); }

  bool Get(std::string_view no, Digest* digest) override {
    rocksdb::PinnableSlice value;
    MustRocks(database_->Get(rocksdb::ReadOptions(), database_->DefaultColumnFamily(),
                             permits_.KeyOf(no), &value));
    permits_.AddFieldsOf(value.ToStringView(), digest);
    return true;
  }

 private:
  const std::filesystem::path folder_;
  const size_t cache_bytes_;
  const std::filesystem::path daftar_;
  std::unique_ptr<rocksdb::DB> database_;
  StoredPermits permits_;
  std::string value_;
};

}  // namespace

std::unique_ptr<Peer> NewRocksPeer(const std::filesystem::path& folder, size_t cache_bytes,
                                   const std::filesystem::path& daftar) {
  return std::make_unique<RocksPeer>(folder, cache_bytes, daftar);
}

}  // namespace daftar::bench
