// The file system that loses power, and what the store makes of it.
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <memory>
#include <random>
#include <set>
#include <string>

#include "storage/backend.h"
#include "storage/power_loss_file_system.h"
#include "storage/powered_disk.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

using storage::Durability;
using storage::OpenRocksStore;

// The contents that many losses leave.
std::set<std::string> Outcomes(const FileImage& image, Spoiling spoiling) {
  std::mt19937_64 random(7);
  std::set<std::string> outcomes;
  for (int i = 0; i < 400; ++i) outcomes.insert(image.AfterPowerLoss(random, spoiling).content);
  return outcomes;
}

TEST_CASE("file image: keeps what was synced and any beginning of the rest", "[storage][unit]") {
  FileImage image("ab");
  image.Append("cd");
  image.Append("ef");
  CHECK(image.content() == "abcdef");
  CHECK(Outcomes(image, Spoiling::kNone) ==
        std::set<std::string>{"ab", "abc", "abcd", "abcde", "abcdef"});
  image.Sync();
  CHECK(Outcomes(image, Spoiling::kNone) == std::set<std::string>{"abcdef"});
  image.Truncate(1);
  CHECK(Outcomes(image, Spoiling::kNone) == std::set<std::string>{"a", "abcdef"});
}

TEST_CASE("file image: overwrites by sectors, which are old or new", "[storage][unit]") {
  FileImage image(std::string(1024, 'a'));
  image.Write(0, std::string(1024, 'b'));
  const std::string a(512, 'a');
  const std::string b(512, 'b');
  CHECK(Outcomes(image, Spoiling::kNone) == std::set<std::string>{a + a, a + b, b + a, b + b});
}

TEST_CASE("file image: spoils only what was not synced", "[storage][unit]") {
  FileImage image(std::string(5000, 'a'));
  image.Append(std::string(9000, 'b'));
  bool hole = false;
  bool garbage = false;
  for (const std::string& outcome : Outcomes(image, Spoiling::kGarbage)) {
    CHECK(outcome.substr(0, 5000) == std::string(5000, 'a'));
    CHECK(outcome.size() <= 14000);
    hole = hole || outcome.find('\0') != std::string::npos;
    garbage = garbage || outcome.find_first_not_of(std::string("ab\0", 3)) != std::string::npos;
  }
  CHECK(hole);
  CHECK(garbage);
}

// A disk with the files of `directory`, whose real files the test keeps up to date itself.
class TestDisk {
 public:
  TestDisk() {
    WriteFile(directory_ / "old", "old");
    disk_.Adopt(directory_.path());
  }
  PoweredDisk& disk() { return disk_; }
  std::string Path(std::string_view name) const { return (directory_ / name).string(); }
  std::string Folder() const { return directory_.path().string(); }
  Model Lose(unsigned seed) {
    std::mt19937_64 random(seed);
    disk_.Restore(random, Spoiling::kNone);
    Model files;
    for (const auto& entry : std::filesystem::directory_iterator(directory_.path())) {
      files[entry.path().filename().string()] = ReadFile(entry.path());
    }
    return files;
  }

 private:
  TempDir directory_;
  PoweredDisk disk_;
};

TEST_CASE("powered disk: a name is safe once its directory is synced", "[storage][unit]") {
  const unsigned seed = GENERATE(range(1U, 60U));
  CAPTURE(seed);
  TestDisk test;
  PoweredDisk::File file;
  REQUIRE(test.disk().Make(test.Path("new"), &file));
  REQUIRE(test.disk().Append(file, "text"));
  REQUIRE(test.disk().Sync(file));
  const bool synced = seed % 2 == 0;
  if (synced) REQUIRE(test.disk().SyncDirectory(test.Folder()));
  REQUIRE(test.disk().Rename(test.Path("new"), test.Path("old")));
  const Model files = test.Lose(seed);
  const std::set<Model> allowed =
      synced
          ? std::set<Model>{{{"old", "old"}, {"new", "text"}}, {{"old", "text"}}}
          : std::set<Model>{{{"old", "old"}}, {{"old", "old"}, {"new", "text"}}, {{"old", "text"}}};
  CHECK(allowed.contains(files));
}

TEST_CASE("powered disk: nothing happens any more once the power is off", "[storage][unit]") {
  TestDisk test;
  const PoweredDisk::File file = test.disk().Find(test.Path("old"));
  REQUIRE(file != nullptr);
  test.disk().CutPowerAt(2);
  CHECK(test.disk().Append(file, "1"));
  CHECK_FALSE(test.disk().Sync(file));  // In whose middle it goes: without effect.
  CHECK(test.disk().power_is_off());
  CHECK_FALSE(test.disk().Append(file, "2"));
  CHECK_FALSE(test.disk().Remove(test.Path("old")));
  CHECK(file->synced() == "old");
  CHECK(file->content() == "old1");
  test.Lose(1);
  CHECK_FALSE(test.disk().power_is_off());
}

storage::RocksOptions Powered(const std::shared_ptr<PowerLossFileSystem>& disk) {
  storage::RocksOptions options = SmallRocksOptions();
  options.file_system = disk;
  return options;
}

