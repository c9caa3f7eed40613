// Damage to the logs that RocksDB does not see or does not survive.
#include "storage/log_check.h"

#include <algorithm>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <random>
#include <string>

#include "storage/backend.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

using storage::CheckLogBytes;
using storage::Durability;
using storage::OpenRocksStore;

std::filesystem::path LogOf(const Backend& backend) {
  for (const auto& entry : std::filesystem::directory_iterator(backend.directory())) {
    if (entry.path().extension() == ".log") return entry.path();
  }
  FAIL("no log");
  return {};
}

// The bytes of a log with `count` records of about `bytes` each.
std::string MakeLog(int count, size_t bytes) {
  Backend backend(BackendKind::kRocks);
  for (int i = 0; i < count; ++i) {
    REQUIRE_OK(backend.store().Write(PutBatch("key " + std::to_string(i), std::string(bytes, 'v')),
                                     Durability::kBuffered));
  }
  backend.Close();
  std::string log = ReadFile(LogOf(backend));
  REQUIRE(log.size() > static_cast<size_t>(count) * bytes);
  return log;
}

TEST_CASE("log check: accepts what RocksDB writes, cut at any byte", "[storage][format]") {
  const auto [count, bytes] = GENERATE(table<int, size_t>({{20, 100}, {9, 9000}, {2, 70000}}));
  CAPTURE(count, bytes);
  const std::string log = MakeLog(count, bytes);
  for (size_t size = 0; size <= log.size(); size += log.size() > 10000 ? 37 : 1) {
    REQUIRE_OK(CheckLogBytes(std::string_view(log).substr(0, size)));
  }
  REQUIRE_OK(CheckLogBytes(log + std::string(100000, '\0')));
}

TEST_CASE("log check: refuses records of recycled logs", "[storage][fault]") {
  std::string log = MakeLog(3, 100);
  constexpr size_t kTypeAt = 6;
  REQUIRE(log[kTypeAt] == 1);
  log[kTypeAt] = 5;
  CHECK_THAT(CheckLogBytes(log), StatusIs(absl::StatusCode::kDataLoss, "unknown kind; byte=0"));
}

TEST_CASE("log check: refuses a length that makes a whole record look interrupted",
          "[storage][fault]") {
  const std::string log = MakeLog(20, 100);
  constexpr size_t kLengthAt = 4;
  const size_t record = 7 + static_cast<uint8_t>(log[kLengthAt]);
  // Every record, the last one included, and every bit that makes it longer than the file.
  int refused = 0;
  for (size_t at = 0; at < log.size(); at += 7 + static_cast<uint8_t>(log[at + kLengthAt])) {
    for (int bit = 4; bit < 8; ++bit) {
      CAPTURE(at, bit);
      std::string damaged = log;
      damaged[at + kLengthAt + 1] = static_cast<char>(1 << bit);
      CHECK_THAT(CheckLogBytes(damaged), StatusIs(absl::StatusCode::kDataLoss, "wrong length"));
      ++refused;
    }
  }
  CHECK(refused == 80);
  CHECK(record > 100);
}

TEST_CASE("log check: zeros may only end a log", "[storage][fault]") {
  std::string log = MakeLog(9, 9000);
  const size_t record = 7 + static_cast<uint8_t>(log[4]) + 256U * static_cast<uint8_t>(log[5]);
  std::fill_n(log.begin() + static_cast<std::ptrdiff_t>(record), 100, '\0');
  CHECK_THAT(CheckLogBytes(log),
             StatusIs(absl::StatusCode::kDataLoss, "hole; byte=" + std::to_string(record)));
}

// One bit of the kind of a record: RocksDB 9.10 alone reads it for ever, or opens an empty log.
TEST_CASE("log check: opening refuses a log and a manifest with a flipped kind",
          "[storage][fault]") {
  const std::string_view part = GENERATE(".log", "MANIFEST-");
  const bool read_only = GENERATE(false, true);
  CAPTURE(part, read_only);
  Backend backend(BackendKind::kRocks);
  REQUIRE_OK(backend.store().Write(PutBatch("a", "1"), Durability::kSynced));
  REQUIRE_OK(backend.store().Write(PutBatch("b", "2"), Durability::kSynced));
  backend.Close();
  std::filesystem::path file;
  for (const auto& entry : std::filesystem::directory_iterator(backend.directory())) {
    if (entry.path().string().find(part) != std::string::npos) file = entry.path();
  }
  std::string bytes = ReadFile(file);
  const size_t second = 7 + static_cast<uint8_t>(bytes[4]);
  for (const size_t at : {size_t{0}, second}) {
    CAPTURE(at);
    std::string damaged = bytes;
    REQUIRE(damaged[at + 6] == 1);
    damaged[at + 6] = 5;
    WriteFile(file, damaged);
    storage::RocksOptions options = read_only ? storage::RocksOptions{} : SmallRocksOptions();
    options.read_only = read_only;
    CHECK_THAT(OpenRocksStore(backend.directory(), options),
               StatusIs(absl::StatusCode::kDataLoss, "log has a record of an unknown kind"));
  }
  WriteFile(file, bytes);
  backend.Reopen();
}

