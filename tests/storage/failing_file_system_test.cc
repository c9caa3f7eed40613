// The file system whose n-th call fails, and what the store makes of it.
#include "storage/failing_file_system.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <memory>
#include <string>

#include "storage/backend.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

using storage::Durability;
using storage::OpenRocksStore;

storage::RocksOptions On(const std::shared_ptr<FailingFileSystem>& files) {
  storage::RocksOptions options = SmallRocksOptions();
  options.file_system = files;
  return options;
}

TEST_CASE("failing files: only the n-th call of the armed kinds fails", "[storage][unit]") {
  const TempDir directory;
  FailingFileSystem files;
  std::unique_ptr<rocksdb::FSWritableFile> file;
  const std::string path = (directory / "file").string();
  REQUIRE(files.NewWritableFile(path, {}, &file, nullptr).ok());
  files.Arm({.kinds = kIoWrite, .nth = 2});
  CHECK(file->Append("a", {}, nullptr).ok());
  CHECK(file->Sync({}, nullptr).ok());
  CHECK(file->Append("b", {}, nullptr).IsIOError());
  CHECK(file->Append("c", {}, nullptr).ok());
  CHECK(files.calls() == 3);
  CHECK(files.failures() == 1);
  files.Arm({.kinds = kIoSync | kIoName, .nth = 1, .persistent = true});
  CHECK(file->Sync({}, nullptr).IsIOError());
  CHECK(file->Fsync({}, nullptr).IsIOError());
  CHECK(files.DeleteFile(path, {}, nullptr).IsIOError());
  files.Disarm();
  REQUIRE(file->Close({}, nullptr).ok());
  CHECK(ReadFile(path) == "ac");
}

TEST_CASE("failing files: a full disk takes half, an ignored failure nothing", "[storage][unit]") {
  const TempDir directory;
  FailingFileSystem files;
  std::unique_ptr<rocksdb::FSWritableFile> file;
  const std::string path = (directory / "file").string();
  REQUIRE(files.NewWritableFile(path, {}, &file, nullptr).ok());
  files.Arm({.kinds = kIoWrite, .failure = IoFailure::kNoSpace});
  CHECK(file->Append("abcd", {}, nullptr).IsNoSpace());
  files.Arm({.kinds = kIoWrite, .failure = IoFailure::kIgnored});
  CHECK(file->Append("efgh", {}, nullptr).ok());
  files.Disarm();
  REQUIRE(file->Close({}, nullptr).ok());
  CHECK(ReadFile(path) == "ab");
}

// Writes until the fault is met; what was acknowledged.
Model WriteUntilFailure(storage::Store* store, absl::Status* failure) {
  Model written;
  for (int i = 0; i < 8 && failure->ok(); ++i) {
    const std::string key = "key " + std::to_string(i);
    *failure = store->Write(PutBatch(key, std::string(2000, 'x')), Durability::kSynced);
    if (failure->ok()) written[key] = std::string(2000, 'x');
  }
  return written;
}

TEST_CASE("full disk: at every write, nothing that was acknowledged is lost", "[storage][fault]") {
  const bool persistent = GENERATE(false, true);
  bool met = true;
  uint64_t nth = 1;
  for (; met; ++nth) {
    CAPTURE(persistent, nth);
    const TempDir directory;
    const auto files = std::make_shared<FailingFileSystem>();
    absl::Status failure;
    Model written;
    {
      REQUIRE_OK_AND_ASSIGN(const auto store, OpenRocksStore(directory.path(), On(files)));
      files->Arm({.kinds = kIoWrite | kIoName,
                  .nth = nth,
                  .persistent = persistent,
                  .failure = IoFailure::kNoSpace});
      written = WriteUntilFailure(store.get(), &failure);
      met = files->failures() > 0;
      if (met) {
        CHECK_THAT(failure, StatusIs(absl::StatusCode::kResourceExhausted, "No space left"));
        CHECK_THAT(store->Write(PutBatch("z", ""), Durability::kSynced),
                   StatusIs(absl::StatusCode::kFailedPrecondition, "after a failed write"));
      }
      CHECK(Contents(*store) == written);
    }
    if (met && persistent) {
      // No space yet: it may refuse to open.
      files->Arm({.kinds = kIoWrite | kIoName, .persistent = true, .failure = IoFailure::kNoSpace});
      const auto full = OpenRocksStore(directory.path(), On(files));
      if (!full.ok()) {
        CHECK_THAT(full, StatusIs(absl::StatusCode::kResourceExhausted, "does not open"));
      }
    }
    files->Disarm();
    REQUIRE_OK_AND_ASSIGN(const auto store, OpenRocksStore(directory.path(), On(files)));
    Model found = Contents(*store);
    // The write that failed may be there.
    if (found.size() == written.size() + 1) found.erase("key " + std::to_string(written.size()));
    CHECK(found == written);
    REQUIRE_OK(store->Write(PutBatch("z", ""), Durability::kSynced));
  }
  CHECK(nth > 8);
}

