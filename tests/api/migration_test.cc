// Migrations as a program sees them: what they change, refuse, keep and go on with.

#include <atomic>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <map>
#include <random>
#include <set>
#include <thread>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "api/fixtures.h"
#include "daftar/sql.h"

namespace daftar {
namespace {

using testing::MakeDatabase;
using testing::Rows;
using testing::StatusIs;
using testing::TempDir;

constexpr const char* kClaims = R"(
struct Claim $Daftar.table(name = "claim", key = ["desk", "serial desc"], requires = [actor])
    $Daftar.index(name = "byFee", on = ["fee"])
    $Daftar.index(name = "bySeal", on = ["seal"], unique = true)
    $Daftar.aggregate(name = "ofDesk", by = ["desk"], sum = ["fee"])
    $Daftar.check(name = "feeIsSmall", expression = "fee <= 100000") {
  desk @0 :Text;
  serial @1 :UInt32;
  fee @2 :Int64;
  seal :union { none @3 :Void; value @4 :UInt16; }
  place @5 :Place;
  paid @6 :Bool;
}
struct Place { city @0 :Text; }
struct Rate $Daftar.table(name = "factor", key = ["desk"]) {
  desk @0 :Text;
  factor @1 :Int64;
}
)";

// Desk and serial to fee.
using Fees = std::map<std::pair<std::string, int>, int64_t>;

std::string ClaimJson(std::string_view desk, int serial, int64_t fee) {
  return absl::StrCat(R"({"desk":")", desk, R"(","serial":)", serial, R"(,"fee":)", fee, "}");
}

MigrationDefinition Tenfold(std::string where = "") {
  return {"tenfold", "claim", {{"fee", "fee * 10"}}, std::move(where)};
}

// Stops before batch number `batches`, counted from 0.
MigrationOptions Batches(size_t batch, int batches = 1 << 20) {
  MigrationOptions options;
  options.batch = batch;
  options.commit.actor = "clerk";
  options.commit.reason = "law of 1404";
  options.commit.durability = Durability::kBuffered;
  options.progress = [batches](const MigrationProgress&) mutable { return batches-- > 0; };
  return options;
}

class Book {
 public:
  explicit Book(OpenOptions options = testing::InMemory()) {
    auto made = MakeDatabase(directory_, kClaims, std::move(options));
    REQUIRE_OK(made);
    database_ = *std::move(made);
  }

  Database& database() { return *database_; }
  uint64_t version() const { return database_->View().version().value(); }

  absl::Status TryPut(std::string_view desk, int serial, int64_t fee) {
    return database_->Put("claim", ClaimJson(desk, serial, fee), WriteIntent::kUpsert, Clerk());
  }
  void Put(std::string_view desk, int serial, int64_t fee) {
    REQUIRE_OK(TryPut(desk, serial, fee));
  }
  void Delete(std::string_view desk, int serial) {
    REQUIRE_OK(database_->Delete("claim", {Value(desk), Value(serial)}, Clerk()));
  }
  void Reopen(bool read_only = false) {
    database_.reset();
    OpenOptions options;
    options.read_only = read_only;
    auto opened = Database::Open(directory_ / "db", options);
    REQUIRE_OK(opened);
    database_ = *std::move(opened);
  }

  Fees Stored() const { return Stored(database_->View()); }
  Fees Stored(const ReadView& view) const {
    auto cursor =
        database_->Run(view, Query("claim").UseIndex("primary").Select({"desk", "serial", "fee"}));
    REQUIRE_OK(cursor);
    Fees fees;
    while (true) {
      REQUIRE_OK_AND_ASSIGN(const bool more, cursor->Next());
      if (!more) return fees;
      const auto& values = cursor->values();
      const auto serial = static_cast<int>(*values[1].get_if<uint64_t>());
      fees[{values[0].ToString(), serial}] = *values[2].get_if<int64_t>();
    }
  }
  std::string Json(std::string_view desk, int serial) const {
    REQUIRE_OK_AND_ASSIGN(const Record record,
                          database_->Get("claim", {Value(desk), Value(serial)}));
    REQUIRE_OK_AND_ASSIGN(std::string json, record.ToJson());
    return json;
  }
  void CheckClean() const {
    REQUIRE_OK_AND_ASSIGN(const VerifyReport report, database_->Verify());
    for (const Problem& problem : report.problems) {
      UNSCOPED_INFO(problem.index << " " << problem.key << ": " << problem.message);
    }
    CHECK(report.problems_found == 0);
  }

