#include "io/late_claims.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "catalog/resolve.h"
#include "record/sample.h"
#include "support/status_matchers.h"
#include "txn/firm_table.h"
#include "txn/schema_work.h"
#include "txn/write_set.h"

namespace daftar::testing {
namespace {

constexpr const char* kFields = R"( {
    code @0 :Text;
    tags @1 :List(Text);
    size @2 :UInt32;
    desk :union { none @3 :Void; value @4 :Text; }
    seal :union { none @5 :Void; value @6 :UInt32; }
    north :union { none @7 :Void; degrees @8 :Int32 $Daftar.decimal(4); }
    east @9 :Float64;
  })";
constexpr const char* kTable = R"(
  struct Claim @0xb000000000000001
      $Daftar.table(name = "claim", key = ["code"]))";

}  // namespace

std::shared_ptr<const record::SchemaSet> ClaimSchema(const std::string& parts) {
  return Sample(absl::StrCat(kTable, parts, kFields)).set();
}

std::unique_ptr<txn::Core> NewClaims(const std::string& parts,
                                     std::unique_ptr<storage::Store> store,
                                     txn::PlantedFaults faults) {
  catalog::Catalog catalog = catalog::NewCatalog(ClaimSchema(parts)).value();
  txn::CoreOptions options = TestOptions();
  options.faults = faults;
  return txn::Core::Create(std::move(store), std::move(catalog), kTestId, options).value();
}

FirmBook NewClaimBook(const std::string& parts, txn::PlantedFaults faults) {
  return FirmBook(NewClaims(parts, storage::NewMemoryStore(), faults));
}

std::vector<txn::RecordWrite> RandomClaimWrites(const catalog::TableDef& table,
                                                std::mt19937* random, uint32_t keys) {
  const auto below = [&](uint32_t n) { return static_cast<uint32_t>((*random)() % n); };
  const uint32_t code = below(keys);
  std::string json = absl::StrCat(R"({"code": "c)", code, R"(", "size": )", below(5));
  if (below(2) == 0) absl::StrAppend(&json, R"(, "desk": "d)", below(3), "\"");
  if (below(2) == 0) absl::StrAppend(&json, R"(, "seal": )", code);
  if (below(3) > 0) absl::StrAppend(&json, R"(, "north": )", below(100), ", \"east\": ", below(9));
  absl::StrAppend(&json, R"(, "tags": ["t)", below(3), R"(", "t)", below(3), "\"]}");
  record::Message record = MakeRecord(table.schema, json);
  codec::EncodedKey key = index::RecordKey(table, record).value();
  txn::RecordWrite write{&table, key, std::move(record), WriteIntent::kUpsert};
  if (below(4) > 0) return Writes(std::move(write));
  return Writes(std::move(write),
                txn::RecordWrite{&table, std::move(key), std::nullopt, WriteIntent::kUpdate});
}

absl::Status CommitRandomClaim(txn::Core* core, std::mt19937* random, uint32_t keys) {
  const auto catalog = core->catalog();
  return core
      ->Commit(*catalog, RandomClaimWrites(catalog->tables[0], random, keys),
               {.durability = Durability::kBuffered})
      .status();
}

bool LeavesNothing(const txn::Core& core) {
  const Model contents = Contents(core.store());
  return std::none_of(contents.begin(), contents.end(), [](const auto& item) {
    const std::vector<std::string> work = txn::SchemaWorkPrefixes();
    return std::any_of(work.begin(), work.end(),
                       [&](const std::string& prefix) { return item.first.starts_with(prefix); });
  });
}

void CheckClean(const FirmBook& book) {
  const VerifyReport report = book.Verify();
  INFO(Described(report));
  REQUIRE(report.problems_found == 0);
}

}  // namespace daftar::testing
