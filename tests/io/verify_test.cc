// verify finds every kind of planted fault, names it, and repairs what follows from the records.

#include "io/verify.h"

#include <algorithm>
#include <atomic>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "catalog/resolve.h"
#include "codec/keyspace.h"
#include "record/json_codec.h"
#include "record/json_parser.h"
#include "storage/open.h"
#include "support/status_matchers.h"

namespace daftar::io {
namespace {

constexpr const char* kSchema = R"(@0xbf5147cbbecf40c1;
using Daftar = import "/daftar/daftar.capnp";
struct T $Daftar.table(name = "t", key = ["id"])
    $Daftar.index(name = "byName", on = ["name"], covering = ["n"])
    $Daftar.index(name = "byTag", on = ["tags"])
    $Daftar.index(name = "one", on = ["n"], unique = true) {
  id @0 :UInt32;
  name @1 :Text;
  n @2 :Int32;
  tags @3 :List(Text);
}
)";

constexpr uint32_t kRecords = 50;

// A database of kRecords records whose store is open to damage.
class Book {
 public:
  Book() {
    auto schemas = record::SchemaSet::ParseText("t.capnp", kSchema);
    REQUIRE_OK(schemas);
    auto catalog = catalog::NewCatalog(*schemas);
    REQUIRE_OK(catalog);
    auto core = txn::Core::Create(storage::NewMemoryStore(), *std::move(catalog), {});
    REQUIRE_OK(core);
    core_ = *std::move(core);
    std::vector<txn::RecordWrite> writes;
    for (uint32_t id = 0; id < kRecords; ++id) writes.push_back(Write(id, static_cast<int>(id)));
    REQUIRE_OK(core_->Commit(*core_->catalog(), writes, {}));
  }

  txn::RecordWrite Write(uint32_t id, int n) const {
    const auto json =
        record::ParseJson(absl::StrCat("{\"id\":", id, ",\"name\":\"name ", id % 7, "\",\"n\":", n,
                                       ",\"tags\":[\"a\",\"t", id, "\"]}"));
    REQUIRE_OK(json);
    auto message = record::MessageFromJson(table().schema, *json);
    REQUIRE_OK(message);
    auto key = index::RecordKey(table(), *message);
    REQUIRE_OK(key);
    return {&table(), *std::move(key), *std::move(message), WriteIntent::kUpsert};
  }

  const catalog::TableDef& table() const { return core_->catalog()->tables.front(); }

  // The keys of a range, in order.
  std::vector<std::string> Keys(const std::string& prefix) const {
    std::vector<std::string> keys;
    auto entries = core_->store().NewIterator({prefix, codec::PrefixEnd(prefix)}, {});
    while (true) {
      const auto found = entries->Next();
      REQUIRE_OK(found);
      if (!*found) return keys;
      keys.emplace_back(entries->key());
    }
  }
  std::string Value(const std::string& key) const {
    const auto value = core_->store().Get(key, {});
    REQUIRE_OK(value);
    REQUIRE(value->has_value());
    return **value;
  }
  void Put(const std::string& key, const std::string& value) {
    storage::Batch batch;
    batch.Put(key, value);
    REQUIRE_OK(core_->store().Write(batch, storage::Durability::kBuffered));
  }
  void Delete(const std::string& key) {
    storage::Batch batch;
    batch.Delete(key);
    REQUIRE_OK(core_->store().Write(batch, storage::Durability::kBuffered));
  }
  VerifyReport Check(bool repair) {
    VerifyOptions options;
    options.repair = repair;
    auto report = Verify(core_.get(), std::filesystem::temp_directory_path(), options);
    REQUIRE_OK(report);
    return *std::move(report);
  }
  txn::Core& core() { return *core_; }
  std::string IndexKeyPrefix(size_t index) const {
    return codec::IndexPrefix(table().indexes[index].id);
  }
  std::string RecordKeyPrefix() const { return codec::RecordPrefix(table().id); }

