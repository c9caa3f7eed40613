// What a continuation is bound to, and what is refused.

#include "query/continuation.h"

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <random>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "api/fixtures.h"
#include "catalog/resolve.h"
#include "index/entries.h"
#include "query/executor.h"
#include "query/planner.h"
#include "record/json_codec.h"
#include "record/json_parser.h"
#include "storage/open.h"
#include "txn/core.h"

namespace daftar {
namespace {

using query::Continuation;
using testing::MakeDatabase;
using testing::StatusIs;
using testing::TempDir;

constexpr txn::DatabaseId kId = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

Continuation Sample() {
  return {CommitVersion(300), true, TableId(7), "0123456789abcdef", "a place in the order"};
}

TEST_CASE("continuation: gives back what was sealed", "[query]") {
  Continuation sample = Sample();
  sample.place = GENERATE(std::optional<std::string>(), std::optional<std::string>(""),
                          std::optional<std::string>(std::string(300, '\xff')));
  sample.is_pinned = GENERATE(false, true);
  const std::string text = query::SealContinuation(kId, sample);
  CHECK(text == query::SealContinuation(kId, sample));
  CHECK(
      text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
      std::string::npos);
  REQUIRE_OK_AND_ASSIGN(const Continuation opened, query::OpenContinuation(kId, text));
  CHECK(opened.version == sample.version);
  CHECK(opened.is_pinned == sample.is_pinned);
  CHECK(opened.table == sample.table);
  CHECK(opened.query_digest == sample.query_digest);
  CHECK(opened.place == sample.place);
}

// Text that differs from `text` in some way that chance or malice could give it.
std::string Mutated(const std::string& text, const std::string& other, std::mt19937* random) {
  const auto below = [&](size_t n) {
    return std::uniform_int_distribution<size_t>(0, n - 1)(*random);
  };
  std::string bytes;
  absl::WebSafeBase64Unescape(text, &bytes);
  std::string other_bytes;
  absl::WebSafeBase64Unescape(other, &other_bytes);
  switch (below(8)) {
    case 0:  // a bit of the text
      bytes = text;
      bytes[below(bytes.size())] ^= static_cast<char>(1 << below(8));
      return bytes;
    case 1:  // a bit of what it stands for
      bytes[below(bytes.size())] ^= static_cast<char>(1 << below(8));
      break;
    case 2:  // several bytes
      for (size_t i = 1 + below(8); i > 0; --i) {
        bytes[below(bytes.size())] ^= static_cast<char>(1 + below(255));
      }
      break;
    case 3:  // cut short
      return text.substr(0, below(text.size()));
    case 4:
      bytes.resize(below(bytes.size()));
      break;
    case 5:  // something more
      bytes.append(1 + below(40), static_cast<char>(below(256)));
      break;
    case 6: {  // the beginning of one and the end of another
      const size_t at = 1 + below(bytes.size() - 2);
      bytes = bytes.substr(0, at) + other_bytes.substr(std::min(at, other_bytes.size()));
      break;
    }
    default: {  // characters that base64 ignores or ends with
      const size_t at = below(text.size() + 1);
      return text.substr(0, at) + " \n\t=."[below(5)] + text.substr(at);
    }
  }
  return absl::WebSafeBase64Escape(bytes);
}

TEST_CASE("continuation: a million mutated ones are refused", "[query][property]") {
  const uint32_t seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  Continuation sample = Sample();
  const std::string text = query::SealContinuation(kId, sample);
  sample.is_pinned = false;
  sample.version = CommitVersion(301);
  sample.place = "another place, which is longer";
  const std::string other = query::SealContinuation(kId, sample);
  int refused = 0, unchanged = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    const std::string mutated = Mutated(text, other, &random);
    if (mutated == text || mutated == other) {
      ++unchanged;
      continue;
    }
    const auto opened = query::OpenContinuation(kId, mutated);
    if (opened.status().code() == absl::StatusCode::kInvalidArgument) {
      ++refused;
    } else {
      FAIL_CHECK("taken: " << mutated);
    }
  }
  CHECK(refused + unchanged == 1'000'000);
  CHECK(unchanged < 20'000);
}

TEST_CASE("continuation: every single change of it is refused", "[query]") {
  const std::string text = query::SealContinuation(kId, Sample());
  for (size_t i = 0; i < text.size(); ++i) {
    CHECK_THAT(query::OpenContinuation(kId, text.substr(0, i)),
               StatusIs(absl::StatusCode::kInvalidArgument, "continuation is damaged"));
    for (int c = 0; c < 256; ++c) {
      std::string changed = text;
      changed[i] = static_cast<char>(c);
      if (changed == text) continue;
      const auto opened = query::OpenContinuation(kId, changed);
      if (opened.status().code() == absl::StatusCode::kInvalidArgument) continue;
      FAIL_CHECK("taken: " << i << " " << c);
    }
  }
}

TEST_CASE("continuation: one of another database, table or query is refused", "[query]") {
  constexpr const char* kSchema = R"(
struct Permit $Daftar.table(name = "permit", key = ["serial"]) {
  serial @0 :UInt32; firm @1 :Text; day @2 :UInt16;
}
struct Firm $Daftar.table(name = "firm", key = ["serial"]) {
  serial @0 :UInt32; firm @1 :Text; day @2 :UInt16;
})";
  const TempDir directory, other_directory;
  OpenOptions options;
  options.in_memory = true;
  REQUIRE_OK_AND_ASSIGN(const auto database, MakeDatabase(directory, kSchema, options));
  REQUIRE_OK_AND_ASSIGN(const auto other, MakeDatabase(other_directory, kSchema, options));
  const Query asked = Query("permit").Where("firm in (F1, F2)").Where("day > 3").OrderBy("day");
  const auto first = database->Run(asked);
  REQUIRE_OK(first);
  REQUIRE_OK_AND_ASSIGN(const std::string continuation, first->Continuation());
  REQUIRE_OK(database->Run(Query(asked).After(continuation)));
  struct Case {
    const char* name;
    Query query;
    const Database* database;
    const char* part;  // of the message
  };
  const Case refused[] = {
      {"another database", asked, other.get(), "another database"},
      {"another table", Query("firm").Where("firm in (F1, F2)").Where("day > 3").OrderBy("day"),
       database.get(), "another table; table=firm; its table=permit"},
      {"another operand", Query("permit").Where("firm in (F1, F3)").Where("day > 3").OrderBy("day"),
       database.get(), "another query"},
      {"another operator",
       Query("permit").Where("firm in (F1, F2)").Where("day >= 3").OrderBy("day"), database.get(),
       "another query"},
      {"one condition more", Query(asked).Where("serial > 1"), database.get(), "another query"},
      {"one condition less", Query("permit").Where("day > 3").OrderBy("day"), database.get(),
       "another query"},
      {"the other direction",
       Query("permit")
           .Where("firm in (F1, F2)")
           .Where("day > 3")
           .OrderBy("day", SortDirection::kDescending),
       database.get(), "another query"},
      {"a longer order", Query(asked).OrderBy("firm"), database.get(), "another query"},
      {"no order", Query("permit").Where("firm in (F1, F2)").Where("day > 3"), database.get(),
       "another query"},
      {"alternatives", Query(asked).WhereAny({AllOf().Where("serial > 1")}), database.get(),
       "another query"},
  };
  for (const Case& test : refused) {
    CAPTURE(test.name);
    CHECK_THAT(test.database->Run(Query(test.query).After(continuation)),
               StatusIs(absl::StatusCode::kInvalidArgument, test.part));
  }
  const Case taken[] = {
      {"conditions written in another way",
       Query("permit")
           .Where("day > 3")
           .Where("firm in (F2, F1, F2)")
           .Where("day > 3")
           .OrderBy("day"),
       database.get(), ""},
      {"an order that says no more",
       Query(asked).OrderBy("day", SortDirection::kDescending).OrderBy("serial").OrderBy("firm"),
       database.get(), ""},
      {"other columns and limits",
       Query(asked).Select({"firm"}).Limit(3).UseIndex("primary").Within({.entries_read_max = 5}),
       database.get(), ""},
  };
  for (const Case& test : taken) {
    CAPTURE(test.name);
    CHECK_THAT(test.database->Run(Query(test.query).After(continuation)),
               StatusIs(absl::StatusCode::kOk, test.part));
  }
}

TEST_CASE("continuation: is of alternatives in any order", "[query]") {
  constexpr const char* kSchema = R"(
struct Permit $Daftar.table(name = "permit", key = ["serial"])
    $Daftar.index(name = "byFirm", on = ["firm"])
    $Daftar.index(name = "byDay", on = ["day"]) {
  serial @0 :UInt32; firm @1 :Text; day @2 :UInt16;
})";
  const TempDir directory;
  OpenOptions options;
  options.in_memory = true;
  REQUIRE_OK_AND_ASSIGN(const auto database, MakeDatabase(directory, kSchema, options));
  const AllOf firm = AllOf().Where("firm = F1 and serial > 3");
  const AllOf day = AllOf().Where("day > 3");
  const auto first = database->Run(Query("permit").WhereAny({firm, day}).Paged());
  REQUIRE_OK(first);
  REQUIRE_OK_AND_ASSIGN(const std::string continuation, first->Continuation());
  const auto go_on = [&](const std::vector<AllOf>& alternatives) {
    return database->Run(Query("permit").WhereAny(alternatives).After(continuation)).status();
  };
  CHECK_THAT(go_on({day, firm, day}), StatusIs(absl::StatusCode::kOk, ""));
  CHECK_THAT(go_on({day, AllOf().Where("serial > 3").Where("firm = F1")}),
             StatusIs(absl::StatusCode::kOk, ""));
  CHECK_THAT(go_on({firm}), StatusIs(absl::StatusCode::kInvalidArgument, "another query"));
  CHECK_THAT(go_on({day, AllOf().Where("firm = F1")}),
             StatusIs(absl::StatusCode::kInvalidArgument, "another query"));
}

