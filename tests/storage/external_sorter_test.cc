#include <sys/resource.h>

#include <algorithm>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <csignal>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "storage/external_sorter.h"
#include "support/status_matchers.h"
#include "support/temp_dir.h"

namespace daftar::testing {
namespace {

using storage::ExternalSorter;
using storage::SortedReader;
using Pairs = std::vector<std::pair<std::string, std::string>>;

absl::StatusOr<Pairs> Drain(SortedReader& reader) {
  Pairs pairs;
  for (;;) {
    const absl::StatusOr<bool> more = reader.Next();
    if (!more.ok()) return more.status();
    if (!*more) return pairs;
    pairs.emplace_back(reader.key(), reader.value());
  }
}

absl::StatusOr<Pairs> Sort(ExternalSorter& sorter, const Pairs& pairs) {
  for (const auto& [key, value] : pairs) {
    if (absl::Status status = sorter.Add(key, value); !status.ok()) return status;
  }
  absl::StatusOr<std::unique_ptr<SortedReader>> reader = sorter.Finish();
  if (!reader.ok()) return reader.status();
  return Drain(**reader);
}

// Short keys of few bytes, so that many are equal or share a prefix; values tell the insertion
// order.
Pairs RandomPairs(std::mt19937& random, size_t count) {
  static constexpr char kBytes[] = {'\0', '\1', 'a', '\x7f', '\x80', '\xff'};
  Pairs pairs(count);
  for (size_t i = 0; i < count; ++i) {
    std::string& key = pairs[i].first;
    if (random() % 2 == 0) key = "a prefix";
    key.resize(key.size() + random() % 4);
    for (char& c : key) c = random() % 8 == 0 || c == '\0' ? kBytes[random() % 6] : c;
    pairs[i].second = random() % 10 == 0 ? "" : std::to_string(i);
  }
  return pairs;
}

TEST_CASE("external sorter: agrees with std::stable_sort at any memory limit",
          "[storage][property]") {
  const unsigned seed = Catch::getSeed();
  const size_t memory = GENERATE(size_t{1}, size_t{6'000}, size_t{50'000}, size_t{64} << 20);
  CAPTURE(seed, memory);
  std::mt19937 random(seed);
  for (const size_t count : {size_t{1}, size_t{2}, size_t{7}, size_t{500}, size_t{5'000}}) {
    CAPTURE(count);
    TempDir folder;
    Pairs pairs = RandomPairs(random, count);
    ExternalSorter sorter({.folder = folder.path(), .memory_bytes_max = memory});
    REQUIRE_OK_AND_ASSIGN(const Pairs sorted, Sort(sorter, pairs));
    std::stable_sort(pairs.begin(), pairs.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    REQUIRE((sorted == pairs));
    if (memory == 1) CHECK(sorter.runs() == count);
    if (memory == 6'000 && count == 5'000) CHECK(sorter.runs() > 10);
    if (memory == 50'000 && count == 5'000) CHECK(sorter.runs() > 1);
    if (memory > 1'000'000) CHECK(sorter.runs() == 0);
    CHECK(std::filesystem::is_empty(folder.path()));
  }
}

TEST_CASE("external sorter: sorts keys that differ far behind their beginning",
          "[storage][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (const size_t common : {size_t{5}, size_t{8}, size_t{16}, size_t{300}, size_t{5'000}}) {
    CAPTURE(common);
    Pairs pairs = RandomPairs(random, 400);
    for (auto& [key, value] : pairs) key = std::string(common, 'k') + key + std::string(9, 'e');
    // Some end within what the others have in common.
    for (size_t i = 0; i < 60; ++i) pairs[i * 3].first.resize(random() % (common + 1));
    for (size_t i = 0; i < 20; ++i) pairs[i * 5].first.append(random() % 9, '\0');
    TempDir folder;
    ExternalSorter sorter({.folder = folder.path()});
    REQUIRE_OK_AND_ASSIGN(const Pairs sorted, Sort(sorter, pairs));
    std::stable_sort(pairs.begin(), pairs.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    CHECK((sorted == pairs));
  }
}

TEST_CASE("external sorter: gives nothing when nothing was added", "[storage][unit]") {
  TempDir folder;
  ExternalSorter sorter({.folder = folder.path()});
  REQUIRE_OK_AND_ASSIGN(const auto reader, sorter.Finish());
  for (int i = 0; i < 3; ++i) {
    REQUIRE_OK_AND_ASSIGN(const bool more, reader->Next());
    CHECK_FALSE(more);
  }
  const auto finished = StatusIs(absl::StatusCode::kFailedPrecondition, "already finished");
  CHECK_THAT(sorter.Add("a", "1"), finished);
  CHECK_THAT(sorter.Finish(), finished);
}

TEST_CASE("external sorter: takes pairs larger than its memory", "[storage][unit]") {
  TempDir folder;
  const std::string huge(5'000'000, 'h');
  ExternalSorter sorter({.folder = folder.path(), .memory_bytes_max = 10'000});
  REQUIRE_OK_AND_ASSIGN(
      const Pairs sorted,
      Sort(sorter, {{"b", huge}, {huge, ""}, {"a", "1"}, {"", ""}, {"", "x"}, {"c", huge}}));
  CHECK((sorted == Pairs{{"", ""}, {"", "x"}, {"a", "1"}, {"b", huge}, {"c", huge}, {huge, ""}}));
}

TEST_CASE("external sorter: reports a spill file that changed, wherever", "[storage][fault]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const Pairs pairs = RandomPairs(random, 600);
  size_t file_bytes = 1;
  for (size_t place = 0; place < file_bytes; place += 37) {
    CAPTURE(place);
    TempDir folder;
    ExternalSorter sorter({folder.path(), /*memory_bytes_max=*/8'000, /*keep_file_named=*/true});
    for (const auto& [key, value] : pairs) REQUIRE_OK(sorter.Add(key, value));
    REQUIRE_OK_AND_ASSIGN(auto reader, sorter.Finish());
    REQUIRE(sorter.runs() > 2);
    const auto file = std::filesystem::directory_iterator(folder.path())->path();
    std::string bytes = ReadFile(file);
    file_bytes = bytes.size();
    bytes[place] = static_cast<char>(bytes[place] ^ (1 << (random() % 8)));
    WriteFile(file, bytes);
    REQUIRE_THAT(Drain(*reader), StatusIs(absl::StatusCode::kDataLoss, "spill record"));
    REQUIRE_THAT(reader->Next(), StatusIs(absl::StatusCode::kDataLoss, "spill record"));
    reader.reset();
    REQUIRE(std::filesystem::is_empty(folder.path()));
  }
}

TEST_CASE("external sorter: reports a spill file that was cut", "[storage][fault]") {
  TempDir folder;
  ExternalSorter sorter({folder.path(), /*memory_bytes_max=*/1, /*keep_file_named=*/true});
  REQUIRE_OK(sorter.Add("a", std::string(10'000, 'x')));
  REQUIRE_OK_AND_ASSIGN(const auto reader, sorter.Finish());
  std::filesystem::resize_file(std::filesystem::directory_iterator(folder.path())->path(), 6'000);
  CHECK_THAT(Drain(*reader), StatusIs(absl::StatusCode::kDataLoss, "spill file was cut"));
}

TEST_CASE("external sorter: needs its folder only when it spills", "[storage][fault]") {
  TempDir folder;
  ExternalSorter small({.folder = folder / "missing"});
  REQUIRE_OK_AND_ASSIGN(const Pairs sorted, Sort(small, {{"b", ""}, {"a", ""}}));
  CHECK((sorted == Pairs{{"a", ""}, {"b", ""}}));
  ExternalSorter large({.folder = folder / "missing", .memory_bytes_max = 1});
  const auto missing = StatusIs(absl::StatusCode::kNotFound, "cannot make a spill file");
  CHECK_THAT(large.Add("a", "1"), missing);
  CHECK_THAT(large.Add("a", "1"), missing);
  CHECK_THAT(large.Finish(), missing);
}

TEST_CASE("external sorter: a full disk is ResourceExhausted and leaves nothing",
          "[storage][fault]") {
  TempDir folder;
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  struct rlimit old_limit = {};
  REQUIRE(getrlimit(RLIMIT_FSIZE, &old_limit) == 0);
  struct rlimit limit = old_limit;
  limit.rlim_cur = 300'000;
  absl::StatusOr<Pairs> sorted;
  REQUIRE(setrlimit(RLIMIT_FSIZE, &limit) == 0);
  {
    ExternalSorter sorter({.folder = folder.path(), .memory_bytes_max = 50'000});
    sorted = Sort(sorter, Pairs(1000, {"key", std::string(1000, 'x')}));
  }
  REQUIRE(setrlimit(RLIMIT_FSIZE, &old_limit) == 0);
  std::signal(SIGXFSZ, old_handler);
  CHECK_THAT(sorted, StatusIs(absl::StatusCode::kResourceExhausted, "cannot write a spill file"));
  CHECK(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace daftar::testing