TEST_CASE("power loss: a store keeps what was synced, and a prefix of the rest",
          "[storage][fault]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  const TempDir directory;
  const auto disk = std::make_shared<PowerLossFileSystem>(directory.path());
  int synced = 0;   // keys that were written so
  int written = 0;  // keys that were acknowledged
  for (int round = 0; round < 25; ++round) {
    CAPTURE(round);
    disk->CutPowerAt(round == 0 ? 0 : 1 + random() % 80);
    auto store = OpenRocksStore(directory.path(), Powered(disk));
    if (store.ok()) {
      const auto found = (*store)->NewIterator({}, {});
      int count = 0;
      for (auto more = found->Next(); more.ok() && *more; more = found->Next()) ++count;
      if (!disk->power_is_off()) {
        REQUIRE(count >= synced);
        REQUIRE(count <= written + 1);
        synced = written = count;
      }
      for (int i = 0; i < 30 && !disk->power_is_off(); ++i) {
        const bool sync = random() % 2 == 0;
        const storage::Batch batch = PutBatch(std::to_string(100000 + written), "value");
        const absl::Status status =
            (*store)->Write(batch, sync ? Durability::kSynced : Durability::kBuffered);
        if (!status.ok()) break;
        ++written;
        if (sync) synced = written;
      }
    } else {
      REQUIRE(disk->power_is_off());
    }
    store = absl::CancelledError();
    disk->RestorePower(random, Spoiling::kNone);
  }
  CHECK(written > 60);
}

// It is synced once it is written, and the disk begins with it before.
TEST_CASE("power loss: a large write is there whole or not at all, and once it was acknowledged",
          "[storage][fault]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  int acknowledged = 0;
  bool met = true;
  for (uint64_t cut = 1; met; ++cut) {
    CAPTURE(cut);
    const TempDir directory;
    const auto disk = std::make_shared<PowerLossFileSystem>(directory.path());
    storage::RocksOptions options = Powered(disk);
    options.memory_budget_bytes = size_t{512} << 20;
    bool written = false;
    {
      REQUIRE_OK_AND_ASSIGN(const auto store, OpenRocksStore(directory.path(), options));
      REQUIRE_OK(store->Write(PutBatch("before", "1"), Durability::kSynced));
      storage::Batch batch;
      for (int i = 0; i < 17; ++i) batch.Put(std::to_string(10 + i), std::string(1 << 20, 'x'));
      disk->CutPowerAt(cut);
      written = store->Write(batch, Durability::kSynced).ok();
      met = disk->power_is_off();
    }
    acknowledged += written ? 1 : 0;
    disk->RestorePower(random, Spoiling::kNone);
    REQUIRE_OK_AND_ASSIGN(const auto store, OpenRocksStore(directory.path(), options));
    const size_t found = Contents(*store).size();
    REQUIRE((found == 18 || (found == 1 && !written)));
  }
  CHECK(acknowledged > 0);
}

// RocksDB alone renames CURRENT while the manifest's own name may still be lost.
TEST_CASE("power loss: CURRENT never names a manifest that is lost", "[storage][fault]") {
  bool cut = true;
  uint64_t nth = 1;
  for (; cut; ++nth) {
    CAPTURE(nth);
    std::mt19937_64 random(nth);
    const TempDir directory;
    const auto disk = std::make_shared<PowerLossFileSystem>(directory.path());
    REQUIRE_OK(OpenRocksStore(directory.path(), Powered(disk)));
    disk->CutPowerAt(nth);  // Opening once more makes a new manifest.
    OpenRocksStore(directory.path(), Powered(disk)).IgnoreError();
    cut = disk->power_is_off();
    disk->RestorePower(random, Spoiling::kNone, NameLoss::kNewFiles);
    REQUIRE_OK(OpenRocksStore(directory.path(), Powered(disk)));
  }
  CHECK(nth > 10);
}

// RocksDB alone leaves the log before unsynced when it begins another one: what is in the later one
// could be there without what came before.
TEST_CASE("power loss: buffered writes are lost from the end only, whatever log they are in",
          "[storage][fault]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  bool two_logs = false;
  for (int round = 0; round < 60; ++round) {
    CAPTURE(round);
    const TempDir directory;
    const auto disk = std::make_shared<PowerLossFileSystem>(directory.path());
    {
      REQUIRE_OK_AND_ASSIGN(const auto store, OpenRocksStore(directory.path(), Powered(disk)));
      // More than the memory for writes takes, so that files and logs change meanwhile.
      disk->CutPowerAt(40 + random() % 60);
      for (int key = 100; !disk->power_is_off(); ++key) {
        const std::string value(40000, static_cast<char>('a' + random() % 26));
        store->Write(PutBatch(std::to_string(key), value), Durability::kBuffered).IgnoreError();
      }
      int logs = 0;
      for (const auto& each : std::filesystem::directory_iterator(directory.path())) {
        logs += each.path().extension() == ".log" ? 1 : 0;
      }
      two_logs = two_logs || logs > 1;
    }
    disk->RestorePower(random, Spoiling::kNone);
    REQUIRE_OK_AND_ASSIGN(const auto store, OpenRocksStore(directory.path(), Powered(disk)));
    int key = 100;
    for (const auto& [found, value] : Contents(*store)) {
      CAPTURE(found);
      REQUIRE(found == std::to_string(key++));
    }
  }
  CHECK(two_logs);
}

// A store that is told of a sync that was not made must be caught losing something.
TEST_CASE("power loss: finds a write that was not synced", "[storage][fault]") {
  bool lost = false;
  for (unsigned seed = 1; seed <= 20 && !lost; ++seed) {
    std::mt19937_64 random(seed);
    const TempDir directory;
    const auto disk = std::make_shared<PowerLossFileSystem>(directory.path());
    {
      REQUIRE_OK_AND_ASSIGN(const auto store, OpenRocksStore(directory.path(), Powered(disk)));
      REQUIRE_OK(store->Write(PutBatch("a", "1"), Durability::kBuffered));
    }
    disk->RestorePower(random, Spoiling::kNone);
    REQUIRE_OK_AND_ASSIGN(const auto store, OpenRocksStore(directory.path(), Powered(disk)));
    lost = Contents(*store).empty();
  }
  CHECK(lost);
}

}  // namespace
}  // namespace daftar::testing
