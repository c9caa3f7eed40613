// Damaged files are refused with DataLoss; nothing is silently shortened.
#include <algorithm>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <random>
#include <string>
#include <vector>

#include "storage/backend.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

using storage::Durability;
using storage::OpenRocksStore;

// The files of the database directory whose names end so, by name.
std::vector<std::filesystem::path> Files(const Backend& backend, std::string_view ending) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(backend.directory())) {
    if (entry.path().string().ends_with(ending)) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// Writes `count` batches of about 1 KB each and closes the store, leaving them in the log.
Model FillLog(Backend& backend, int count) {
  Model model;
  for (int i = 0; i < count; ++i) {
    const std::string key = "key " + std::to_string(i);
    model[key] = std::string(1000, static_cast<char>('a' + i % 26));
    REQUIRE_OK(backend.store().Write(PutBatch(key, model[key]), Durability::kBuffered));
  }
  REQUIRE_OK(backend.store().Sync());
  backend.Close();
  return model;
}

// Stores `model` in data files: opening moves what is in the log there.
void MoveToDataFiles(Backend& backend) {
  backend.Reopen();
  backend.Close();
  REQUIRE_FALSE(Files(backend, ".sst").empty());
}

TEST_CASE("damage: a flipped bit in the log is refused, and opening does not repair it",
          "[storage][fault]") {
  Backend backend(BackendKind::kRocks);
  const Model model = FillLog(backend, 200);
  const std::vector<std::filesystem::path> logs = Files(backend, ".log");
  REQUIRE(logs.size() == 1);
  const std::string intact = ReadFile(logs[0]);
  REQUIRE(intact.size() > 6 * 32768);
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  // A length in the last 32 KB block can be damaged so that its record seems cut by the file's end;
  // that is what the anchor file of the layer above is for.
  std::uniform_int_distribution<size_t> anywhere(0, intact.size() - 2 * 32768);
  for (int i = 0; i < 40; ++i) {
    std::string damaged = intact;
    const size_t place = anywhere(random);
    CAPTURE(i, place);
    damaged[place] = static_cast<char>(damaged[place] ^ (1 << (random() % 8)));
    WriteFile(logs[0], damaged);
    REQUIRE_THAT(OpenRocksStore(backend.directory(), SmallRocksOptions()),
                 StatusIs(absl::StatusCode::kDataLoss, "directory="));
    REQUIRE_THAT(OpenRocksStore(backend.directory(), {.read_only = true}),
                 StatusIs(absl::StatusCode::kDataLoss, "directory="));
  }
  WriteFile(logs[0], intact);
  backend.Reopen();
  CHECK(Contents(backend.store()) == model);
}

TEST_CASE("damage: a hole or a missing piece in the log is refused", "[storage][fault]") {
  Backend backend(BackendKind::kRocks);
  FillLog(backend, 200);
  const std::filesystem::path log = Files(backend, ".log").at(0);
  const std::string intact = ReadFile(log);
  const size_t middle = intact.size() / 2;
  for (const size_t bytes : {1U, 100U, 5000U}) {
    CAPTURE(bytes);
    std::string zeroed = intact;
    std::fill_n(zeroed.begin() + static_cast<std::ptrdiff_t>(middle), bytes, '\0');
    WriteFile(log, zeroed);
    CHECK_THAT(OpenRocksStore(backend.directory(), SmallRocksOptions()),
               StatusIs(absl::StatusCode::kDataLoss, "directory="));
    std::string cut = intact;
    cut.erase(middle, bytes);
    WriteFile(log, cut);
    CHECK_THAT(OpenRocksStore(backend.directory(), SmallRocksOptions()),
               StatusIs(absl::StatusCode::kDataLoss, "directory="));
  }
}

TEST_CASE("damage: an incomplete last record in the log is a write that never ended",
          "[storage][fault]") {
  Backend backend(BackendKind::kRocks);
  Model model = FillLog(backend, 20);
  const std::filesystem::path log = Files(backend, ".log").at(0);
  std::filesystem::resize_file(log, std::filesystem::file_size(log) - 500);
  backend.Reopen();
  model.erase("key 19");
  CHECK(Contents(backend.store()) == model);
}

TEST_CASE("damage: a missing file is refused and nothing else removed", "[storage][fault]") {
  const std::string ending = GENERATE(".sst", "CURRENT");
  CAPTURE(ending);
  Backend backend(BackendKind::kRocks);
  const Model model = FillLog(backend, 20);
  MoveToDataFiles(backend);
  const std::filesystem::path file = Files(backend, ending).at(0);
  const std::string intact = ReadFile(file);
  std::filesystem::remove(file);
  CHECK_THAT(OpenRocksStore(backend.directory(), SmallRocksOptions()),
             StatusIs(absl::StatusCode::kDataLoss, "directory="));
  // A reader beside a writer takes it for a file of a later moment: the layer above compares what
  // it then finds with the anchor and the journal.
  const auto reading = OpenRocksStore(backend.directory(), {.read_only = true});
  if (reading.ok()) {
    CHECK(Contents(**reading).empty());
  } else {
    CHECK_THAT(reading, StatusIs(absl::StatusCode::kDataLoss, "directory="));
  }
  WriteFile(file, intact);
  backend.Reopen();
  CHECK(Contents(backend.store()) == model);
}

TEST_CASE("damage: a cut data file is refused", "[storage][fault]") {
  Backend backend(BackendKind::kRocks);
  FillLog(backend, 20);
  MoveToDataFiles(backend);
  const std::filesystem::path file = Files(backend, ".sst").at(0);
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 1);
  CHECK_THAT(OpenRocksStore(backend.directory(), SmallRocksOptions()),
             StatusIs(absl::StatusCode::kDataLoss, "database does not open"));
}

TEST_CASE("damage: a flipped byte in a data block is an error of every way to read it",
          "[storage][fault]") {
  Backend backend(BackendKind::kRocks);
  const Model model = FillLog(backend, 20);
  MoveToDataFiles(backend);
  const std::filesystem::path file = Files(backend, ".sst").at(0);
  std::string bytes = ReadFile(file);
  bytes[20] = static_cast<char>(bytes[20] ^ 1);  // The first block holds the first keys.
  WriteFile(file, bytes);
  backend.Reopen();
  const std::string& key = model.begin()->first;
  const auto damaged = StatusIs(absl::StatusCode::kDataLoss, "cause=Corruption");
  CHECK_THAT(backend.store().Get(key, {}), damaged);
  CHECK_THAT(backend.store().MultiGet({key}, {}), damaged);
  const auto iterator = backend.store().NewIterator({}, {});
  CHECK_THAT(iterator->Next(), damaged);
  iterator->Seek(key);
  CHECK_THAT(iterator->Next(), damaged);
}

}  // namespace
}  // namespace daftar::testing
