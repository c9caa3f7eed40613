// A database that follows the one which writes, both in this process: what it sees, and when.
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <map>
#include <random>
#include <thread>

#include "api/fixtures.h"

namespace daftar::testing {
namespace {

constexpr const char* kSchema = R"(
  struct Permit $Daftar.table(name = "permit", key = ["no"])
      $Daftar.index(name = "byHolder", on = ["holder"]) {
    no @0 :UInt32;
    holder @1 :Text;
    note @2 :Text;
  })";
constexpr OpenOptions kFollow = {.read_only = true, .follow = true};

std::string Json(int no, const std::string& holder, const std::string& note = "") {
  return "{\"no\": " + std::to_string(no) + ", \"holder\": \"" + holder + "\", \"note\": \"" +
         note + "\"}";
}

// A writer with permits 1 to 3 of "a", and who follows it.
struct Pair {
  TempDir directory;
  std::unique_ptr<Database> writer;
  std::unique_ptr<Database> follower;

  explicit Pair(OpenOptions writer_options = {}) {
    writer = MakeDatabase(directory, kSchema, writer_options).value();
    for (int no = 1; no <= 3; ++no) Put(no, "a");
    follower = Database::Open(directory / "db", kFollow).value();
  }

  void Put(int no, const std::string& holder, Durability durability = Durability::kSynced) const {
    REQUIRE_OK(
        writer->Put("permit", Json(no, holder), WriteIntent::kUpsert, {.durability = durability}));
  }
};

// "1a 2a 3b": what a view shows, by the primary key and by an index, which must agree.
std::string Shown(const Database& database, const ReadView& view) {
  std::string shown[2];
  const char* const indexes[] = {"primary", "byHolder"};
  for (int i = 0; i < 2; ++i) {
    std::map<int64_t, std::string> permits;
    auto cursor = database.Run(view, Query("permit").UseIndex(indexes[i]).Select({"no", "holder"}));
    REQUIRE_OK(cursor);
    while (true) {
      REQUIRE_OK_AND_ASSIGN(const bool more, cursor->Next());
      if (!more) break;
      const std::vector<Value>& values = cursor->values();
      REQUIRE(permits.emplace(std::stoll(values[0].ToString()), values[1].ToString()).second);
    }
    for (const auto& [no, holder] : permits) {
      shown[i] += (shown[i].empty() ? "" : " ") + std::to_string(no) + holder;
    }
  }
  REQUIRE(shown[0] == shown[1]);
  return shown[0];
}

std::string Shown(const Database& database) { return Shown(database, database.View()); }

TEST_CASE("follower: sees commits once it has caught up", "[api]") {
  const Pair pair;
  CHECK(Shown(*pair.follower) == "1a 2a 3a");
  pair.Put(2, "b");
  REQUIRE_OK(pair.writer->Delete("permit", {int64_t{1}}));
  pair.Put(4, "c");
  CHECK(Shown(*pair.follower) == "1a 2a 3a");
  REQUIRE_OK(pair.follower->CatchUp());
  CHECK(Shown(*pair.follower) == "2b 3a 4c");
  CHECK(pair.follower->View().version() == pair.writer->View().version());
  REQUIRE_OK(pair.follower->CatchUp());
  CHECK(Shown(*pair.follower) == "2b 3a 4c");
}

TEST_CASE("follower: views and cursors made before stay as they were", "[api]") {
  const Pair pair;
  const ReadView before = pair.follower->View();
  REQUIRE_OK_AND_ASSIGN(Cursor cursor, pair.follower->Run(before, Query("permit")));
  REQUIRE(cursor.Next().value());
  pair.Put(2, "b");
  REQUIRE_OK(pair.writer->Delete("permit", {int64_t{3}}));
  pair.Put(9, "a");
  REQUIRE_OK(pair.follower->CatchUp());
  const ReadView between = pair.follower->View();
  pair.Put(2, "a");
  pair.Put(3, "a");
  REQUIRE_OK(pair.follower->CatchUp());

  CHECK(Shown(*pair.follower, before) == "1a 2a 3a");
  CHECK(Shown(*pair.follower, between) == "1a 2b 9a");
  CHECK(Shown(*pair.follower) == "1a 2a 3a 9a");
  for (const int no : {2, 3}) {
    CAPTURE(no);
    REQUIRE(cursor.Next().value());
    REQUIRE_OK_AND_ASSIGN(const std::string json, cursor.ToJson());
    CHECK(json == R"({"no":)" + std::to_string(no) + R"(,"holder":"a","note":""})");
  }
  CHECK(!cursor.Next().value());
  REQUIRE_OK_AND_ASSIGN(const DatabaseStats stats, pair.follower->Stats(between));
  CHECK(stats.tables[0].records == 3);
  CHECK(stats.last_commit == CommitVersion(6));
  REQUIRE_OK_AND_ASSIGN(const Record record, pair.follower->Get(before, "permit", {int64_t{3}}));
  CHECK(record.created() == CommitVersion(3));
}

TEST_CASE("follower: a view whose history was removed says so", "[api]") {
  const Pair pair;
  const ReadView old = pair.follower->View();
  REQUIRE_OK_AND_ASSIGN(Cursor cursor, pair.follower->Run(old, Query("permit")));
  REQUIRE(cursor.Next().value());
  REQUIRE_OK_AND_ASSIGN(const ReadView earlier,
                        pair.follower->View(AsOf::Commit(CommitVersion(2))));
  pair.Put(2, "b");
  PruneOptions options;
  options.table = PruneOptions::TableUntil{"permit", AsOf::Commit(CommitVersion(4))};
  REQUIRE_OK(pair.writer->PruneHistory(options));
  // Nothing has changed for the follower yet.
  CHECK(Shown(*pair.follower, old) == "1a 2a 3a");
  REQUIRE_OK(pair.follower->CatchUp());
  const auto refusal =
      StatusIs(absl::StatusCode::kFailedPrecondition, "has removed history; take a new view");
  CHECK_THAT(pair.follower->Find(old, "permit", {int64_t{2}}), refusal);
  CHECK_THAT(pair.follower->Find(earlier, "permit", {int64_t{2}}), refusal);
  CHECK_THAT(cursor.Next(), refusal);
  REQUIRE_OK_AND_ASSIGN(Cursor late, pair.follower->Run(old, Query("permit")));
  CHECK_THAT(late.Next(), refusal);
  CHECK(Shown(*pair.follower) == "1a 2b 3a");
}

TEST_CASE("follower: earlier states and versions are those of the writer", "[api]") {
  const Pair pair;
  pair.Put(2, "b");
  pair.Put(2, "c");
  REQUIRE_OK(pair.writer->Delete("permit", {int64_t{2}}));
  REQUIRE_OK(pair.follower->CatchUp());
  for (uint64_t commit = 0; commit <= 6; ++commit) {
    CAPTURE(commit);
    const AsOf moment = AsOf::Commit(CommitVersion(commit));
    REQUIRE_OK_AND_ASSIGN(const ReadView here, pair.follower->View(moment));
    REQUIRE_OK_AND_ASSIGN(const ReadView there, pair.writer->View(moment));
    CHECK(Shown(*pair.follower, here) == Shown(*pair.writer, there));
  }
  REQUIRE_OK_AND_ASSIGN(const auto versions, pair.follower->History("permit", {int64_t{2}}));
  CHECK(versions.size() == 4);
  CHECK_THAT(pair.follower->View(AsOf::Commit(CommitVersion(7))),
             StatusIs(absl::StatusCode::kInvalidArgument, "there is no such commit yet"));
}

TEST_CASE("follower: the lag is what was made durable since", "[api]") {
  const Pair pair;
  const auto commits_behind = [&] { return pair.follower->Lag().value().commits; };
  CHECK(commits_behind() == 0);
  pair.Put(1, "b", Durability::kBuffered);
  CHECK(commits_behind() == 0);
  pair.Put(2, "b");
  CHECK(commits_behind() == 2);
  pair.Put(3, "b");
  REQUIRE_OK_AND_ASSIGN(const ReaderLag lag, pair.follower->Lag());
  CHECK(lag.commits == 3);
  CHECK(lag.time >= std::chrono::microseconds(0));
  REQUIRE_OK(pair.follower->CatchUp());
  REQUIRE_OK_AND_ASSIGN(const ReaderLag none, pair.follower->Lag());
  CHECK(none.commits == 0);
  CHECK(none.time == std::chrono::microseconds(0));
  // What is seen may be ahead of what is durable.
  pair.Put(1, "c", Durability::kBuffered);
  REQUIRE_OK(pair.follower->CatchUp());
  CHECK(Shown(*pair.follower) == "1c 2b 3b");
  CHECK(commits_behind() == 0);
  CHECK(pair.writer->Lag().value().commits == 0);
}

TEST_CASE("follower: a database without commits is followed, too", "[api]") {
  const TempDir directory;
  CHECK_THAT(Database::Open(directory / "db", kFollow),
             StatusIs(absl::StatusCode::kNotFound, "there is no database in the directory"));
  REQUIRE_OK_AND_ASSIGN(const auto writer, MakeDatabase(directory, kSchema));
  REQUIRE_OK_AND_ASSIGN(const auto follower, Database::Open(directory / "db", kFollow));
  CHECK(follower->View().version() == CommitVersion(0));
  REQUIRE_OK(writer->Put("permit", Json(1, "a")));
  CHECK(follower->Lag().value().commits == 1);
  REQUIRE_OK(follower->CatchUp());
  CHECK(Shown(*follower) == "1a");
}

TEST_CASE("follower: goes on when the writer is opened again", "[api]") {
  Pair pair;
  const ReadView before = pair.follower->View();
  for (int round = 1; round <= 5; ++round) {
    CAPTURE(round);
    pair.writer = nullptr;
    REQUIRE_OK(pair.follower->CatchUp());
    REQUIRE_OK_AND_ASSIGN(pair.writer, Database::Open(pair.directory / "db"));
    pair.Put(round, "r" + std::to_string(round));
    REQUIRE_OK(pair.follower->CatchUp());
    CHECK(Shown(*pair.follower) == Shown(*pair.writer));
    CHECK(Shown(*pair.follower, before) == "1a 2a 3a");
  }
}

TEST_CASE("follower: a database opened for writing follows nobody", "[api]") {
  const TempDir directory;
  CHECK_THAT(Database::Open(directory / "db", {.create_if_missing = true, .follow = true}),
             StatusIs(absl::StatusCode::kInvalidArgument, "opened for reading only can follow"));
  CHECK(!std::filesystem::exists(directory / "db"));
}

TEST_CASE("follower: what does not follow cannot catch up", "[api]") {
  const Pair pair;
  const auto refusal = StatusIs(absl::StatusCode::kFailedPrecondition,
                                "the database was not opened to follow another process");
  CHECK_THAT(pair.writer->CatchUp(), refusal);
  REQUIRE_OK_AND_ASSIGN(const auto reader,
                        Database::Open(pair.directory / "db", {.read_only = true}));
  CHECK_THAT(reader->CatchUp(), refusal);
  REQUIRE_OK_AND_ASSIGN(const auto in_memory, Database::Open({}, {.in_memory = true}));
  CHECK_THAT(in_memory->CatchUp(), refusal);
  // A reader that does not follow stays where it is, and knows how far behind that is.
  pair.Put(1, "b");
  CHECK(Shown(*reader) == "1a 2a 3a");
  CHECK(reader->Lag().value().commits == 1);
}

TEST_CASE("follower: cannot write", "[api]") {
  const Pair pair;
  const auto refusal = StatusIs(absl::StatusCode::kFailedPrecondition, "for reading only");
  CHECK_THAT(pair.follower->Put("permit", Json(1, "b")), refusal);
  CHECK_THAT(pair.follower->Delete("permit", {int64_t{1}}), refusal);
  CHECK_THAT(pair.follower->Begin(), refusal);
  CHECK_THAT(pair.follower->PruneHistory(), refusal);
  CHECK_THAT(pair.follower->Verify({.repair = true}), refusal);
  REQUIRE_OK_AND_ASSIGN(const VerifyReport report, pair.follower->Verify());
  CHECK(report.problems.empty());
}

// Permits change holders in pairs on a thread of their own, while the follower looks: at every
// commit one half of them is "a"'s. Notes are long, so that files are flushed and merged meanwhile.
TEST_CASE("follower: sees only whole commits while they are written", "[api][property]") {
  const uint32_t seed = Catch::getSeed();
  CAPTURE(seed);
  constexpr int kPermits = 40;
  constexpr int kCommits = 1500;
  const TempDir directory;
  REQUIRE_OK_AND_ASSIGN(const auto writer,
                        MakeDatabase(directory, kSchema, {.memory_budget_bytes = size_t{4} << 20}));
  std::vector<bool> is_a(kPermits);
  Batch batch = writer->NewBatch();
  for (int no = 0; no < kPermits; ++no) {
    is_a[static_cast<size_t>(no)] = no % 2 == 0;
    REQUIRE_OK(batch.Put("permit", Json(no, no % 2 == 0 ? "a" : "b")));
  }
  REQUIRE_OK(writer->Commit(std::move(batch)));
  REQUIRE_OK_AND_ASSIGN(const auto follower, Database::Open(directory / "db", kFollow));

  absl::Status written;
  std::atomic<bool> done = false;
  std::thread thread([&] {
    std::mt19937 random(seed);
    const auto pick = [&](bool wanted) {
      size_t no = random() % kPermits;
      while (is_a[no] != wanted) no = (no + 1) % kPermits;
      is_a[no] = !wanted;
      return static_cast<int>(no);
    };
    for (int commit = 0; commit < kCommits && written.ok(); ++commit) {
      Batch swap = writer->NewBatch();
      const std::string note(random() % 8000, static_cast<char>('a' + random() % 26));
      written.Update(swap.Put("permit", Json(pick(true), "b", note)));
      written.Update(swap.Put("permit", Json(pick(false), "a", note)));
      const Durability durability =
          random() % 50 == 0 ? Durability::kSynced : Durability::kBuffered;
      written.Update(writer->Commit(std::move(swap), {.durability = durability}).status());
    }
    done = true;
  });
  const auto halves = [&](const ReadView& view) {
    const std::string shown = Shown(*follower, view);
    return std::pair(std::count(shown.begin(), shown.end(), 'a'),
                     std::count(shown.begin(), shown.end(), 'b'));
  };
  const std::pair<std::ptrdiff_t, std::ptrdiff_t> even(kPermits / 2, kPermits / 2);
  absl::Status followed;
  std::vector<ReadView> views;
  CommitVersion seen;
  bool whole = true;
  while (!done && whole && followed.ok()) {
    followed = follower->CatchUp();
    views.push_back(follower->View());
    whole = views.back().version() >= seen && halves(views.back()) == even &&
            halves(views[views.size() / 2]) == even;
    seen = views.back().version();
  }
  thread.join();
  CHECK_THAT(followed, StatusIs(absl::StatusCode::kOk, ""));
  CHECK(whole);
  REQUIRE_OK(written);
  REQUIRE_OK(follower->CatchUp());
  CHECK(follower->View().version().value() == kCommits + 1);
  CHECK(Shown(*follower) == Shown(*writer));
}

}  // namespace
}  // namespace daftar::testing
