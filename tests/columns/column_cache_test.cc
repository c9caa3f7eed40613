// When entries of an index are projected, and that a projection is what its state has.
#include "columns/column_cache.h"

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <optional>
#include <random>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "catalog/resolve.h"
#include "index/entries.h"
#include "record/sample.h"
#include "storage/open.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

using columns::ColumnCache;
using columns::EntrySet;
using columns::Projection;

constexpr const char* kSchema = R"(
  struct Well @0xb000000000000001
      $Daftar.table(name = "well", key = ["licence"])
      $Daftar.index(name = "byTown", on = ["town", "depth desc"], covering = ["owner"])
      $Daftar.index(name = "byOwner", on = ["owner"]) {
    licence @0 :UInt32;
    town @1 :Text;
    depth @2 :Int32;
    owner @3 :Text;
  })";

struct Well {
  std::string town;
  int depth = 0;
  std::string owner;
};

// A table of wells, one of its indexes in a store, and the commits that wrote it.
class Wells {
 public:
  Wells() {
    auto made = catalog::NewCatalog(Sample(kSchema).set());
    REQUIRE_OK(made);
    catalog_ = std::make_shared<const catalog::Catalog>(*std::move(made));
  }

  const catalog::TableDef& table() const { return catalog_->tables[0]; }
  const storage::Store& store() const { return *store_; }
  EntrySet set() const { return {catalog_, &table(), table().FindIndex("byTown")}; }
  EntrySet others() const { return {catalog_, &table(), table().FindIndex("byOwner")}; }
  CommitVersion version() const { return CommitVersion(version_); }
  std::shared_ptr<const storage::Reader> Reader() const {
    return storage::NewSnapshotReader(*store_);
  }

  // Puts a well, or takes it away when `well` is nothing, in the commit that is under way.
  void Write(uint32_t licence, const std::optional<Well>& well) {
    for (const index::Entry& entry : EntriesOf(licence)) Change(entry, std::nullopt);
    wells_.erase(licence);
    if (!well.has_value()) return;
    wells_[licence] = *well;
    for (const index::Entry& entry : EntriesOf(licence)) {
      Change(entry, index::EncodeEntryValue(CommitVersion(version_ + 1), entry.covered));
    }
  }
  // Ends the commit and tells the cache of it. Gives how many keys it wrote.
  size_t Commit(ColumnCache* cache) {
    storage::Batch batch;
    for (const auto& [key, change] : *changes_) {
      batch.Set(key, change.value);
    }
    REQUIRE_OK(store_->Write(batch, storage::Durability::kBuffered));
    ++version_;
    cache->NoteCommits(version(), *changes_);
    const size_t written = changes_->size();
    changes_.emplace();
    return written;
  }
  // Changes a value outside of commits.
  storage::Batch Fill(std::string_view key, std::string_view value) {
    storage::Batch batch;
    batch.Put(key, value);
    REQUIRE_OK(store_->Write(batch, storage::Durability::kBuffered));
    return batch;
  }

 private:
  std::vector<index::Entry> EntriesOf(uint32_t licence) {
    const auto found = wells_.find(licence);
    if (found == wells_.end()) return {};
    const Well& well = found->second;
    const record::Message record =
        MakeRecord(table().schema, absl::StrCat(R"({"licence": )", licence, R"(, "town": ")",
                                                well.town, R"(", "depth": )", well.depth,
                                                R"(, "owner": ")", well.owner, R"("})"));
    const auto key = index::RecordKey(table(), record);
    REQUIRE_OK(key);
    const std::string_view primary = key->view().substr(codec::RecordPrefix(table().id).size());
    auto entries = index::EntriesOf(*set().index, primary, record);
    REQUIRE_OK(entries);
    return *std::move(entries);
  }
  void Change(const index::Entry& entry, std::optional<std::string> value) {
    changes_->Set(entry.key.view(), value);
  }

  std::shared_ptr<const catalog::Catalog> catalog_;
  const std::unique_ptr<storage::Store> store_ = storage::NewMemoryStore();
  std::map<uint32_t, Well> wells_;
  std::optional<storage::PendingChanges> changes_{std::in_place};
  uint64_t version_ = 0;
};

