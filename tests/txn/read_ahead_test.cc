// Records read ahead against the same read one by one, and how often the state is asked.
#include "txn/read_ahead.h"

#include <algorithm>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "base/status.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

using Value = std::optional<std::string>;

class CountingReader final : public storage::Reader {
 public:
  absl::StatusOr<Value> Get(std::string_view) const override { return Internal("not expected"); }
  absl::StatusOr<std::vector<Value>> MultiGet(const std::vector<std::string_view>& keys,
                                              const storage::GetOptions&) const override {
    ++calls;
    most_at_once = std::max(most_at_once, keys.size());
    if (fails) return DataLoss("planted");
    std::vector<Value> found;
    for (const std::string_view key : keys) found.push_back(ValueOf(key));
    return found;
  }
  std::unique_ptr<storage::Iterator> NewIterator(const storage::KeyRange&,
                                                 const storage::ScanOptions&) const override {
    return nullptr;
  }

  Value ValueOf(std::string_view key) const {
    const auto found = values.find(key);
    return found == values.end() ? Value() : found->second;
  }

  std::map<std::string, std::string, std::less<>> values;
  bool fails = false;
  mutable size_t calls = 0;
  mutable size_t most_at_once = 0;
};

std::vector<std::string> Keys(size_t count) {
  std::vector<std::string> keys;
  for (size_t i = 0; i < count; ++i) keys.push_back("key" + std::to_string(i));
  return keys;
}

std::span<const std::string> After(const std::vector<std::string>& keys, size_t place) {
  return std::span(keys).subspan(place + 1);
}

Value Read(txn::ReadAhead* ahead, const std::string& key, std::span<const std::string> next) {
  auto value = ahead->Read(key, next);
  REQUIRE_OK(value);
  return *std::move(value);
}

TEST_CASE("read ahead: what comes as said is read many at once", "[txn][unit]") {
  const auto reader = std::make_shared<CountingReader>();
  const std::vector<std::string> keys = Keys(1000);
  for (size_t i = 0; i < keys.size(); i += 2) reader->values[keys[i]] = "v" + keys[i];
  txn::ReadAhead ahead(reader);
  for (size_t i = 0; i < keys.size(); ++i) {
    CAPTURE(i);
    REQUIRE(Read(&ahead, keys[i], After(keys, i)) == reader->ValueOf(keys[i]));
    // Again, as who writes it does.
    REQUIRE(Read(&ahead, keys[i], {}) == reader->ValueOf(keys[i]));
  }
  CHECK(reader->calls < 30);
}

TEST_CASE("read ahead: nothing is read along for who goes another way", "[txn][unit]") {
  const auto reader = std::make_shared<CountingReader>();
  const std::vector<std::string> keys = Keys(1000);
  for (const std::string& key : keys) reader->values[key] = key;
  txn::ReadAhead ahead(reader);
  for (size_t i = 999; i > 500; --i) {
    REQUIRE(Read(&ahead, keys[i], After(keys, i)) == keys[i]);
  }
  CHECK(reader->most_at_once <= 2);
}

TEST_CASE("read ahead: large records are not held in great numbers", "[txn][unit]") {
  const auto reader = std::make_shared<CountingReader>();
  const std::vector<std::string> keys = Keys(100);
  for (const std::string& key : keys) {
    reader->values[key] = std::string(txn::ReadAhead::kBytesMax / 4, 'x');
  }
  txn::ReadAhead ahead(reader);
  for (size_t i = 0; i < keys.size(); ++i) {
    REQUIRE(Read(&ahead, keys[i], After(keys, i)) == reader->ValueOf(keys[i]));
  }
  CHECK(reader->most_at_once <= 8);
}

TEST_CASE("read ahead: any way through the keys answers as one by one", "[txn][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const auto reader = std::make_shared<CountingReader>();
  const std::vector<std::string> keys = Keys(200);
  for (const std::string& key : keys) {
    if (random() % 4 != 0) reader->values[key] = std::string(random() % 9000, 'x') + key;
  }
  txn::ReadAhead ahead(reader);
  size_t place = 0;
  for (int step = 0; step < 5000; ++step) {
    place = random() % 8 == 0 ? random() % keys.size() : (place + random() % 3) % keys.size();
    const auto next = random() % 5 == 0 ? std::span<const std::string>() : After(keys, place);
    REQUIRE(Read(&ahead, keys[place], next) == reader->ValueOf(keys[place]));
  }
}

TEST_CASE("read ahead: an error is not kept as an answer", "[txn][unit]") {
  const auto reader = std::make_shared<CountingReader>();
  const std::vector<std::string> keys = Keys(3);
  for (const std::string& key : keys) reader->values[key] = key;
  txn::ReadAhead ahead(reader);
  REQUIRE(Read(&ahead, keys[0], {}) == keys[0]);
  reader->fails = true;
  CHECK(absl::IsDataLoss(ahead.Read(keys[1], After(keys, 1)).status()));
  reader->fails = false;
  CHECK(Read(&ahead, keys[1], After(keys, 1)) == keys[1]);
  CHECK(Read(&ahead, keys[2], {}) == keys[2]);
}

}  // namespace
}  // namespace daftar::testing
