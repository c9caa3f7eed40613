// Every operation of the store fails once during a bulk load; the database is then as before it.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>

#include "storage/faulty_store.h"
#include "support/status_matchers.h"
#include "support/temp_dir.h"
#include "txn/bulk_load.h"
#include "txn/firm_table.h"

namespace daftar::testing {
namespace {

using storage::FaultPoint;
using storage::FaultyStore;

struct Database {
  FaultyStore* faults;
  std::unique_ptr<txn::Core> core;
};

Database MakeDatabase() {
  auto store = std::make_unique<FaultyStore>(storage::NewMemoryStore());
  FaultyStore* faults = store.get();
  Database database{faults, NewFirmDatabase(std::move(store))};
  REQUIRE_OK(Commit(database.core.get(),
                    Put(*database.core, R"({"code": "A", "seal": "s", "tags": ["x", "y"]})"),
                    Put(*database.core, R"({"code": "B", "seal": "t", "size": 1})")));
  database.faults->Disarm();
  return database;
}

absl::Status Load(txn::Core* core, WriteIntent intent) {
  const TempDir folder;
  txn::BulkLoad load(core, &FirmTable(*core),
                     {.intent = intent, .spill_folder = folder.path(), .sort_bytes_max = 4096});
  uint64_t line = 0;
  const auto add = [&](const char* json) {
    const record::Message record = Firm(*core, json);
    const txn::BulkRecord added{&record, journal::HashOf(record.bytes())};
    return load.Add({&added, 1}, ++line);
  };
  for (const char* json : {R"({"code": "C", "seal": "u", "tags": ["p", "q"], "size": 2})",
                           R"({"code": "D"})", R"({"code": "E", "seal": "v", "tags": ["r"]})"}) {
    if (absl::Status status = add(json); !status.ok()) return status;
  }
  if (intent == WriteIntent::kUpsert) {
    // Replaces entries, so that the writer deletes, too.
    const absl::Status status = add(R"({"code": "A", "seal": "w", "tags": ["y", "z"]})");
    if (!status.ok()) return status;
  }
  return load.Finish().status();
}

TEST_CASE("bulk load: a fault anywhere leaves the old state", "[txn][fault]") {
  const WriteIntent intent = GENERATE(WriteIntent::kInsert, WriteIntent::kUpsert);
  const FaultPoint point = GENERATE(FaultPoint::kBulk, FaultPoint::kGet, FaultPoint::kIterate);
  CAPTURE(static_cast<int>(intent), static_cast<int>(point));
  Database clean = MakeDatabase();
  const Model before = Contents(clean.core->store());
  clean.faults->Disarm();
  REQUIRE_OK(Load(clean.core.get(), intent));
  const uint64_t operations = clean.faults->count(point);
  const Model after = Contents(clean.core->store());
  REQUIRE(operations >= 3);
  int survived = 0;
  for (uint64_t nth = 1; nth <= operations; ++nth) {
    CAPTURE(nth);
    Database database = MakeDatabase();
    database.faults->Arm({.point = point, .nth = nth});
    const absl::Status status = Load(database.core.get(), intent);
    auto inner = database.faults->TakeInner();
    database.core.reset();
    if (status.ok()) {
      // Not to know whether the table is empty costs time only.
      ++survived;
      CHECK(Contents(*inner) == after);
      continue;
    }
    CHECK_THAT(status, StatusIs(absl::StatusCode::kUnavailable, "injected fault"));
    CHECK(Contents(*inner) == before);
    REQUIRE_OK(txn::Core::Open(std::move(inner)));
  }
  CHECK(survived == (point == FaultPoint::kIterate ? 1 : 0));
}

TEST_CASE("bulk load: a Finish that took effect and failed is there after reopening",
          "[txn][fault]") {
  Database clean = MakeDatabase();
  REQUIRE_OK(Load(clean.core.get(), WriteIntent::kUpsert));
  const uint64_t finish = clean.faults->count(FaultPoint::kBulk);
  const Model after = Contents(clean.core->store());
  Database database = MakeDatabase();
  database.faults->Arm({.point = FaultPoint::kBulk, .nth = finish, .takes_effect = true});
  CHECK_THAT(Load(database.core.get(), WriteIntent::kUpsert),
             StatusIs(absl::StatusCode::kUnavailable, "injected fault"));
  CHECK_THAT(Commit(database.core.get(), Put(*database.core, R"({"code": "Z"})")),
             StatusIs(absl::StatusCode::kFailedPrecondition, "writes are refused"));
  auto inner = database.faults->TakeInner();
  database.core.reset();
  CHECK(Contents(*inner) == after);
  CHECK(CheckedFirms(*inner).size() == 5);
}

}  // namespace
}  // namespace daftar::testing
