// A table of claims whose indexes and aggregates are declared when it has been in use.
#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "io/firm_book.h"
#include "record/schema_set.h"
#include "storage/store.h"
#include "txn/core.h"

namespace daftar::testing {

// Parts of the schema, to be put together. `kSealIndex` is unique.
inline constexpr const char* kIndexes = R"(
      $Daftar.index(name = "byDesk", on = ["desk", "size desc"], covering = ["seal"])
      $Daftar.index(name = "byTag", on = ["tags"])
      $Daftar.index(name = "big", on = ["size"], where = "size > 2")
      $Daftar.point(name = "place", latitude = "north", longitude = "east", where = "size < 4"))";
inline constexpr const char* kSealIndex = R"(
      $Daftar.index(name = "bySeal", on = ["seal"], unique = true))";
inline constexpr const char* kAggregates = R"(
      $Daftar.aggregate(name = "all", sum = ["size"])
      $Daftar.aggregate(name = "ofTag", by = ["tags"], sum = ["size", "seal"])
      $Daftar.aggregate(name = "ofDesk", by = ["desk desc", "size"], where = "size > 1"))";

std::shared_ptr<const record::SchemaSet> ClaimSchema(const std::string& parts);
std::unique_ptr<txn::Core> NewClaims(const std::string& parts,
                                     std::unique_ptr<storage::Store> store,
                                     txn::PlantedFaults faults = {});
FirmBook NewClaimBook(const std::string& parts, txn::PlantedFaults faults = {});

// A claim of one of `keys` codes comes, changes, or goes as well; seals are those of the code, so
// that they are never shared.
std::vector<txn::RecordWrite> RandomClaimWrites(const catalog::TableDef& table,
                                                std::mt19937* random, uint32_t keys);
absl::Status CommitRandomClaim(txn::Core* core, std::mt19937* random, uint32_t keys);

// Whether nothing is left to do of changes of schema.
bool LeavesNothing(const txn::Core& core);
void CheckClean(const FirmBook& book);

}  // namespace daftar::testing
