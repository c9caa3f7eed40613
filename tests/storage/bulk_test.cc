// What storage/store.h promises of bulk writers, on every backend, and what RocksDB's leave behind.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>
#include <thread>

#include "storage/backend.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

using storage::BulkWriter;
using storage::Durability;

BackendKind AnyBackend() {
  return GENERATE(BackendKind::kMemory, BackendKind::kRocks, BackendKind::kFaulty);
}

size_t BulkFolders(const Backend& backend) {
  size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(backend.directory())) {
    count += entry.path().filename().string().starts_with("bulk-") ? 1 : 0;
  }
  return count;
}

TEST_CASE("bulk writer: applies all its entries in one step at Finish", "[storage][conformance]") {
  Backend backend(AnyBackend());
  storage::Store& store = backend.store();
  storage::Batch old;
  old.Put("b", "old");
  old.Put("c", "old");
  old.Put("z", "old");
  REQUIRE_OK(store.Write(old, Durability::kBuffered));
  {
    REQUIRE_OK_AND_ASSIGN(const auto writer, store.NewBulkWriter());
    REQUIRE_OK(writer->Put("", "empty key"));
    REQUIRE_OK(writer->Put("a", "new"));
    REQUIRE_OK(writer->Put("b", "new"));
    REQUIRE_OK(writer->Delete("c"));
    REQUIRE_OK(writer->Delete("d"));
    CHECK(Contents(store) == Model{{"b", "old"}, {"c", "old"}, {"z", "old"}});
    const auto before = store.NewSnapshot();
    REQUIRE_OK(writer->Finish());
    CHECK(Contents(store, before.get()) == Model{{"b", "old"}, {"c", "old"}, {"z", "old"}});
  }
  const Model expected = {{"", "empty key"}, {"a", "new"}, {"b", "new"}, {"z", "old"}};
  CHECK(Contents(store) == expected);
  CHECK(BulkFolders(backend) == 0);
  REQUIRE_OK(store.Write(PutBatch("b", "newer"), Durability::kBuffered));
  REQUIRE_OK_AND_ASSIGN(const auto value, store.Get("b", {}));
  CHECK(value == "newer");
  if (!backend.persistent()) return;
  backend.Reopen();
  CHECK(Contents(backend.store()).at("b") == "newer");
  CHECK(Contents(backend.store()).size() == expected.size());
}

TEST_CASE("bulk writer: refuses a key that does not increase", "[storage][conformance]") {
  Backend backend(AnyBackend());
  REQUIRE_OK_AND_ASSIGN(const auto writer, backend.store().NewBulkWriter());
  REQUIRE_OK(writer->Put("b", "1"));
  CHECK_THAT(writer->Put("b", "2"),
             StatusIs(absl::StatusCode::kInvalidArgument, "key=0x62; previous=0x62"));
  CHECK_THAT(writer->Delete("a"),
             StatusIs(absl::StatusCode::kInvalidArgument, "bulk keys must increase"));
  REQUIRE_OK(writer->Put("c", "3"));
  REQUIRE_OK(writer->Finish());
  CHECK(Contents(backend.store()) == Model{{"b", "1"}, {"c", "3"}});
}

TEST_CASE("bulk writer: is finished once, and does not stop writes by being misused",
          "[storage][conformance]") {
  Backend backend(AnyBackend());
  REQUIRE_OK_AND_ASSIGN(const auto writer, backend.store().NewBulkWriter());
  REQUIRE_OK(writer->Finish());
  CHECK_THAT(writer->Finish(), StatusIs(absl::StatusCode::kFailedPrecondition, "already finished"));
  CHECK_THAT(writer->Put("a", "1"),
             StatusIs(absl::StatusCode::kFailedPrecondition, "already finished"));
  CHECK(Contents(backend.store()).empty());
  REQUIRE_OK(backend.store().Write(PutBatch("a", "1"), Durability::kBuffered));
}

