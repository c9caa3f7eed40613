// $json on fields that were plain texts: everything that is stored is looked at first, whoever
// writes meanwhile, wherever the check stops.
#include "io/text_check.h"

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "catalog/resolve.h"
#include "index/entries.h"
#include "index/stored_record.h"
#include "io/firm_book.h"
#include "io/schema_change.h"
#include "record/sample.h"
#include "storage/faulty_store.h"
#include "support/status_matchers.h"
#include "txn/prune.h"
#include "txn/schema_work.h"

namespace daftar::testing {
namespace {

using storage::FaultPoint;
using storage::FaultyStore;

// The fields with `json` behind the texts that are to be JSON one day.
std::shared_ptr<const record::SchemaSet> Schema(const char* json, const char* annotations = "") {
  return Sample(absl::StrCat(R"(
      struct File @0xb000000000000001 $Daftar.table(name = "file", key = ["code"]))",
                             annotations, R"( {
        code @0 :Text; size @1 :UInt32; form @2 :Text)",
                             json, R"(;
        parts @3 :List(Part); notes @4 :List(Text))",
                             json, R"(;
        seal :union { none @5 :Void; text @6 :Text)",
                             json, R"(; }
      }
      struct Part @0xb000000000000002 { body @0 :Text)",
                             json, R"(; title @1 :Text; }
      struct Other @0xb000000000000003 $Daftar.table(name = "other", key = ["n"]) {
        n @0 :UInt32; text @1 :Text; })"))
      .set();
}
std::shared_ptr<const record::SchemaSet> Late() { return Schema("$Daftar.json"); }

std::unique_ptr<txn::Core> NewFiles(std::unique_ptr<storage::Store> store) {
  catalog::Catalog catalog = catalog::NewCatalog(Schema("")).value();
  return txn::Core::Create(std::move(store), std::move(catalog), kTestId, TestOptions()).value();
}
FirmBook NewBook() { return FirmBook(NewFiles(storage::NewMemoryStore())); }

std::string FileJson(uint32_t code, std::string_view form) {
  return absl::StrCat(R"({"code": "f)", 1000 + code, R"(", "size": )", code, R"(, "form": ")", form,
                      R"("})");
}

absl::Status PutFile(txn::Core* core, uint32_t code, std::string_view form) {
  return Commit(core, Put(*core, FileJson(code, form))).status();
}

void PutFiles(txn::Core* core, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) REQUIRE_OK(PutFile(core, i, absl::StrCat("[", i, "]")));
}

bool IsInForce(const txn::Core& core) { return core.catalog()->version == SchemaVersion(2); }

TEST_CASE("text check: what is JSON everywhere takes effect, and binds", "[io]") {
  FirmBook book = NewBook();
  txn::Core* const core = book.core();
  REQUIRE_OK(Commit(core, Put(*core, R"({"code": "A", "form": "{\"a\": [1, null]}", "notes": ["1",
      "\"x\""], "parts": [{"body": "true", "title": "not json"}, {}], "seal": "0.5"})"),
                    Put(*core, R"({"code": "B"})")));
  SchemaChangeOptions options;
  options.dry_run = true;
  REQUIRE_OK_AND_ASSIGN(SchemaChangeReport report, io::ChangeSchema(core, Late(), options));
  CHECK(report.check.verdict == Verdict::kMigrate);
  CHECK(!report.refused);
  CHECK(!report.complete);
  REQUIRE(report.checked.size() == 1);
  CHECK(report.checked[0].table == "file");
  CHECK(!IsInForce(*core));
  REQUIRE_OK_AND_ASSIGN(report, io::ChangeSchema(core, Late(), {}));
  CHECK(report.complete);
  REQUIRE(report.checked.size() == 1);
  CHECK(report.checked[0].records == 2);
  CHECK(IsInForce(*core));
  CHECK(book.Verify().problems_found == 0);
  // The same bytes are a value now, and not a text.
  const catalog::TableDef& table = core->catalog()->tables[0];
  const codec::EncodedKey key =
      index::RecordKey(table, MakeRecord(table.schema, R"({"code": "A"})")).value();
  CHECK_THAT(ToJson(*index::ReadRecord(*core->View().reader, table, key).value()),
             Catch::Matchers::ContainsSubstring(R"("form":{"a": [1, null]})"));
}

