// A search index through what becomes of its records and its schema.
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "search/book.h"
#include "search/find.h"
#include "storage/open.h"
#include "txn/core.h"

namespace daftar::testing {
namespace {

using Strings = std::vector<std::string>;

constexpr std::string_view kPlain = R"(
  struct Firm @0xb000000000000001 $Daftar.table(name = "firm", key = ["no"])%s {
    no @0 :Text;
    name @1 :Text;
  })";
constexpr std::string_view kSearch = R"($Daftar.search(name = "names", fields = ["name"]))";

std::string Schema(std::string_view annotations) {
  std::string text(kPlain);
  return text.replace(text.find("%s"), 2, annotations);
}

void Put(Database* database, std::string_view no, std::string_view name) {
  REQUIRE_OK(database->Put("firm", absl::StrCat(R"({"no":")", no, R"(","name":")", name, "\"}")));
}

void CheckClean(Database* database) {
  REQUIRE_OK_AND_ASSIGN(const VerifyReport report, database->Verify({}));
  CHECK(report.clean());
}

TEST_CASE("search: a name is found from its commit until the one that ends it", "[search][unit]") {
  const TempDir directory;
  const auto database = MakeDatabase(directory, Schema(kSearch)).value();
  Put(database.get(), "1", "پارس خودرو");       // commit 1
  Put(database.get(), "1", "البرز خودرو");      // 2
  REQUIRE_OK(database->Delete("firm", {"1"}));  // 3
  const auto find = [&](uint64_t commit, const char* text) {
    const auto view = database->View(AsOf::Commit(CommitVersion(commit)));
    REQUIRE_OK(view);
    return Hits(database->Search(*view, {.text = text, .mode = SearchMode::kWord}));
  };
  CHECK(find(0, "Pars").empty());
  CHECK(find(1, "Pars") == Strings{"firm 1 words alike"});
  CHECK(find(1, "البرز").empty());
  CHECK(find(2, "پارس").empty());
  CHECK(find(2, "البرز") == Strings{"firm 1 words"});
  CHECK(find(3, "البرز").empty());
  CheckClean(database.get());
}

TEST_CASE("search: a transaction finds its own writes, and fails when others write what it found",
          "[search][unit]") {
  const TempDir directory;
  const auto database = MakeDatabase(directory, Schema(kSearch)).value();
  Put(database.get(), "1", "Gwadar Fisheries");
  REQUIRE_OK_AND_ASSIGN(Transaction transaction, database->Begin());
  REQUIRE_OK(transaction.Put("firm", R"({"no":"2","name":"Gwadar Steel"})"));
  CHECK(Hits(transaction.Search({.text = "Gwadar", .mode = SearchMode::kWord})).size() == 2);
  CHECK(Hits(database->Search({.text = "Gwadar", .mode = SearchMode::kWord})).size() == 1);
  Put(database.get(), "3", "Gwadar Salt");
  CHECK_THAT(std::move(transaction).Commit().status(), StatusIs(absl::StatusCode::kAborted, ""));
}

TEST_CASE("search: records of an import are found", "[search][unit]") {
  const TempDir directory;
  const auto database = MakeDatabase(directory, Schema(kSearch)).value();
  Put(database.get(), "1", "Pars Old");
  WriteFile(directory / "firms.csv", "no,name\n1,پارس نو\n2,Gwadar Salt\n");
  ImportOptions options;
  options.mode = ImportMode::kUpsert;
  REQUIRE_OK(database->Import("firm", directory / "firms.csv", options));
  CHECK(Hits(database->Search({.text = "Pars Old", .mode = SearchMode::kSubstring})).empty());
  CHECK(Hits(database->Search({.text = "pars", .mode = SearchMode::kWord})) ==
        Strings{"firm 1 words alike"});
  CHECK(Hits(database->Search({.text = "dar sa", .mode = SearchMode::kSubstring})) ==
        Strings{"firm 2 substring"});
  CheckClean(database.get());
}