// What the reader has, and what the projection says of it, a line an entry.
std::string Stored(const Wells& wells, const storage::Reader& reader) {
  const std::string prefix = wells.set().prefix();
  const auto entries = reader.NewIterator({prefix, codec::PrefixEnd(prefix)}, {});
  std::string all;
  while (*entries->Next()) {
    std::string_view key = entries->key().substr(prefix.size());
    absl::StrAppend(&all, absl::CHexEscape(key));
    const auto tuple = codec::TakeTuple(catalog::PartsOf(wells.set().index->on), &key);
    const auto primary = codec::TakeTuple(catalog::PartsOf(wells.table().key), &key);
    auto value = index::DecodeEntryValue(entries->value());
    const auto covered =
        codec::TakeTuple(catalog::PartsOf(wells.set().index->covering), &value->covered);
    absl::StrAppend(&all, " ", std::get<std::string>((*tuple)[0]), " ",
                    std::get<int64_t>((*tuple)[1]), " ", std::get<uint64_t>((*primary)[0]), " ",
                    std::get<std::string>((*covered)[0]), "\n");
  }
  return all;
}

std::string Projected(const Projection& projection) {
  std::string all;
  size_t rows = 0;
  for (const auto& chunk : projection.chunks()) {
    rows += chunk->rows();
    for (size_t row = 0; row < chunk->rows(); ++row) {
      const auto at = [&](size_t column) { return chunk->column(column).At(row); };
      absl::StrAppend(&all, absl::CHexEscape(chunk->Key(row)), " ",
                      std::get<std::string_view>(at(0)), " ", std::get<int64_t>(at(1)), " ",
                      std::get<uint64_t>(at(2)), " ", std::get<std::string_view>(at(3)), "\n");
    }
  }
  CHECK(rows == projection.rows());
  return all;
}

Well SomeWell(std::mt19937& random) {
  const auto below = [&](uint32_t n) { return static_cast<int>(random() % n); };
  return {absl::StrCat("town ", below(40)), below(100) - 50, absl::StrCat("owner ", below(3000))};
}

// So many wells, and a cache that has heard of them.
void Dig(uint32_t count, std::mt19937& random, Wells* wells, ColumnCache* cache) {
  for (uint32_t i = 0; i < count; ++i) wells->Write(i, SomeWell(random));
  wells->Commit(cache);
}

std::shared_ptr<const Projection> Found(ColumnCache* cache, const Wells& wells,
                                        uint64_t rows_wanted = 0) {
  const auto reader = wells.Reader();
  const auto found = cache->Find({*reader, wells.version()}, wells.set(), rows_wanted);
  REQUIRE_OK(found);
  if (*found != nullptr) {
    CHECK((*found)->version() <= wells.version());
    CHECK(Projected(**found) == Stored(wells, *reader));
  }
  return *found;
}

TEST_CASE("column cache: an index is projected once a part of it has been read", "[columns]") {
  std::mt19937 random(1);
  Wells wells;
  ColumnCache cache(size_t{32} << 20);
  Dig(3000, random, &wells, &cache);
  CHECK(Found(&cache, wells) == nullptr);
  cache.NoteRead(wells.set(), {}, 99);
  CHECK(Found(&cache, wells) == nullptr);
  // Enough for an attempt, which ends after four times as many; the next one comes later.
  cache.NoteRead(wells.set(), {}, 1);
  CHECK(Found(&cache, wells) == nullptr);
  cache.NoteRead(wells.set(), {}, 299);
  CHECK(Found(&cache, wells) == nullptr);
  cache.NoteRead(wells.set(), {}, 1);
  CHECK(Found(&cache, wells) == nullptr);
  cache.NoteRead(wells.set(), {}, 1200);
  const auto first = Found(&cache, wells);
  REQUIRE(first != nullptr);
  CHECK(Found(&cache, wells) == first);
  // Another index has not been read.
  const auto reader = wells.Reader();
  const auto other = cache.Find({*reader, wells.version()}, wells.others(), 0);
  REQUIRE_OK(other);
  CHECK(*other == nullptr);
}