TEST_CASE("continuation: one of a single state is refused elsewhere, and after a prune",
          "[query]") {
  const TempDir directory;
  OpenOptions options;
  options.in_memory = true;
  REQUIRE_OK_AND_ASSIGN(auto database, MakeDatabase(directory, R"(
struct Permit $Daftar.table(name = "permit", key = ["serial"]) { serial @0 :UInt32; note @1 :Text; }
)",
                                                    options));
  for (int i = 0; i < 4; ++i) {
    REQUIRE_OK(database->Put("permit", absl::StrCat(R"({"serial":)", i, "}")));
  }
  auto first = database->Run(Query("permit").Paged(PageState::kOneState).Limit(2));
  REQUIRE_OK(first);
  while (*first->Next()) continue;
  REQUIRE_OK_AND_ASSIGN(const std::string continuation, first->Continuation());
  REQUIRE_OK(database->Put("permit", R"({"serial":2,"note":"changed"})"));
  const Query next = Query("permit").After(continuation);
  CHECK(testing::Rows(*database, next) == "{\"serial\":2}\n{\"serial\":3}\n");
  CHECK_THAT(database->Run(database->View(), next),
             StatusIs(absl::StatusCode::kInvalidArgument, "its commit=4; commit=5"));
  PruneOptions prune;
  prune.table = PruneOptions::TableUntil{"permit", AsOf::Commit(CommitVersion(5))};
  REQUIRE_OK(database->PruneHistory(prune));
  CHECK_THAT(database->Run(next),
             StatusIs(absl::StatusCode::kFailedPrecondition, "does not reach back that far"));
}