TEST_CASE("failing files: finds a store that takes no note of a failure", "[storage][fault]") {
  const TempDir directory;
  const auto files = std::make_shared<FailingFileSystem>();
  absl::Status failure;
  Model written;
  {
    REQUIRE_OK_AND_ASSIGN(const auto store, OpenRocksStore(directory.path(), On(files)));
    files->Arm({.kinds = kIoWrite, .nth = 3, .failure = IoFailure::kIgnored});
    written = WriteUntilFailure(store.get(), &failure);
    REQUIRE_OK(failure);
  }
  files->Disarm();
  const auto store = OpenRocksStore(directory.path(), On(files));
  const bool noticed = !store.ok() || Contents(**store) != written;
  CHECK(noticed);
}

TEST_CASE("failing files: a large write whose sync fails closes the store", "[storage][fault]") {
  const TempDir directory;
  const auto files = std::make_shared<FailingFileSystem>();
  storage::Batch batch;
  for (int i = 0; i < 17; ++i) batch.Put(std::to_string(10 + i), std::string(1 << 20, 'x'));
  {
    REQUIRE_OK_AND_ASSIGN(const auto store, OpenRocksStore(directory.path(), On(files)));
    REQUIRE_OK(store->Write(PutBatch("a", "1"), Durability::kSynced));
    const auto before = storage::NewSnapshotReader(*store);
    files->Arm({.kinds = kIoSync, .persistent = true});
    CHECK_THAT(store->Write(batch, Durability::kSynced),
               StatusIs(absl::StatusCode::kUnavailable, ""));
    CHECK(files->failures() > 0);
    files->Disarm();
    CHECK_THAT(store->Write(PutBatch("z", ""), Durability::kSynced),
               StatusIs(absl::StatusCode::kFailedPrecondition, "after a failed write"));
    CHECK(Contents(*before).size() == 1);
  }
  REQUIRE_OK_AND_ASSIGN(const auto store, OpenRocksStore(directory.path(), On(files)));
  const size_t found = Contents(*store).size();
  CHECK((found == 1 || found == 18));
  REQUIRE_OK(store->Write(PutBatch("z", ""), Durability::kSynced));
}

// RocksDB hides a failing device in other codes.
TEST_CASE("failing files: a device that fails to read is no damage", "[storage][fault]") {
  const bool persistent = GENERATE(false, true);
  const TempDir prepared;
  for (const char* key : {"a", "b", "c"}) {  // Opening moves them to data files.
    REQUIRE_OK_AND_ASSIGN(const auto store, OpenRocksStore(prepared.path(), SmallRocksOptions()));
    REQUIRE_OK(store->Write(PutBatch(key, "1"), Durability::kSynced));
  }
  int refused = 0;
  bool met = true;
  for (uint64_t nth = 1; met; ++nth) {
    CAPTURE(persistent, nth);
    const TempDir directory;  // Attempts that fail leave files, which later ones would read.
    std::filesystem::copy(prepared.path(), directory / "copy");
    const auto files = std::make_shared<FailingFileSystem>();
    files->Arm({.kinds = kIoRead, .nth = nth, .persistent = persistent});
    {
      const auto store = OpenRocksStore(directory / "copy", On(files));
      met = files->failures() > 0;
      files->Disarm();
      if (!store.ok()) {
        ++refused;
        REQUIRE_THAT(store, StatusIs(absl::StatusCode::kUnavailable, ""));
      }
    }
    REQUIRE_OK_AND_ASSIGN(const auto store, OpenRocksStore(directory / "copy", On(files)));
    CHECK(Contents(*store).size() == 3);
  }
  CHECK(refused > 20);
}

// RocksDB removes the files of a bulk write whose manifest record could not be synced; the record
// may be there all the same, and would then name files that are not.
TEST_CASE("failing files: a bulk write that fails leaves a store that opens", "[storage][fault]") {
  const bool persistent = GENERATE(false, true);
  bool met = true;
  for (uint64_t nth = 1; met; ++nth) {
    CAPTURE(persistent, nth);
    const TempDir directory;
    const auto files = std::make_shared<FailingFileSystem>();
    {
      REQUIRE_OK_AND_ASSIGN(const auto store, OpenRocksStore(directory.path(), On(files)));
      REQUIRE_OK(store->Write(PutBatch("a", "1"), Durability::kSynced));
      files->Arm({.kinds = kIoSync | kIoWrite | kIoName, .nth = nth, .persistent = persistent});
      auto writer = store->NewBulkWriter();
      absl::Status status = writer.status();
      if (status.ok()) status = (*writer)->Put("b", "2");
      if (status.ok()) status = (*writer)->Finish();
      met = files->failures() > 0;
    }
    files->Disarm();
    REQUIRE_OK_AND_ASSIGN(const auto store, OpenRocksStore(directory.path(), On(files)));
    const Model found = Contents(*store);
    CHECK((found == Model{{"a", "1"}} || found == Model{{"a", "1"}, {"b", "2"}}));
  }
}

}  // namespace
}  // namespace daftar::testing
