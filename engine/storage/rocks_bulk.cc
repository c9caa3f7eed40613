#include "storage/rocks_bulk.h"

#include <algorithm>
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

// Files are compressed as at the bottom, where they mostly end up and stay as they are, by the
// first level of ZSTD: over 100,000 permits with four indexes that takes 8 % more of the processor
// than LZ4 and 30 % less of the disk; higher levels take longer and gain nothing.
rocksdb::Options FileOptions(const rocksdb::DB& database) {
  rocksdb::Options options = database.GetOptions();
  options.bottommost_compression = rocksdb::kZSTD;
  options.bottommost_compression_opts.enabled = true;
  options.bottommost_compression_opts.level = 1;
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
      new RocksBulkWriter(database, values, latch, std::move(folder), nullptr, 0));
}

RocksBulkWriter::RocksBulkWriter(rocksdb::DB& database, ValueCache* values, WriteLatch& latch,
                                 std::filesystem::path folder, RocksBulkWriter* whole, int number)
    : database_(database),
      values_(values),
      latch_(latch),
      folder_(std::move(folder)),
      options_(FileOptions(database)),
      whole_(whole),
      number_(number) {}

std::string_view RocksBulkWriter::File::kind() const {
  return std::string_view(first_key).substr(0, kKindBytes);
}

RocksBulkWriter::~RocksBulkWriter() {
  file_.reset();
  if (whole_ != nullptr) return;
  std::error_code ignored;  // What stays behind is removed when the database is opened next.
  std::filesystem::remove_all(folder_, ignored);
}

absl::Status RocksBulkWriter::Remember(absl::Status status) {
  failure_.Update(status);
  return status;
}

absl::StatusOr<std::unique_ptr<BulkWriter>> RocksBulkWriter::NewPart() {
  if (whole_ != nullptr) return PartOfPart();
  return std::unique_ptr<BulkWriter>(
      new RocksBulkWriter(database_, values_, latch_, folder_, this, ++parts_));
}

absl::Status RocksBulkWriter::OpenFile(std::string_view first_key) {
  // The pages are read again as soon as the file is taken in: keep them in the system's cache.
  file_ = std::make_unique<rocksdb::SstFileWriter>(rocksdb::EnvOptions(options_), options_,
                                                   database_.DefaultColumnFamily(),
                                                   /*invalidate_page_cache=*/false);
  const std::string name = absl::StrCat(number_, "-", files_.size(), ".sst");
  files_.push_back({(folder_ / name).string(), std::string(first_key), ""});
  return FromRocks(file_->Open(files_.back().path), "cannot open a bulk file");
}

absl::Status RocksBulkWriter::CloseFile(std::string last_key) {
  if (file_ == nullptr) return absl::OkStatus();
  const rocksdb::Status status = file_->Finish();
  file_.reset();
  files_.back().last_key = std::move(last_key);
  return FromRocks(status, "cannot finish a bulk file");
}

absl::Status RocksBulkWriter::Prepare(std::string_view key) {
  DAFTAR_RETURN_IF_ERROR(failure_);
  const std::string_view kind = key.substr(0, kKindBytes);
  const bool is_full =
      file_ != nullptr && (file_->FileSize() >= kFileBytesMax || kind != files_.back().kind());
  std::string last = is_full ? order_.last() : std::string();
  DAFTAR_RETURN_IF_ERROR(order_.Take(key));
  if (is_full) DAFTAR_RETURN_IF_ERROR(Remember(CloseFile(std::move(last))));
  return file_ == nullptr ? Remember(OpenFile(key)) : absl::OkStatus();
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
  DAFTAR_RETURN_IF_ERROR(CloseFile(order_.last()));
  if (whole_ != nullptr) {
    for (File& file : files_) whole_->part_files_.push_back(std::move(file));
    return absl::OkStatus();
  }
  for (File& file : part_files_) files_.push_back(std::move(file));
  DAFTAR_RETURN_IF_ERROR(SortFiles());
  return latch_.Record(Ingest());
}

absl::Status RocksBulkWriter::SortFiles() {
  std::sort(files_.begin(), files_.end(),
            [](const File& a, const File& b) { return a.first_key < b.first_key; });
  for (size_t i = 1; i < files_.size(); ++i) {
    if (files_[i - 1].last_key < files_[i].first_key) continue;
    return Internal("parts of a bulk writer overlap").WithBytes("key", files_[i].first_key);
  }
  return absl::OkStatus();
}

absl::Status RocksBulkWriter::Ingest() {
  // Taking in is durable at once; without this, a power loss could keep it and lose older writes.
  DAFTAR_RETURN_IF_ERROR(FromRocks(database_.FlushWAL(/*sync=*/true), "log sync failed"));
  if (files_.empty()) return absl::OkStatus();
  std::vector<std::string> paths;
  for (const File& file : files_) paths.push_back(file.path);
  rocksdb::IngestExternalFileOptions options;
  options.move_files = true;
  options.write_global_seqno = false;
  ValueCache::Shards written;
  if (values_ != nullptr) written = values_->BeginWriteOfAll();
  const rocksdb::Status status = database_.IngestExternalFile(paths, options);
  if (values_ != nullptr) values_->EndWrite(written, database_.GetLatestSequenceNumber());
  return FromRocks(status, "bulk ingestion failed");
}

}  // namespace daftar::storage