// A database with a fixed id, as if its schema had become `schema`.
std::unique_ptr<txn::Core> CoreWith(std::string_view schema, int rows) {
  const auto set =
      record::SchemaSet::ParseText("permits.capnp", testing::SchemaText(schema)).value();
  auto core =
      txn::Core::Create(storage::NewMemoryStore(), catalog::NewCatalog(set).value(), kId).value();
  const auto catalog = core->catalog();
  const catalog::TableDef& table = catalog->tables[0];
  std::vector<txn::RecordWrite> writes;
  for (int i = 0; i < rows; ++i) {
    const std::string json = absl::StrCat("{\"serial\":", i, ",\"day\":", i % 5, "}");
    record::Message message =
        record::MessageFromJson(table.schema, record::ParseJson(json).value()).value();
    codec::EncodedKey key = index::RecordKey(table, message).value();
    writes.push_back({&table, std::move(key), std::move(message), WriteIntent::kUpsert});
  }
  REQUIRE_OK(core->Commit(*catalog, writes, {}));
  return core;
}

struct PageOfSerials {
  std::vector<std::string> serials;
  std::string continuation;
  std::string plan;
};

PageOfSerials ReadPage(const txn::Core& core, const Query& asked, const std::string& continuation) {
  const txn::ReadView view = core.View();
  REQUIRE_OK_AND_ASSIGN(query::BoundQuery bound, query::Bind(*view.catalog, asked));
  if (!continuation.empty()) REQUIRE_OK(query::GoOn(view, continuation, &bound));
  const std::string digest = query::DigestOf(bound);
  REQUIRE_OK_AND_ASSIGN(query::Plan plan, query::MakePlan(std::move(bound)));
  PageOfSerials page;
  page.plan = plan.ToString();
  query::Executor executor(view, std::move(plan));
  while (true) {
    REQUIRE_OK_AND_ASSIGN(const bool more, executor.Next());
    if (!more) break;
    page.serials.push_back(executor.values()[0].ToString());
  }
  Continuation next;
  next.table = executor.plan().query.table->id;
  next.query_digest = digest;
  REQUIRE_OK_AND_ASSIGN(next.place, executor.Place());
  page.continuation = query::SealContinuation(kId, next);
  return page;
}

