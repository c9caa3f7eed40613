// The database header: one key that says what the store holds and where its counters stand.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "catalog/catalog.h"
#include "daftar/ids.h"

namespace daftar::txn {

// The newest format. A database has the oldest one that does for what its schema needs: 3 for
// aggregates, which a library of format 2 would not keep up to date, 4 while an index is not whole,
// from which a library of format 3 would answer, 5 for rules, which one of format 4 would let
// commits break, and for indexes of names and of points, whose entries it would not make, 6 for
// aggregates that were declared when their table had been there before: one of format 5 would add
// to totals that are still being counted, and answer as of commits from before they were. Formats
// before kOldestFormat can only be upgraded.
inline constexpr uint32_t kFormatVersion = 6;
inline constexpr uint32_t kAggregatesFormat = 3;
inline constexpr uint32_t kBuildingFormat = 4;
inline constexpr uint32_t kRulesFormat = 5;
inline constexpr uint32_t kSearchFormat = 5;
inline constexpr uint32_t kPointsFormat = 5;
inline constexpr uint32_t kLateAggregatesFormat = 6;
inline constexpr uint32_t kOldestFormat = 2;

// Tells one database from all others; drawn at random when it is made.
using DatabaseId = std::array<uint8_t, 16>;

struct Header {
  uint32_t format = kOldestFormat;
  CommitVersion last_commit;  // the newest commit in the store
  SchemaVersion schema;       // the schema in force
  DatabaseId id{};            // all zero in format 1, which has none
};

// The format of a database with this schema in force.
uint32_t FormatFor(const catalog::Catalog& catalog);

std::string HeaderKey();
// Requires: header.format is kOldestFormat at least.
std::string EncodeHeader(const Header& header);
// Decodes all formats up to kFormatVersion. Errors: DataLoss when the bytes do not verify;
// FailedPrecondition when the format is newer.
absl::StatusOr<Header> DecodeHeader(std::string_view value);

}  // namespace daftar::txn