// Left to itself RocksDB reads the same record for ever, in a recovery too.
TEST_CASE("log check: a recovery opens a log up to its damage", "[storage][fault]") {
  const auto [name, place, value, refusal] = GENERATE(table<const char*, size_t, char, const char*>(
      {{"unknown kind", 6, 5, "log has a record of an unknown kind"},
       {"wrong length", 5, 16, "log has a record of a wrong length"},
       {"wrong checksum", 0, 0, "log has a record with a wrong checksum"}}));
  const bool read_only = GENERATE(true, false);
  CAPTURE(name, read_only);
  Backend backend(BackendKind::kRocks);
  for (const char* key : {"a", "b", "c"}) {
    REQUIRE_OK(backend.store().Write(PutBatch(key, "1"), Durability::kSynced));
  }
  backend.Close();
  const std::filesystem::path log = LogOf(backend);
  std::string bytes = ReadFile(log);
  const size_t second = 7 + static_cast<uint8_t>(bytes[4]);
  bytes[second + place] = value;
  WriteFile(log, bytes);
  storage::RocksOptions options = SmallRocksOptions();
  options.create_if_missing = false;
  CHECK_THAT(OpenRocksStore(backend.directory(), options),
             StatusIs(absl::StatusCode::kDataLoss, refusal));
  options.read_only = options.nobody_writes = read_only;
  options.until_damage = true;
  {
    REQUIRE_OK_AND_ASSIGN(const auto store, OpenRocksStore(backend.directory(), options));
    CHECK(Contents(*store) == Model{{"a", "1"}});
    if (read_only) return;
    REQUIRE_OK(store->Write(PutBatch("d", "1"), Durability::kSynced));
  }
  backend.Reopen();
  CHECK(Contents(backend.store()) == Model{{"a", "1"}, {"d", "1"}});
}

// After a wrong checksum RocksDB looks for the next record, and reads one of a recycled kind for
// ever.
TEST_CASE("log check: a wrong checksum before a record of a recycled kind", "[storage][fault]") {
  constexpr size_t kBlockBytes = 32768;
  constexpr size_t kTypeAt = 6;
  constexpr char kRecyclableTimestampSize = 11;
  Backend backend(BackendKind::kRocks);
  REQUIRE_OK(
      backend.store().Write(PutBatch("a", std::string(kBlockBytes, 'a')), Durability::kSynced));
  REQUIRE_OK(backend.store().Write(PutBatch("b", "1"), Durability::kSynced));
  backend.Close();
  const std::filesystem::path log = LogOf(backend);
  const std::string intact = ReadFile(log);
  REQUIRE(intact.size() > kBlockBytes + kTypeAt);
  std::string bytes = intact;
  bytes[kBlockBytes / 2] ^= 1;
  bytes[kBlockBytes + kTypeAt] = kRecyclableTimestampSize;
  WriteFile(log, bytes);
  CHECK_THAT(OpenRocksStore(backend.directory(), SmallRocksOptions()),
             StatusIs(absl::StatusCode::kDataLoss, "log has a record with a wrong checksum"));
  WriteFile(log, intact);
  backend.Reopen();
  CHECK(Contents(backend.store()).size() == 2);
}

// RocksDB tells a reader to try again, as a writer might have removed the file.
TEST_CASE("log check: a CURRENT that names no manifest is damage for a reader, too",
          "[storage][fault]") {
  Backend backend(BackendKind::kRocks);
  backend.Close();
  std::string current = ReadFile(backend.directory() / "CURRENT");
  current[current.size() - 2] = static_cast<char>(current[current.size() - 2] ^ 1);
  WriteFile(backend.directory() / "CURRENT", current);
  CHECK_THAT(OpenRocksStore(backend.directory(), {.read_only = true}),
             StatusIs(absl::StatusCode::kDataLoss, "database does not open"));
}

}  // namespace
}  // namespace daftar::testing
