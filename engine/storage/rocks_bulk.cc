#include "storage/rocks_bulk.h"

#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "storage/file_error.h"
#include "storage/rocks_options.h"
#include "storage/rocks_status.h"

namespace daftar::storage {
namespace {

constexpr std::string_view kFolderPrefix = "bulk-";
constexpr uint64_t kFileBytesMax = uint64_t{64} << 20;

// Files of the database with the fast compression even at the bottom, where they mostly end up:
// ZSTD halves the speed of loading. Compaction changes it when it rewrites them.
rocksdb::Options FileOptions(const rocksdb::DB& database) {
  rocksdb::Options options = database.GetOptions();
  options.bottommost_compression = options.compression;
  return options;
}

}  // namespace

absl::Status RemoveStaleBulkFolders(const std::filesystem::path& directory) {
  std::error_code error;
  std::vector<std::filesystem::path> stale;
  auto entry = std::filesystem::directory_iterator(directory, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    if (absl::StartsWith(entry->path().filename().string(), kFolderPrefix)) {
      stale.push_back(entry->path());
    }
  }
  for (const std::filesystem::path& folder : stale) {
    if (!error) std::filesystem::remove_all(folder, error);
  }
  if (error) return FileError("cannot remove an old bulk folder", directory, error);
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<BulkWriter>> RocksBulkWriter::Create(
    rocksdb::DB& database, ValueCache* values, WriteLatch& latch,
    const std::filesystem::path& directory, uint64_t number) {
  std::filesystem::path folder = directory / absl::StrCat(kFolderPrefix, number);
  std::error_code error;
  std::filesystem::create_directory(folder, error);
  if (error) return FileError("cannot make a bulk folder", folder, error);
  return std::unique_ptr<BulkWriter>(
      new RocksBulkWriter(database, values, latch, std::move(folder)));
}

RocksBulkWriter::RocksBulkWriter(rocksdb::DB& database, ValueCache* values, WriteLatch& latch,
                                 std::filesystem::path folder)
    : database_(database),
      values_(values),
      latch_(latch),
      folder_(std::move(folder)),
      options_(FileOptions(database)) {}

RocksBulkWriter::~RocksBulkWriter() {
  file_.reset();
  std::error_code ignored;  // What stays behind is removed when the database is opened next.
  std::filesystem::remove_all(folder_, ignored);
}

absl::Status RocksBulkWriter::Remember(absl::Status status) {
  failure_.Update(status);
  return status;
}

absl::Status RocksBulkWriter::OpenFile() {
  // The pages are read again as soon as the file is taken in: keep them in the system's cache.
  file_ = std::make_unique<rocksdb::SstFileWriter>(rocksdb::EnvOptions(options_), options_,
                                                   database_.DefaultColumnFamily(),
                                                   /*invalidate_page_cache=*/false);
  paths_.push_back((folder_ / absl::StrCat(paths_.size(), ".sst")).string());
  return FromRocks(file_->Open(paths_.back()), "cannot open a bulk file");
}

absl::Status RocksBulkWriter::CloseFile() {
  if (file_ == nullptr) return absl::OkStatus();
  const rocksdb::Status status = file_->Finish();
  file_.reset();
  return FromRocks(status, "cannot finish a bulk file");
}

absl::Status RocksBulkWriter::Prepare(std::string_view key) {
  DAFTAR_RETURN_IF_ERROR(failure_);
  DAFTAR_RETURN_IF_ERROR(order_.Take(key));
  const std::string_view kind = key.substr(0, kKindBytes);
  if (file_ != nullptr && (file_->FileSize() >= kFileBytesMax || kind != kind_)) {
    DAFTAR_RETURN_IF_ERROR(Remember(CloseFile()));
  }
  kind_ = kind;
  return file_ == nullptr ? Remember(OpenFile()) : absl::OkStatus();
}

absl::Status RocksBulkWriter::Put(std::string_view key, std::string_view value) {
  DAFTAR_RETURN_IF_ERROR(Prepare(key));
  return Remember(FromRocks(file_->Put(key, value), "bulk put failed"));
}

absl::Status RocksBulkWriter::Delete(std::string_view key) {
  DAFTAR_RETURN_IF_ERROR(Prepare(key));
  return Remember(FromRocks(file_->Delete(key), "bulk delete failed"));
}

absl::Status RocksBulkWriter::Finish() {
  DAFTAR_RETURN_IF_ERROR(latch_.Check());
  DAFTAR_RETURN_IF_ERROR(order_.Finish());
  DAFTAR_RETURN_IF_ERROR(failure_);
  // Until here only our own files are written: a failure leaves the database as it was.
  DAFTAR_RETURN_IF_ERROR(CloseFile());
  return latch_.Record(Ingest());
}

absl::Status RocksBulkWriter::Ingest() {
  // Taking in is durable at once; without this, a power loss could keep it and lose older writes.
  DAFTAR_RETURN_IF_ERROR(FromRocks(database_.FlushWAL(/*sync=*/true), "log sync failed"));
  if (paths_.empty()) return absl::OkStatus();
  rocksdb::IngestExternalFileOptions options;
  options.move_files = true;
  options.write_global_seqno = false;
  ValueCache::Shards written;
  if (values_ != nullptr) written = values_->BeginWriteOfAll();
  const rocksdb::Status status = database_.IngestExternalFile(paths_, options);
  if (values_ != nullptr) values_->EndWrite(written, database_.GetLatestSequenceNumber());
  return FromRocks(status, "bulk ingestion failed");
}

}  // namespace daftar::storage