TEST_CASE("column cache: what would not fit is not kept", "[columns]") {
  std::mt19937 random(2);
  Wells wells;
  ColumnCache cache(20'000);
  Dig(3000, random, &wells, &cache);
  for (int i = 0; i < 5; ++i) {
    cache.NoteRead(wells.set(), {}, 10'000);
    CHECK(Found(&cache, wells) == nullptr);
  }
}

TEST_CASE("projection: several threads make the same as one, or find the same damage",
          "[columns][threads]") {
  std::mt19937 random(6);
  Wells wells;
  ColumnCache cache(size_t{32} << 20);
  Dig(3000, random, &wells, &cache);
  storage::ScanLimits limits;
  limits.threads = 3;
  limits.range_bytes_min = 0;
  limits.piece_bytes = 8000;
  storage::ScanThreads threads(&wells.store(), limits);
  const auto reader = wells.Reader();
  for (const uint64_t rows_max : {uint64_t{2999}, uint64_t{3000}}) {
    CAPTURE(rows_max);
    const auto made = Projection::Make({wells.set(), {}}, *reader, wells.version(),
                                       {SIZE_MAX, rows_max}, &threads);
    REQUIRE_OK(made);
    REQUIRE((*made != nullptr) == (rows_max == 3000));
    if (*made != nullptr) CHECK(Projected(**made) == Stored(wells, *reader));
  }
  CHECK(threads.started() > 0);
  CHECK(threads.running() == 0);
  // Of two entries that do not decode, the first is told.
  const std::string prefix = wells.set().prefix();
  const auto entries = reader->NewIterator({prefix, codec::PrefixEnd(prefix)}, {});
  for (int i = 0; *entries->Next(); ++i) {
    if (i == 1400 || i == 2600) wells.Fill(entries->key(), std::string(entries->value()) + "x");
  }
  const auto damaged = wells.Reader();
  const auto alone = Projection::Make({wells.set(), {}}, *damaged, wells.version(), {});
  CHECK_THAT(alone, StatusIs(absl::StatusCode::kDataLoss, "extra bytes"));
  const auto together =
      Projection::Make({wells.set(), {}}, *damaged, wells.version(), {}, &threads);
  CHECK(together.status() == alone.status());
}

TEST_CASE("column cache: few reads after many writes read the store", "[columns]") {
  std::mt19937 random(3);
  Wells wells;
  ColumnCache cache(size_t{32} << 20);
  Dig(3000, random, &wells, &cache);
  cache.NoteRead(wells.set(), {}, 3000);
  REQUIRE(Found(&cache, wells) != nullptr);
  wells.Write(7, SomeWell(random));
  const size_t written = wells.Commit(&cache);
  // To renew it costs more than the rows that are wanted, until enough of them have been.
  CHECK(Found(&cache, wells) == nullptr);
  cache.NoteRead(wells.set(), {}, 256 * written - 10);
  CHECK(Found(&cache, wells, 9) == nullptr);
  CHECK(Found(&cache, wells, 10) != nullptr);
  wells.Write(8, std::nullopt);
  wells.Commit(&cache);
  CHECK(Found(&cache, wells) == nullptr);
  // Whoever reads all of it has it renewed at once.
  CHECK(Found(&cache, wells, 3000) != nullptr);
}

TEST_CASE("column cache: states that it cannot know get nothing", "[columns]") {
  std::mt19937 random(4);
  Wells wells;
  ColumnCache cache(size_t{32} << 20);
  Dig(500, random, &wells, &cache);
  const auto before = wells.Reader();
  const CommitVersion old = wells.version();
  wells.Write(1, std::nullopt);
  wells.Commit(&cache);
  cache.NoteRead(wells.set(), {}, 500);
  // It was not told what was written between that state and the first read.
  auto found = cache.Find({*before, old}, wells.set(), UINT64_MAX);
  REQUIRE_OK(found);
  CHECK(*found == nullptr);
  const auto kept = Found(&cache, wells);
  REQUIRE(kept != nullptr);
  found = cache.Find({*before, old}, wells.set(), UINT64_MAX);
  REQUIRE_OK(found);
  CHECK(*found == nullptr);
  // What is written outside of commits leaves the version: only the number of fills tells of it.
  const auto unfilled = wells.Reader();
  const auto entries =
      unfilled->NewIterator({wells.set().prefix(), codec::PrefixEnd(wells.set().prefix())}, {});
  REQUIRE(*entries->Next());
  const auto value = index::DecodeEntryValue(entries->value());
  REQUIRE_OK(value);
  std::string covered;
  codec::AppendPart(wells.set().index->covering[0].part, Scalar("someone else"), &covered);
  cache.NoteFill(1, wells.Fill(entries->key(), index::EncodeEntryValue(old, covered)));
  cache.NoteRead(wells.set(), {}, 500);
  found = cache.Find({*unfilled, wells.version(), 0}, wells.set(), UINT64_MAX);
  REQUIRE_OK(found);
  CHECK(*found == nullptr);
  const auto filled = wells.Reader();
  found = cache.Find({*filled, wells.version(), 1}, wells.set(), UINT64_MAX);
  REQUIRE_OK(found);
  REQUIRE(*found != nullptr);
  CHECK(Projected(**found) == Stored(wells, *filled));
  // A fill of other keys changes nothing.
  cache.NoteFill(2, wells.Fill("elsewhere", "x"));
  const auto after = cache.Find({*filled, wells.version(), 2}, wells.set(), 0);
  REQUIRE_OK(after);
  CHECK(*after == *found);
  cache.NoteAny(wells.version(), 3);
  found = cache.Find({*filled, wells.version(), 3}, wells.set(), UINT64_MAX);
  REQUIRE_OK(found);
  CHECK(*found == nullptr);
}

// An attempt takes what was written up to its state: none may begin at an earlier one afterwards.
TEST_CASE("column cache: an attempt that came to nothing leaves earlier states unknown",
          "[columns]") {
  std::mt19937 random(5);
  Wells wells;
  ColumnCache cache(size_t{32} << 20);
  Dig(3000, random, &wells, &cache);
  cache.NoteRead(wells.set(), {}, 50);
  const auto before = wells.Reader();
  const CommitVersion old = wells.version();
  for (uint32_t i = 0; i < 20; ++i) wells.Write(i, std::nullopt);
  wells.Commit(&cache);
  cache.NoteRead(wells.set(), {}, 50);
  CHECK(Found(&cache, wells) == nullptr);
  cache.NoteRead(wells.set(), {}, 10'000);
  const auto found = cache.Find({*before, old}, wells.set(), UINT64_MAX);
  REQUIRE_OK(found);
  CHECK(*found == nullptr);
  CHECK(Found(&cache, wells, UINT64_MAX) != nullptr);
}

TEST_CASE("column cache: a projection follows every commit", "[columns][property]") {
  const uint32_t seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  Wells wells;
  ColumnCache cache(size_t{32} << 20);
  Dig(2500, random, &wells, &cache);
  cache.NoteRead(wells.set(), {}, 2500);
  for (int round = 0; round < 60; ++round) {
    CAPTURE(round);
    const int most = round % 10 == 0 ? 800 : 5;
    for (int i = static_cast<int>(random() % static_cast<uint32_t>(most)); i >= 0; --i) {
      std::optional<Well> well;
      if (random() % 2 == 0) well = SomeWell(random);
      wells.Write(static_cast<uint32_t>(random() % 5000), well);
    }
    wells.Commit(&cache);
    // Several commits may come before it is renewed.
    if (random() % 3 == 0) continue;
    const auto found = Found(&cache, wells, UINT64_MAX);
    REQUIRE(found != nullptr);
    // Every key is found where it stands, and what is not there where it would be.
    Projection::Place place{};
    for (int i = 0; i < 20; ++i) {
      std::string key = wells.set().prefix();
      codec::AppendPart(wells.set().index->on[0].part,
                        Scalar(std::string_view("town 2").substr(0, random() % 7)), &key);
      if (i % 2 == 0 && found->rows() > 0) {
        const auto& chunk = *found->chunks()[random() % found->chunks().size()];
        key = wells.set().prefix() + chunk.Key(random() % chunk.rows());
      }
      place = found->LowerBound(key);
      size_t before = 0;
      for (const auto& chunk : found->chunks()) {
        for (size_t row = 0; row < chunk->rows(); ++row) {
          before += wells.set().prefix() + chunk->Key(row) < key ? 1 : 0;
        }
      }
      size_t walked = place.row;
      for (size_t chunk = 0; chunk < place.chunk; ++chunk) walked += found->chunks()[chunk]->rows();
      CHECK(walked == before);
    }
    CHECK(found->LowerBound("") == Projection::Place{});
    CHECK(found->LowerBound(codec::PrefixEnd(wells.set().prefix())) == found->end());
  }
}

}  // namespace
}  // namespace daftar::testing