 private:
  std::unique_ptr<txn::Core> core_;
};

TEST_CASE("verify: a healthy book is clean", "[io]") {
  Book book;
  const VerifyReport report = book.Check(false);
  CHECK(report.clean());
  CHECK(report.records == kRecords);
  CHECK(report.entries == kRecords * 4);
}

TEST_CASE("verify: each kind of fault is found and derived ones are repaired", "[io][fault]") {
  Book book;
  const std::string by_name = book.IndexKeyPrefix(0);
  const std::vector<std::string> entries = book.Keys(by_name);
  const std::vector<std::string> records = book.Keys(book.RecordKeyPrefix());
  struct Case {
    const char* name;
    std::function<void()> plant;
    ProblemKind kind;
    bool repairable;
  };
  const Case cases[] = {
      {"missing entry", [&] { book.Delete(entries[3]); }, ProblemKind::kMissingEntry, true},
      {"extra entry", [&] { book.Put(entries[3] + "x", book.Value(entries[3])); },
       ProblemKind::kExtraEntry, true},
      {"covered field differs",
       [&] {
         std::string value = book.Value(entries[5]);
         value.back() = static_cast<char>(value.back() ^ 1);
         book.Put(entries[5], value);
       },
       ProblemKind::kWrongEntry, true},
      {"entry from the future",
       [&] {
         std::string value = index::EncodeEntryValue(
             CommitVersion(99), index::DecodeEntryValue(book.Value(entries[6]))->covered);
         book.Put(entries[6], value);
       },
       ProblemKind::kWrongEntry, true},
      {"key of no table", [&] { book.Put(codec::RecordPrefix(TableId(77)) + "k", "v"); },
       ProblemKind::kUnknownKey, false},
  };
  for (const Case& test : cases) {
    CAPTURE(test.name);
    test.plant();
    const VerifyReport found = book.Check(false);
    REQUIRE(found.problems_found == 1);
    CHECK(found.problems[0].kind == test.kind);
    CHECK(!found.clean());
    const VerifyReport repaired = book.Check(true);
    CHECK(repaired.problems_found == 1);
    CHECK(repaired.clean() == test.repairable);
    if (test.repairable) CHECK(book.Check(false).problems_found == 0);
  }
}

TEST_CASE("verify: a damaged record is reported with its key and not repaired", "[io][fault]") {
  Book book;
  const std::string key = book.Keys(book.RecordKeyPrefix())[4];
  std::string value = book.Value(key);
  value[value.size() / 2] = static_cast<char>(value[value.size() / 2] ^ 4);
  book.Put(key, value);
  const VerifyReport report = book.Check(false);
  REQUIRE(report.problems_found >= 1);
  CHECK(report.problems[0].kind == ProblemKind::kDamagedRecord);
  CHECK(report.problems[0].table == "t");
  CHECK(report.problems[0].key == "4");
  CHECK(!report.clean());
}

TEST_CASE("verify: a record under another record's key is found", "[io][fault]") {
  Book book;
  const std::vector<std::string> keys = book.Keys(book.RecordKeyPrefix());
  book.Put(keys[1], book.Value(keys[2]));
  const VerifyReport report = book.Check(false);
  REQUIRE(!report.problems.empty());
  CHECK(report.problems[0].kind == ProblemKind::kDamagedRecord);
}

TEST_CASE("verify: any planted loss or addition of entries is found and undone",
          "[io][fault][property]") {
  const uint32_t seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  Book book;
  std::map<std::string, std::string> before;
  for (size_t i = 0; i < 3; ++i) {
    for (const std::string& key : book.Keys(book.IndexKeyPrefix(i))) before[key] = book.Value(key);
  }
  size_t planted = 0;
  while (planted < 1000) {
    std::set<std::string> touched;
    const size_t faults = 1 + random() % 40;
    planted += faults;
    while (touched.size() < faults) {
      const auto chosen =
          std::next(before.begin(), static_cast<ptrdiff_t>(random() % before.size()));
      if (random() % 2 == 0) {
        if (touched.insert(chosen->first).second) book.Delete(chosen->first);
      } else if (touched.insert(chosen->first + "z").second) {
        book.Put(chosen->first + "z", chosen->second);
      }
    }
    CHECK(book.Check(false).problems_found == touched.size());
    CHECK(book.Check(true).problems_repaired == touched.size());
    CHECK(book.Check(false).problems_found == 0);
    std::map<std::string, std::string> after;
    for (size_t i = 0; i < 3; ++i) {
      for (const std::string& key : book.Keys(book.IndexKeyPrefix(i))) after[key] = book.Value(key);
    }
    REQUIRE(after == before);
  }
}

// Faults come while records are written, some in what is being written.
TEST_CASE("verify: puts right what is wrong while others write", "[io][fault][threads]") {
  const uint32_t seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  Book book;
  for (int round = 0; round < 20; ++round) {
    CAPTURE(round);
    std::vector<std::string> keys;
    for (size_t i = 0; i < 3; ++i) {
      for (std::string& key : book.Keys(book.IndexKeyPrefix(i))) keys.push_back(std::move(key));
    }
    const size_t faults = 1 + random() % 10;
    for (size_t i = 0; i < faults; ++i) {
      const std::string& key = keys[random() % keys.size()];
      if (random() % 2 == 0) {
        book.Delete(key);
      } else {
        book.Put(key + "z", "");
      }
    }
    std::atomic<bool> done = false;
    absl::Status written;
    std::vector<std::vector<txn::RecordWrite>> commits(kRecords);
    for (uint32_t id = 0; id < kRecords; ++id) {
      commits[id].push_back(book.Write(id, 1000 * (round + 1) + static_cast<int>(id)));
    }
    std::thread writer([&] {
      for (size_t i = 0; !done || i < 10; ++i) {
        const auto version =
            book.core().Commit(*book.core().catalog(), commits[i % commits.size()], {});
        if (!version.ok()) written = version.status();
      }
    });
    VerifyOptions options;
    options.repair = true;
    const auto report = Verify(&book.core(), std::filesystem::temp_directory_path(), options);
    done = true;
    writer.join();
    REQUIRE_OK(report);
    REQUIRE_OK(written);
    // A commit may have met a fault after the last look: then there is something left to find.
    book.Check(true);
    CHECK(book.Check(false).problems_found == 0);
  }
}

}  // namespace
}  // namespace daftar::io