TEST_CASE("search: an index that is added later finds what was before", "[search][unit]") {
  const TempDir directory;
  const auto database = MakeDatabase(directory, Schema("")).value();
  Put(database.get(), "1", "Old Name");
  Put(database.get(), "1", "New Name");
  WriteFile(directory / "search.capnp", SchemaText(Schema(kSearch)));
  const SchemaFile schema{directory / "search.capnp", {}};
  SchemaChangeOptions stopped;
  stopped.progress = [](const IndexProgress&) { return false; };
  REQUIRE_OK_AND_ASSIGN(SchemaChangeReport report, database->ApplySchema(schema, stopped));
  CHECK(report.check.verdict == Verdict::kRebuild);
  CHECK_FALSE(report.complete);
  CHECK_THAT(database->Search({.text = "Name"}).status(),
             StatusIs(absl::StatusCode::kFailedPrecondition, "the search index is still being"));
  REQUIRE_OK_AND_ASSIGN(report, database->ApplySchema(schema));
  CHECK(report.complete);
  CHECK(Hits(database->Search({.text = "New Name"})) == Strings{"firm 1 exact"});
  REQUIRE_OK_AND_ASSIGN(const ReadView first, database->View(AsOf::Commit(CommitVersion(1))));
  CHECK(Hits(database->Search(first, {.text = "Old Name"})) == Strings{"firm 1 exact"});
  CheckClean(database.get());
}

TEST_CASE("search: a change of what is searched is a rebuild", "[search][unit]") {
  const TempDir directory;
  const auto check = [&](std::string_view from, std::string_view to) {
    WriteFile(directory / "from.capnp", SchemaText(Schema(from)));
    WriteFile(directory / "to.capnp", SchemaText(Schema(to)));
    const auto found =
        CheckSchemaChange({directory / "from.capnp", {}}, {directory / "to.capnp", {}});
    REQUIRE_OK(found);
    Strings lines;
    for (const SchemaFinding& finding : found->findings) {
      lines.push_back(absl::StrCat(finding.rule, " ", finding.place, ": ", finding.message));
    }
    return lines;
  };
  CHECK(check(kSearch, kSearch).empty());
  CHECK(check("", kSearch) == Strings{"20 index names: new on table firm"});
  CHECK(check(kSearch, "") ==
        Strings{"9 index names: dropped from table firm; queries that name it stop working"});
  CHECK(check(kSearch, R"($Daftar.search(name = "names", fields = ["no", "name"]))") ==
        Strings{"21 index names: was search in (name), from nothing, to nothing, "
                "is search in (no, name), from nothing, to nothing"});
  CHECK(check(kSearch, R"($Daftar.index(name = "names", on = ["name"]))") ==
        Strings{"21 index names: was search in (name), from nothing, to nothing, is on (name)"});
  CHECK(check(kSearch, R"($Daftar.search(name = "names", fields = ["name"], where = "no = 1"))") ==
        Strings{"23 index names: other records meet its `where`"});
}

TEST_CASE("search: an index with the keys of another version is built anew before it is used",
          "[search][unit]") {
  const TempDir directory;
  WriteFile(directory / "schema.capnp", SchemaText(Schema(kSearch)));
  const SchemaFile schema{directory / "schema.capnp", {}};
  {
    const auto database = Database::Create(directory / "db", schema).value();
    Put(database.get(), "1", "Pars");
  }
  IndexId old_id;
  {
    // As a library would leave it that makes other keys.
    storage::RocksOptions options;
    auto store = storage::OpenRocksStore(directory / "db", options).value();
    auto core = txn::Core::Open(std::move(store)).value();
    catalog::Catalog other = *core->catalog();
    other.version = SchemaVersion(2);
    other.tables[0].indexes[0].search->keys_version = 1;
    old_id = other.tables[0].indexes[0].id;
    REQUIRE_OK(core->CommitSchema(other, {}, {}));
    CHECK_THAT(search::Find(core->View(), {.text = "Pars"}).status(),
               StatusIs(absl::StatusCode::kFailedPrecondition, "by another version of Daftar"));
  }
  const auto database = Database::Open(directory / "db", {}).value();
  CHECK_THAT(database->Search({.text = "Pars"}).status(),
             StatusIs(absl::StatusCode::kFailedPrecondition, "the search index is still being"));
  Put(database.get(), "2", "Pars");
  CheckClean(database.get());
  REQUIRE_OK_AND_ASSIGN(const SchemaChangeReport report, database->ApplySchema(schema));
  CHECK(report.complete);
  CHECK(report.built.size() == 1);
  CHECK(Hits(database->Search({.text = "Pars"})) == Strings{"firm 1 exact", "firm 2 exact"});
  CheckClean(database.get());
}

}  // namespace
}  // namespace daftar::testing