TEST_CASE("text check: a text that is not JSON is named, and nothing changes", "[io]") {
  const auto [name, json, field, value] =
      GENERATE(table<const char*, const char*, const char*, const char*>({
          {"of the record", R"("form": "{")", "form", "{"},
          {"empty", R"("form": "")", "form", ""},
          {"in a list", R"("notes": ["1", "two"])", "notes", "two"},
          {"in a list of structs", R"("parts": [{}, {"body": "no"}])", "parts.body", "no"},
          {"in a union", R"("seal": "1 2")", "seal.text", "1 2"},
      }));
  CAPTURE(name);
  FirmBook book = NewBook();
  txn::Core* const core = book.core();
  PutFiles(core, 3);
  REQUIRE_OK(Commit(core, Put(*core, absl::StrCat(R"({"code": "f1001", )", json, "}"))));
  const absl::Status status = io::ChangeSchema(core, Late(), {}).status();
  CHECK_THAT(status,
             StatusIs(absl::StatusCode::kFailedPrecondition,
                      absl::StrCat("a text is not JSON, which its field is to hold; change the "
                                   "record, or leave the field a text; table=file; key=f1001; "
                                   "field=",
                                   field, "; value=", value, "; written by commit=4; cause=")));
  CHECK(!IsInForce(*core));
  CHECK(book.Verify().problems_found == 0);
  // The record is put right, but what it was can still be asked for.
  REQUIRE_OK(PutFile(core, 1, "1"));
  CHECK_THAT(io::ChangeSchema(core, Late(), {}).status(),
             StatusIs(absl::StatusCode::kFailedPrecondition,
                      absl::StrCat("an old version has a text that is not JSON, which its field is "
                                   "to hold; remove this history with `daftar prune`, or leave the "
                                   "field a text; table=file; key=f1001; field=",
                                   field)));
  PruneOptions options;
  options.table = PruneOptions::TableUntil{"file", AsOf::Commit(CommitVersion(5))};
  REQUIRE_OK(txn::PruneHistory(core, options));
  REQUIRE_OK(io::ChangeSchema(core, Late(), {}));
  CHECK(core->catalog()->version == SchemaVersion(2));
  CHECK(book.Verify().problems_found == 0);
}

TEST_CASE("text check: goes on where it was stopped, and sees what was written meanwhile", "[io]") {
  FirmBook book = NewBook();
  txn::Core* const core = book.core();
  PutFiles(core, 3000);
  // Where the bad text comes in, and when: before or behind the walk, or when it is over.
  const auto [name, code, at_range] = GENERATE(table<const char*, uint32_t, int>({
      {"before the walk", 1, 2},
      {"behind the walk", 2900, 1},
      {"where it stands", 1024, 1},
      {"when it is over", 5, 3},
      {"a new one", 3500, 2},
      {"never", 0, 100},
  }));
  CAPTURE(name);
  const bool never = at_range == 100;
  std::vector<uint64_t> records;
  absl::Status status;
  for (int range = 1; range < 20; ++range) {
    int steps = 0;
    SchemaChangeOptions options;
    options.progress = [&](const IndexProgress& progress) {
      CHECK(progress.checks);
      CHECK(progress.table == "file");
      if (records.empty() || records.back() != progress.records)
        records.push_back(progress.records);
      return ++steps < 2;
    };
    const auto report = io::ChangeSchema(core, Late(), options);
    status = report.status();
    if (!report.ok() || report->complete) break;
    CHECK(!IsInForce(*core));
    CHECK(book.Verify().problems_found == 0);
    if (range == at_range) REQUIRE_OK(PutFile(core, code, "bad"));
  }
  if (never) CHECK(records == std::vector<uint64_t>{0, 1024, 2048, 3000});
  CHECK(status.ok() == never);
  CHECK(IsInForce(*core) == never);
  if (!never) CHECK_THAT(status, StatusIs(absl::StatusCode::kFailedPrecondition, "value=bad"));
}

TEST_CASE("text check: what is written in the last moment is seen as well", "[io]") {
  FirmBook book = NewBook();
  txn::Core* const core = book.core();
  PutFiles(core, 50);
  SchemaChangeOptions options;
  // Few enough commits to be left for the end.
  options.progress = [&](const IndexProgress& progress) {
    if (progress.records == 50) REQUIRE_OK(PutFile(core, 7, "last"));
    return true;
  };
  CHECK_THAT(io::ChangeSchema(core, Late(), options).status(),
             StatusIs(absl::StatusCode::kFailedPrecondition, "key=f1007; field=form; value=last"));
  CHECK(!IsInForce(*core));
}

TEST_CASE("text check: what writers leave behind is taken out of the journal", "[io]") {
  FirmBook book = NewBook();
  txn::Core* const core = book.core();
  PutFiles(core, 50);
  const bool bad = GENERATE(false, true);
  int steps = 0;
  uint32_t written = 0;
  SchemaChangeOptions options;
  options.progress = [&](const IndexProgress& progress) {
    if (progress.records == 0 || ++steps > 3) return true;
    for (int i = 0; i < 100; ++i) REQUIRE_OK(PutFile(core, 100 + written++, "1"));
    if (bad && steps == 2) REQUIRE_OK(PutFile(core, 120, "bad"));
    if (bad && steps == 3) REQUIRE_OK(PutFile(core, 120, "1"));
    return true;
  };
  const auto report = io::ChangeSchema(core, Late(), options);
  CHECK(report.ok() == !bad);
  if (bad)
    CHECK_THAT(report.status(), StatusIs(absl::StatusCode::kFailedPrecondition, "value=bad"));
  CHECK(IsInForce(*core) == !bad);
  if (!bad) CHECK(steps == 4);
}

TEST_CASE("text check: another schema is checked from the beginning", "[io]") {
  FirmBook book = NewBook();
  txn::Core* const core = book.core();
  PutFiles(core, 2000);
  const auto stop = [](int steps) {
    SchemaChangeOptions options;
    options.progress = [steps](const IndexProgress&) mutable { return steps-- > 0; };
    return options;
  };
  REQUIRE_OK_AND_ASSIGN(SchemaChangeReport report, io::ChangeSchema(core, Late(), stop(1)));
  CHECK(!report.complete);
  const auto with_index =
      Schema("$Daftar.json", R"($Daftar.index(name = "bySize", on = ["size"]))");
  uint64_t first = 1;
  SchemaChangeOptions options;
  options.progress = [&](const IndexProgress& progress) {
    if (first == 1) first = progress.records;
    return true;
  };
  REQUIRE_OK_AND_ASSIGN(report, io::ChangeSchema(core, with_index, options));
  CHECK(first == 0);
  CHECK(report.complete);
  CHECK(report.built.size() == 1);
  REQUIRE(report.checked.size() == 1);
  CHECK(report.checked[0].records == 2000);
  const auto done =
      txn::ReadCheckProgress(*core->View().reader, core->catalog()->tables[0].id).value();
  CHECK(!done.has_value());
  CHECK(book.Verify().problems_found == 0);
}

TEST_CASE("text check: whatever operation fails, the next call goes on", "[io][fault]") {
  const FaultPoint point = GENERATE(FaultPoint::kWrite, FaultPoint::kGet, FaultPoint::kIterate);
  const bool takes_effect = GENERATE(false, true);
  if (takes_effect && point != FaultPoint::kWrite) return;
  CAPTURE(static_cast<int>(point), takes_effect);
  for (uint64_t nth = 1;; nth += point == FaultPoint::kIterate ? 1 + nth / 8 : 1) {
    CAPTURE(nth);
    auto store = std::make_unique<FaultyStore>(storage::NewMemoryStore());
    FaultyStore* const faults = store.get();
    auto core = NewFiles(std::move(store));
    PutFiles(core.get(), 100);
    faults->Arm({.point = point, .nth = nth, .takes_effect = takes_effect});
    const bool done = io::ChangeSchema(core.get(), Late(), {}).ok();
    auto inner = faults->TakeInner();
    core.reset();
    REQUIRE_OK_AND_ASSIGN(auto reopened, txn::Core::Open(std::move(inner), TestOptions()));
    FirmBook book(std::move(reopened));
    CHECK(book.Verify().problems_found == 0);
    if (!IsInForce(*book.core())) {
      REQUIRE_OK(PutFile(book.core(), 3, "bad"));
      CHECK_THAT(io::ChangeSchema(book.core(), Late(), {}).status(),
                 StatusIs(absl::StatusCode::kFailedPrecondition, "value=bad"));
    }
    if (done) break;  // There are fewer operations than that.
  }
}

}  // namespace
}  // namespace daftar::testing