  static CommitOptions Clerk() {
    CommitOptions options;
    options.actor = "clerk";
    options.durability = Durability::kBuffered;
    return options;
  }

 private:
  const TempDir directory_;
  std::unique_ptr<Database> database_;
};

TEST_CASE("migrate: records are changed in key order, a batch to a commit", "[api]") {
  Book book;
  for (int i = 0; i < 25; ++i) book.Put(i < 10 ? "a" : "b", i, i + 1);
  const Fees before = book.Stored();
  const uint64_t begun = book.version();
  std::vector<uint64_t> records;
  MigrationOptions options = Batches(10);
  options.progress = [&](const MigrationProgress& progress) {
    records.push_back(progress.records);
    return true;
  };
  REQUIRE_OK_AND_ASSIGN(const MigrationReport report, book.database().Migrate(Tenfold(), options));
  CHECK(records == std::vector<uint64_t>{0, 10, 20});
  CHECK(report.migration.finished);
  CHECK(!report.was_finished);
  CHECK(report.changed == 25);
  CHECK(report.migration.records == 25);
  CHECK(report.migration.changed == 25);
  CHECK(report.migration.begun.value() == begun);
  // One commit says that it begins.
  CHECK(report.migration.last_commit.value() == begun + 4);
  CHECK(report.migration.last_time.has_value());
  for (const auto& [key, fee] : before) CHECK(book.Stored().at(key) == 10 * fee);
  ChangeFeed feed = book.database().Changes(CommitVersion(begun));
  std::vector<std::string> reasons;
  std::vector<uint64_t> changes;
  std::vector<std::string> keys;
  while (feed.NextCommit().value()) {
    CHECK(feed.commit().actor == "clerk");
    reasons.push_back(feed.commit().reason);
    changes.push_back(feed.commit().changes);
    while (feed.NextChange().value()) {
      keys.push_back(
          absl::StrCat(feed.change().key[0].ToString(), feed.change().key[1].ToString()));
    }
  }
  CHECK(reasons == std::vector<std::string>{
                       "migration tenfold begins: table claim, set fee = fee * 10; law of 1404",
                       "migration tenfold; law of 1404", "migration tenfold; law of 1404",
                       "migration tenfold; law of 1404"});
  CHECK(changes == std::vector<uint64_t>{0, 10, 10, 5});
  CHECK(keys.front() == "a9");
  CHECK(keys[10] == "b24");
  CHECK(keys.back() == "b10");
  // What was, is still known.
  REQUIRE_OK_AND_ASSIGN(const ReadView view,
                        book.database().View(AsOf::Commit(CommitVersion(begun + 2))));
  CHECK(book.Stored(view).at({"a", 4}) == 50);
  CHECK(book.Stored(view).at({"b", 24}) == 25);
  REQUIRE_OK_AND_ASSIGN(const auto history, book.database().History("claim", {"b", 24}));
  REQUIRE(history.size() == 2);
  REQUIRE(history[1].changes.size() == 1);
  CHECK(history[1].changes[0].path == "fee");
  CHECK(history[1].changes[0].before == "25");
  CHECK(history[1].changes[0].after == "250");
  book.CheckClean();
}

TEST_CASE("migrate: once finished it does nothing, and its name is taken for good", "[api]") {
  Book book{OpenOptions()};
  book.Put("a", 1, 7);
  REQUIRE_OK(book.database().Migrate(Tenfold("fee > 1"), Batches(10)));
  book.Put("a", 2, 7);
  const uint64_t version = book.version();
  book.Reopen();
  // Spaces around the texts do not count.
  REQUIRE_OK_AND_ASSIGN(
      const MigrationReport again,
      book.database().Migrate({"tenfold", " claim", {{"fee ", "\n fee * 10 "}}, " fee > 1 "},
                              Batches(3)));
  CHECK(again.was_finished);
  CHECK(again.changed == 0);
  CHECK(again.migration.changed == 1);
  CHECK_THAT(book.database().Migrate({"tenfold", "claim", {{"fee", "fee * 9"}, {"paid", "1"}}, ""},
                                     Batches(10)),
             StatusIs(absl::StatusCode::kFailedPrecondition,
                      "the migration of this name is another one; take another name; "
                      "migration=tenfold; is=table claim, set fee = fee * 10, where fee > 1; "
                      "asked for=table claim, set fee = fee * 9, paid = 1"));
  CHECK(book.version() == version);
  CHECK(book.Stored() == Fees{{{"a", 1}, 70}, {{"a", 2}, 7}});
}

// What a migration makes of a map, by the words of its contract.
class Model {
 public:
  explicit Model(Fees fees) : fees_(std::move(fees)) {
    for (const auto& [key, fee] : fees_) waiting_.insert(Place(key));
  }