TEST_CASE("bulk writer: leaves nothing when destroyed unfinished", "[storage][conformance]") {
  Backend backend(AnyBackend());
  {
    REQUIRE_OK_AND_ASSIGN(const auto writer, backend.store().NewBulkWriter());
    REQUIRE_OK(writer->Put("a", std::string(100'000, 'x')));
  }
  CHECK(Contents(backend.store()).empty());
  CHECK(BulkFolders(backend) == 0);
}

TEST_CASE("bulk writer: parts go in with the whole, written by other threads",
          "[storage][conformance]") {
  Backend backend(AnyBackend());
  storage::Store& store = backend.store();
  {
    REQUIRE_OK_AND_ASSIGN(const auto writer, store.NewBulkWriter());
    REQUIRE_OK_AND_ASSIGN(const auto part, writer->NewPart());
    CHECK_THAT(part->NewPart(), StatusIs(absl::StatusCode::kFailedPrecondition, "no parts"));
    absl::Status of_part;
    std::thread thread([&] {
      for (int i = 0; i < 500 && of_part.ok(); ++i) {
        of_part = part->Put("b" + std::to_string(1000 + i), "in the part");
      }
    });
    absl::Status of_whole;
    for (int i = 0; i < 500; ++i) {
      of_whole.Update(writer->Put("a" + std::to_string(1000 + i), "in the whole"));
    }
    of_whole.Update(writer->Put("c", "after the part"));
    thread.join();
    REQUIRE_OK(of_part);
    REQUIRE_OK(of_whole);
    REQUIRE_OK(part->Finish());
    CHECK_THAT(part->Finish(), StatusIs(absl::StatusCode::kFailedPrecondition, "finished"));
    // What is not finished adds nothing.
    REQUIRE_OK_AND_ASSIGN(const auto dropped, writer->NewPart());
    REQUIRE_OK(dropped->Put("d", "dropped"));
    CHECK(Contents(store).empty());
    REQUIRE_OK(writer->Finish());
  }
  const Model contents = Contents(store);
  CHECK(contents.size() == 1001);
  CHECK(contents.at("a1000") == "in the whole");
  CHECK(contents.at("b1499") == "in the part");
  CHECK(contents.at("c") == "after the part");
  CHECK(BulkFolders(backend) == 0);
}

TEST_CASE("bulk writer: parts that overlap are not taken in", "[storage][conformance]") {
  Backend backend(BackendKind::kRocks);
  REQUIRE_OK_AND_ASSIGN(const auto writer, backend.store().NewBulkWriter());
  REQUIRE_OK_AND_ASSIGN(const auto part, writer->NewPart());
  REQUIRE_OK(writer->Put("a1", "1"));
  REQUIRE_OK(writer->Put("a3", "1"));
  REQUIRE_OK(part->Put("a2", "2"));
  REQUIRE_OK(part->Finish());
  CHECK_THAT(writer->Finish(),
             StatusIs(absl::StatusCode::kInternal, "parts of a bulk writer overlap; key=0x6132"));
  CHECK(Contents(backend.store()).empty());
  REQUIRE_OK(backend.store().Write(PutBatch("b", "2"), Durability::kSynced));
}

TEST_CASE("bulk writer: takes several files in at once", "[storage][conformance]") {
  Backend backend(BackendKind::kRocks);
  // Random bytes do not shrink: 140 MB need three files of 64 MB.
  std::string value(size_t{1} << 20, '\0');
  uint64_t state = 1;
  for (char& c : value) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    c = static_cast<char>(state >> 56);
  }
  REQUIRE_OK_AND_ASSIGN(auto writer, backend.store().NewBulkWriter());
  for (int i = 100; i < 240; ++i) REQUIRE_OK(writer->Put(std::to_string(i), value));
  const auto before = backend.store().NewSnapshot();
  REQUIRE_OK(writer->Finish());
  CHECK(Contents(backend.store(), before.get()).empty());
  const auto iterator = backend.store().NewIterator({}, {.fill_cache = false});
  for (int i = 100; i < 240; ++i) {
    REQUIRE_OK_AND_ASSIGN(const bool more, iterator->Next());
    REQUIRE(more);
    REQUIRE(iterator->key() == std::to_string(i));
    REQUIRE((iterator->value() == value));
  }
  REQUIRE_OK_AND_ASSIGN(const bool more, iterator->Next());
  CHECK_FALSE(more);
}

TEST_CASE("bulk writer: a folder left by a dead process is removed at the next opening",
          "[storage][conformance]") {
  Backend backend(BackendKind::kRocks);
  backend.Close();
  std::filesystem::create_directory(backend.directory() / "bulk-7");
  WriteFile(backend.directory() / "bulk-7" / "0.sst", "half a file");
  {
    REQUIRE_OK_AND_ASSIGN(const auto reader,
                          storage::OpenRocksStore(backend.directory(), {.read_only = true}));
    CHECK(BulkFolders(backend) == 1);
  }
  backend.Reopen();
  CHECK(BulkFolders(backend) == 0);
}

TEST_CASE("bulk writer: a failed file leaves the database writable and empty", "[storage][fault]") {
  Backend backend(BackendKind::kRocks);
  REQUIRE_OK_AND_ASSIGN(const auto writer, backend.store().NewBulkWriter());
  std::filesystem::remove_all(backend.directory() / "bulk-0");
  const absl::Status failure = writer->Put("a", "1");
  CHECK_THAT(failure, StatusIs(absl::StatusCode::kDataLoss, "cannot open a bulk file"));
  CHECK(writer->Finish() == failure);
  CHECK(Contents(backend.store()).empty());
  REQUIRE_OK(backend.store().Write(PutBatch("b", "2"), Durability::kSynced));
}

}  // namespace
}  // namespace daftar::testing