TEST_CASE("continuation: outlives new names, fields and indexes", "[query]") {
  const auto before = CoreWith(R"(
struct Permit @0xd0c5f0a1b2c3d4e6 $Daftar.table(name = "permit", key = ["serial"]) {
  serial @0 :UInt32; day @1 :UInt16; state @2 :State; enum State { none @0; active @1; }
})",
                               12);
  const auto after = CoreWith(R"(
struct Licence @0xd0c5f0a1b2c3d4e6 $Daftar.table(name = "permit", key = ["serial"])
    $Daftar.index(name = "byDay", on = ["day desc"]) {
  serial @0 :UInt32; day @1 :UInt16; condition @2 :State; note @3 :Text;
  enum State { absent @0; active @1; }
})",
                              12);
  const Query old_query = Query("permit").Where("state = none").OrderBy("day").Select({"serial"});
  const Query new_query =
      Query("permit").Where("condition = absent").OrderBy("day").Select({"serial", "note"});
  const PageOfSerials first = ReadPage(*before, Query(old_query).Paged().Limit(4), "");
  CHECK(first.serials == std::vector<std::string>{"0", "5", "10", "1"});
  CHECK(first.plan.find("sort by day") != std::string::npos);
  const PageOfSerials second =
      ReadPage(*after, Query(new_query).Paged().Limit(4), first.continuation);
  CHECK(second.serials == std::vector<std::string>{"6", "11", "2", "7"});
  CHECK(second.plan.find("by index byDay") != std::string::npos);
  // And when the index goes away again.
  const PageOfSerials third =
      ReadPage(*before, Query(old_query).Paged().Limit(4), second.continuation);
  CHECK(third.serials == std::vector<std::string>{"3", "8", "4", "9"});
}

}  // namespace
}  // namespace daftar