  void Put(std::string_view desk, int serial, int64_t fee) {
    fees_[{std::string(desk), serial}] = fee;
  }
  void Delete(std::string_view desk, int serial) {
    fees_.erase({std::string(desk), serial});
    waiting_.erase(Place({std::string(desk), serial}));
  }
  // Those that wait, up to `count`, in the order of the key, whose serials descend.
  void Batch(size_t count) {
    for (; count > 0 && !waiting_.empty(); --count) {
      const auto& [desk, negative] = *waiting_.begin();
      fees_.at({desk, -negative}) *= 10;
      waiting_.erase(waiting_.begin());
    }
  }
  const Fees& fees() const { return fees_; }
  bool finished() const { return waiting_.empty(); }

 private:
  static std::pair<std::string, int> Place(const std::pair<std::string, int>& key) {
    return {key.first, -key.second};
  }

  Fees fees_;
  std::set<std::pair<std::string, int>> waiting_;
};

TEST_CASE("migrate: equals a plain map, with others that write, and stops, and openings",
          "[api][property]") {
  const uint32_t seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  for (int round = 0; round < 4; ++round) {
    CAPTURE(round);
    Book book{OpenOptions()};
    for (int i = 0; i < 60; ++i) book.Put(absl::StrCat("d", below(3)), below(40), below(90) + 1);
    Model model(book.Stored());
    const size_t batch = 1 + static_cast<size_t>(below(9));
    bool finished = false;
    int calls = 0;
    while (!finished) {
      REQUIRE(++calls < 200);
      REQUIRE_OK_AND_ASSIGN(const MigrationReport report,
                            book.database().Migrate(Tenfold(), Batches(batch, 1)));
      model.Batch(batch);
      finished = report.migration.finished;
      REQUIRE(book.Stored() == model.fees());
      if (finished) CHECK(model.finished());
      for (int i = below(8); i > 0 && !finished; --i) {
        const std::string desk = absl::StrCat("d", below(3));
        const int serial = below(40);
        if (model.fees().contains({desk, serial}) && below(3) == 0) {
          book.Delete(desk, serial);
          model.Delete(desk, serial);
        } else {
          const int64_t fee = below(90) + 1;
          book.Put(desk, serial, fee);
          model.Put(desk, serial, fee);
        }
      }
      if (below(4) == 0) book.Reopen();
    }
    book.CheckClean();
  }
}

TEST_CASE("migrate: expressions see the record as it was, and other tables", "[api]") {
  Book book;
  REQUIRE_OK(book.database().Put("factor", R"({"desk":"a","factor":3})"));
  book.Put("a", 1, 7);
  book.Put("b", 2, 8);
  REQUIRE_OK(book.database().Migrate(
      {"several",
       "claim",
       {{"fee", "fee * coalesce((SELECT factor FROM factor AS f WHERE f.desk = claim.desk), 100)"},
        {"seal", "fee + 1 -- as it was"},
        {"place.city", "upper(claim.desk)"},
        {"paid", "(SELECT count(*) FROM claim) = 2"}},
       ""},
      Batches(10)));
  CHECK(book.Json("a", 1) ==
        R"({"desk":"a","serial":1,"fee":21,"seal":8,"place":{"city":"A"},"paid":true})");
  CHECK(book.Json("b", 2) ==
        R"({"desk":"b","serial":2,"fee":800,"seal":9,"place":{"city":"B"},"paid":true})");
  book.CheckClean();
}

TEST_CASE("migrate: records that do not meet the condition are passed over", "[api]") {
  Book book;
  for (int i = 0; i < 20; ++i) book.Put("a", i, i);
  const uint64_t begun = book.version();
  // Serials descend: the last two batches of five have nothing to do.
  REQUIRE_OK_AND_ASSIGN(const MigrationReport some,
                        book.database().Migrate(Tenfold("serial >= 12"), Batches(5)));
  CHECK(some.migration.records == 20);
  CHECK(some.changed == 8);
  CHECK(some.migration.last_commit.value() == begun + 3);
  CHECK(book.version() == begun + 4);
  CHECK(book.Stored().at({"a", 12}) == 120);
  CHECK(book.Stored().at({"a", 11}) == 11);
  // None at all, and a table without records.
  MigrationDefinition none = Tenfold("fee < 0");
  none.name = "none";
  REQUIRE_OK_AND_ASSIGN(const MigrationReport report, book.database().Migrate(none, Batches(5)));
  CHECK(report.migration.finished);
  CHECK(report.migration.last_commit == CommitVersion());
  REQUIRE_OK_AND_ASSIGN(
      const MigrationReport empty,
      book.database().Migrate({"empty", "factor", {{"factor", "1"}}, ""}, Batches(5)));
  CHECK(empty.migration.finished);
  CHECK(empty.migration.records == 0);
  REQUIRE_OK_AND_ASSIGN(const auto migrations, book.database().Migrations());
  REQUIRE(migrations.size() == 3);
  CHECK(migrations[0].definition.name == "empty");
  CHECK(migrations[1].definition == none);
  CHECK(migrations[2].changed == 8);
  CHECK(migrations[2].begun_time.has_value());
  book.CheckClean();
}

TEST_CASE("migrate: a definition that is none is refused, and nothing is begun", "[api]") {
  const auto [name, definition, code, said] =
      GENERATE(table<const char*, MigrationDefinition, absl::StatusCode, const char*>(
          {{"table", {"m", "clam", {{"fee", "1"}}, ""}, absl::StatusCode::kNotFound, "clam"},
           {"field",
            {"m", "claim", {{"fe", "1"}}, ""},
            absl::StatusCode::kNotFound,
            "the table has no such field; did you mean=fee; table=claim; field=fe"},
           {"key",
            {"m", "claim", {{"serial", "1"}}, ""},
            absl::StatusCode::kInvalidArgument,
            "a key is not set: with another one, a record would be another; table=claim; "
            "field=serial"},
           {"past",
            {"m", "claim", {{"as_of", "1"}}, ""},
            absl::StatusCode::kInvalidArgument,
            "the past is not written"},
           {"twice",
            {"m", "claim", {{"fee", "1"}, {"FEE", "2"}}, ""},
            absl::StatusCode::kInvalidArgument,
            "a field is set twice; field=FEE"},
           {"no set",
            {"m", "claim", {}, ""},
            absl::StatusCode::kInvalidArgument,
            "the migration sets no field"},
           {"no expression",
            {"m", "claim", {{"fee", " "}}, ""},
            absl::StatusCode::kInvalidArgument,
            "a set is a field and an expression; field=fee"},
           {"no name",
            {"", "claim", {{"fee", "1"}}, ""},
            absl::StatusCode::kInvalidArgument,
            "a migration's name is UTF-8 without control characters; bytes=0; limit=200"},
           {"line end in the name",
            {"a\nb", "claim", {{"fee", "1"}}, ""},
            absl::StatusCode::kInvalidArgument,
            "a migration's name"},
           {"long text",
            {"m", "claim", {{"fee", std::string(17000, '1')}}, ""},
            absl::StatusCode::kInvalidArgument,
            "limit=16384"},
           {"no SQL",
            {"m", "claim", {{"fee", "fee *"}}, ""},
            absl::StatusCode::kInvalidArgument,
            "fee=fee *; table=claim"},
           {"unknown column",
            {"m", "claim", {{"fee", "fees"}}, ""},
            absl::StatusCode::kInvalidArgument,
            "no such column: fees; did you mean=fee"},
           {"two expressions",
            {"m", "claim", {{"fee", "1), (2"}}, ""},
            absl::StatusCode::kInvalidArgument,
            "it is more than one expression; fee=1), (2"},
           {"two sets in one",
            {"m", "claim", {{"fee", "1), paid = (2"}}, ""},
            absl::StatusCode::kInvalidArgument,
            "it is more than one expression"},
           {"two selects",
            {"m", "claim", {{"fee", "1) UNION SELECT (2"}}, ""},
            absl::StatusCode::kInvalidArgument,
            "UNION"},
           {"two statements",
            {"m", "claim", {{"fee", "1); DELETE FROM claim; SELECT (2"}}, ""},
            absl::StatusCode::kInvalidArgument,
            "there is more than an expression"},
           {"parameter",
            {"m", "claim", {{"fee", ":fee"}}, ""},
            absl::StatusCode::kInvalidArgument,
            "it has parameters, which have no values"},
           {"sum of all",
            {"m", "claim", {{"fee", "sum(fee)"}}, ""},
            absl::StatusCode::kInvalidArgument,
            "sum"},
           {"condition",
            {"m", "claim", {{"fee", "1"}}, "fee >"},
            absl::StatusCode::kInvalidArgument,
            "where=fee >; table=claim"}}));
  CAPTURE(name);
  Book book;
  book.Put("a", 1, 7);
  const uint64_t version = book.version();
  CHECK_THAT(book.database().Migrate(definition, Batches(10)), StatusIs(code, said));
  CHECK(book.version() == version);
  CHECK(book.database().Migrations().value().empty());
}

TEST_CASE("migrate: states what the table requires, from the beginning on", "[api]") {
  Book book;
  book.Put("a", 1, 7);
  MigrationOptions options;
  CHECK_THAT(book.database().Migrate(Tenfold(), options),
             StatusIs(absl::StatusCode::kInvalidArgument, "table=claim; missing=actor"));
  CHECK(book.database().Migrations().value().empty());
  CHECK(!book.database().Migrate(Tenfold(), Batches(1, 0)).value().migration.finished);
  CHECK_THAT(book.database().Migrate(Tenfold(), options),
             StatusIs(absl::StatusCode::kInvalidArgument, "table=claim; missing=actor"));
  options.commit.actor = "clerk";
  options.batch = 0;
  CHECK_THAT(book.database().Migrate(Tenfold(), options),
             StatusIs(absl::StatusCode::kInvalidArgument, "a batch is one record at least"));
  CHECK(book.Stored().at({"a", 1}) == 7);
}

TEST_CASE("migrate: a record that is refused stops it; once it is mended, it goes on", "[api]") {
  const auto [name, set, code, said] = GENERATE(table<const char*, MigrationDefinition::Set,
                                                      absl::StatusCode, const char*>(
      {{"rule",
        {"fee", "fee * 10"},
        absl::StatusCode::kFailedPrecondition,
        "the record does not meet fee <= 100000"},
       {"value",
        {"seal", "fee * 10"},
        absl::StatusCode::kInvalidArgument,
        "a record cannot be changed so; table=claim; key=a, 4; field=seal; value=200000; "
        "cause="},
       {"expression",
        {"fee", "CASE WHEN fee < 20000 THEN fee * 10 ELSE json(desk) END"},
        absl::StatusCode::kInvalidArgument,
        "a record cannot be changed so; table=claim; key=a, 4; field=fee; cause=malformed "
        "JSON; migration=m"},
       {"unique index",
        {"seal", "CASE serial WHEN 4 THEN 100 ELSE serial * 10 END"},
        absl::StatusCode::kAlreadyExists,
        "a record cannot be changed so; table=claim; key=a, 4; field=seal; value=100; cause="}}));
  CAPTURE(name);
  Book book;
  // Serials descend: 10, 9, 8 | 7, 6, 5 | 4, 3, 2 | 1.
  for (int i = 1; i <= 10; ++i) book.Put("a", i, i == 4 ? 20000 : i);
  const MigrationDefinition definition{"m", "claim", {set}, ""};
  const uint64_t begun = book.version();
  CHECK_THAT(book.database().Migrate(definition, Batches(3)), StatusIs(code, said));
  CHECK_THAT(book.database().Migrate(definition, Batches(3)), StatusIs(code, "migration=m"));
  // The batches before are kept, and nothing of this one.
  CHECK(book.version() == begun + 3);
  REQUIRE_OK_AND_ASSIGN(const auto migrations, book.database().Migrations());
  CHECK(migrations[0].records == 6);
  CHECK(!migrations[0].finished);
  CHECK(book.Json("a", 3) == R"({"desk":"a","serial":3,"fee":3,"paid":false})");
  CHECK(book.Json("a", 4) == R"({"desk":"a","serial":4,"fee":20000,"paid":false})");
  // Mended: another fee, and with a unique index whose value it wants, no longer that one.
  book.Put("a", 4, 4);
  if (code == absl::StatusCode::kAlreadyExists) book.Put("a", 10, 10);
  REQUIRE_OK_AND_ASSIGN(const MigrationReport report,
                        book.database().Migrate(definition, Batches(3)));
  CHECK(report.migration.finished);
  CHECK(report.changed == 4);
  REQUIRE_OK_AND_ASSIGN(const auto history, book.database().History("claim", {"a", 4}));
  CHECK(history.back().commit.reason == "migration m; law of 1404");
  book.CheckClean();
}

TEST_CASE("migrate: keys of every type name their records", "[api]") {
  const auto [type, first, second] = GENERATE(table<const char*, const char*, const char*>(
      {{"Float64", R"("NaN")", "-0.5"},
       {"Float32", "0.1", R"("Infinity")"},
       {"UInt64", "18446744073709551615", "0"},
       {"Int64", "-9223372036854775808", "9223372036854775807"},
       {"Text", R"("a'b\"c")", R"("")"},
       {"Data", R"("AAE=")", R"("")"},
       {"Bool", "false", "true"},
       {"E", R"("open")", R"("closed")"},
       {"Int64 $Daftar.decimal(2)", "92233720368547758.07", "-0.01"},
       {"Int32 $Daftar.date", R"("2024-03-20")", R"("0001-01-01")"},
       {"Int64 $Daftar.instant", R"("2024-03-20T08:30:00.000001Z")",
        R"("1969-12-31T23:59:59Z")"}}));
  CAPTURE(type);
  const TempDir directory;
  REQUIRE_OK_AND_ASSIGN(
      const auto database,
      MakeDatabase(directory,
                   absl::StrCat("struct Row $Daftar.table(name = \"row\", key = [\"k desc\"]) {\n"
                                "  k @0 :",
                                type, "; note @1 :Text; }\nenum E { open @0; closed @1; }\n"),
                   testing::InMemory()));
  for (const char* key : {first, second}) {
    REQUIRE_OK(database->Put("row", absl::StrCat(R"({"k":)", key, R"(,"note":"n"})")));
  }
  REQUIRE_OK_AND_ASSIGN(const MigrationReport report,
                        database->Migrate({"m", "row", {{"note", "note || '!'"}}, ""}, Batches(1)));
  CHECK(report.changed == 2);
  const std::string rows = Rows(*database, Query("row").Select({"note"}));
  CHECK(rows == "{\"note\":\"n!\"}\n{\"note\":\"n!\"}\n");
}

TEST_CASE("migrate: goes on under another schema, or says what it lacks", "[api]") {
  Book book;
  for (int i = 1; i <= 6; ++i) book.Put("a", i, i);
  const TempDir directory;
  const auto apply = [&](std::string_view from, std::string_view to) {
    std::string text = testing::SchemaText(kClaims);
    for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
      text.replace(at, from.size(), to);
    }
    testing::WriteFile(directory / "next.capnp", text);
    SchemaChangeOptions options;
    options.commit.actor = "clerk";
    REQUIRE_OK(book.database().ApplySchema({directory / "next.capnp", {}}, options));
  };
  MigrationOptions options = Batches(2);
  int batches = 0;
  options.progress = [&](const MigrationProgress&) {
    if (++batches == 2) apply("paid @6", "settled @6");
    return batches < 3;
  };
  REQUIRE_OK_AND_ASSIGN(const MigrationReport report, book.database().Migrate(Tenfold(), options));
  CHECK(report.changed == 4);
  CHECK(!report.migration.finished);
  apply("fee", "charge");
  CHECK_THAT(book.database().Migrate(Tenfold(), Batches(2)),
             StatusIs(absl::StatusCode::kNotFound, "the table has no such field"));
  apply("zz", "zz");
  REQUIRE_OK(book.database().Migrate(Tenfold(), Batches(2)));
  CHECK(book.Stored().at({"a", 1}) == 10);
  CHECK(book.Stored().at({"a", 6}) == 60);
}

TEST_CASE("migrate: what it goes by is not pruned, and a reader only lists it", "[api]") {
  Book book{OpenOptions()};
  for (int i = 1; i <= 4; ++i) book.Put("a", i, i);
  const uint64_t begun = book.version();
  CHECK(book.database().Migrate(Tenfold(), Batches(2, 1)).value().changed == 2);
  book.Put("a", 1, 5);
  PruneOptions prune;
  prune.commit = Book::Clerk();
  prune.table = PruneOptions::TableUntil{"claim", AsOf::Commit(CommitVersion(book.version()))};
  CHECK_THAT(book.database().PruneHistory(prune),
             StatusIs(absl::StatusCode::kFailedPrecondition,
                      "a migration goes by the history since it began; finish it first, "
                      "or abandon it; "
                      "migration=tenfold"));
  prune.table->before = AsOf::Commit(CommitVersion(begun));
  REQUIRE_OK(book.database().PruneHistory(prune));
  book.Reopen(true);
  CHECK_THAT(book.database().Migrate(Tenfold(), Batches(2)),
             StatusIs(absl::StatusCode::kFailedPrecondition, "reading only"));
  REQUIRE_OK_AND_ASSIGN(const auto migrations, book.database().Migrations());
  REQUIRE(migrations.size() == 1);
  CHECK(migrations[0].records == 2);
  book.Reopen();
  REQUIRE_OK(book.database().Migrate(Tenfold(), Batches(2)));
  CHECK(book.Stored() == Fees{{{"a", 1}, 50}, {{"a", 2}, 20}, {{"a", 3}, 30}, {{"a", 4}, 40}});
}

TEST_CASE("migrate: one that is abandoned stays so, and what it has changed stays changed",
          "[api]") {
  Book book{OpenOptions()};
  for (int i = 1; i <= 4; ++i) book.Put("a", i, i);
  CHECK(book.database().Migrate(Tenfold("fee > 0"), Batches(2, 1)).value().changed == 2);
  const Fees changed = {{{"a", 1}, 1}, {{"a", 2}, 2}, {{"a", 3}, 30}, {{"a", 4}, 40}};
  CHECK_THAT(book.database().AbandonMigration("tenfold", {}),
             StatusIs(absl::StatusCode::kInvalidArgument, "table=claim; missing=actor"));
  CHECK_THAT(book.database().AbandonMigration("twofold", Book::Clerk()),
             StatusIs(absl::StatusCode::kNotFound, "no migration of this name was begun"));
  CommitOptions stated = Book::Clerk();
  stated.reason = "the law was repealed";
  REQUIRE_OK_AND_ASSIGN(const AbandonReport report,
                        book.database().AbandonMigration("tenfold", stated));
  CHECK(!report.was_abandoned);
  CHECK(report.migration.abandoned_by.value() == book.version());
  CHECK(report.migration.abandoned_time.has_value());
  const uint64_t version = book.version();
  book.Reopen();
  CHECK(book.Stored() == changed);
  REQUIRE_OK_AND_ASSIGN(const auto migrations, book.database().Migrations());
  REQUIRE(migrations.size() == 1);
  CHECK(migrations[0].is_abandoned());
  CHECK(!migrations[0].finished);
  CHECK(migrations[0].abandoned_by == report.migration.abandoned_by);
  CHECK(migrations[0].abandoned_time == report.migration.abandoned_time);
  CHECK(migrations[0].definition == Tenfold("fee > 0"));
  CHECK(migrations[0].changed == 2);
  // Neither as it was nor otherwise.
  for (const MigrationDefinition& again : {Tenfold("fee > 0"), Tenfold()}) {
    CHECK_THAT(book.database().Migrate(again, Batches(2)),
               StatusIs(absl::StatusCode::kFailedPrecondition,
                        absl::StrCat("the migration was abandoned; for another one, take another "
                                     "name; abandoned by commit=",
                                     version, "; migration=tenfold")));
  }
  REQUIRE_OK_AND_ASSIGN(const AbandonReport again, book.database().AbandonMigration("tenfold", {}));
  CHECK(again.was_abandoned);
  CHECK(book.version() == version);
  CHECK(book.Stored() == changed);
  book.CheckClean();
  // Another name goes, and is finished.
  MigrationDefinition other = Tenfold("fee < 30");
  other.name = "tenfold again";
  REQUIRE_OK(book.database().Migrate(other, Batches(2)));
  CHECK(book.Stored().at({"a", 1}) == 10);
  CHECK_THAT(book.database().AbandonMigration(other.name, Book::Clerk()),
             StatusIs(absl::StatusCode::kFailedPrecondition, "it cannot be abandoned any more"));
  REQUIRE_OK_AND_ASSIGN(const auto history, book.database().History("claim", {"a", 4}));
  CHECK(history.back().commit.reason == "migration tenfold; law of 1404");
  book.Reopen(true);
  CHECK_THAT(book.database().AbandonMigration("tenfold", {}),
             StatusIs(absl::StatusCode::kFailedPrecondition, "reading only"));
}

TEST_CASE("migrate: one that is abandoned holds back no history", "[api]") {
  Book book;
  for (int i = 1; i <= 4; ++i) book.Put("a", i, i);
  CHECK(book.database().Migrate(Tenfold(), Batches(2, 1)).value().changed == 2);
  book.Put("a", 1, 5);
  PruneOptions prune;
  prune.commit = Book::Clerk();
  prune.table = PruneOptions::TableUntil{"claim", AsOf::Commit(CommitVersion(book.version()))};
  CHECK_THAT(book.database().PruneHistory(prune),
             StatusIs(absl::StatusCode::kFailedPrecondition, "migration=tenfold"));
  REQUIRE_OK(book.database().AbandonMigration("tenfold", Book::Clerk()));
  REQUIRE_OK_AND_ASSIGN(const PruneReport report, book.database().PruneHistory(prune));
  REQUIRE(report.tables.size() == 1);
  CHECK(report.tables[0].versions == 3);
  book.CheckClean();
}

TEST_CASE("migrate: a call on another thread ends when its migration is abandoned",
          "[api][threads]") {
  Book book;
  for (int i = 1; i <= 300; ++i) book.Put("a", i, i);
  for (int round = 0; round < 8; ++round) {
    CAPTURE(round);
    MigrationDefinition definition{
        absl::StrCat("round ", round), "claim", {{"paid", round % 2 == 0 ? "1" : "0"}}, ""};
    std::atomic<int> batches = 0;
    std::atomic<bool> ended = false;
    absl::Status end;
    MigrationOptions options = Batches(1);
    options.progress = [&](const MigrationProgress&) {
      ++batches;
      return true;
    };
    std::thread migrator([&] {
      end = book.database().Migrate(definition, options).status();
      ended = true;
    });
    while (batches < 3 + round && !ended) std::this_thread::yield();
    const auto report = book.database().AbandonMigration(definition.name, Book::Clerk());
    migrator.join();
    REQUIRE_OK(report.status());
    CHECK_THAT(end, StatusIs(absl::StatusCode::kFailedPrecondition, "the migration was abandoned"));
    REQUIRE_OK_AND_ASSIGN(const auto migrations, book.database().Migrations());
    const MigrationInfo& info = migrations[static_cast<size_t>(round)];
    CHECK(info.is_abandoned());
    CHECK(info.last_commit < info.abandoned_by);
    // Nothing of it came afterwards.
    CHECK(book.version() == info.abandoned_by.value());
  }
  book.CheckClean();
}

}  // namespace
}  // namespace daftar
