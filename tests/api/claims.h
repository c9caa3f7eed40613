// A table with aggregates of every kind, and the same totals worked out from a plain map.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>

#include "api/fixtures.h"
#include "daftar/database.h"

namespace daftar::testing {

struct Claim {
  std::optional<std::string> desk = std::nullopt;
  std::string currency = "IRR";
  int64_t amount = 0;
  std::optional<int32_t> fee_cents = std::nullopt;
  std::optional<int32_t> day = std::nullopt;
  bool open = false;
  std::set<std::string> tags = {};
};
using Claims = std::map<int, Claim>;

// claim(id, desk, currency, amount, fee, day, open, tags) with the aggregates `all` (of all, sum
// fee), `byDesk` (by desk and currency, sum, min and max amount, sum fee), `open` (by desk
// descending, of open ones, min and max day) and `byTag` (by tags, sum, min and max fee).
std::string ClaimSchema(bool with_aggregates);
std::unique_ptr<Database> NewClaims(const TempDir& directory, OpenOptions options = {});

std::string ToJson(int id, const Claim& claim);

// One of few values for each field, so that groups come and go.
Claim RandomClaim(std::mt19937* random);

// Every group of every aggregate in a line: "byDesk d1|IRR 2 sums 30 2.50 mins 10 maxs 20", with
// "-" for null.
using GroupLines = std::set<std::string>;
GroupLines LinesOf(const Claims& claims);
GroupLines LinesOf(AggregateCursor* cursor, std::string_view aggregate);

inline constexpr const char* kClaimAggregates[] = {"all", "byDesk", "open", "byTag"};

// All groups that a database or a transaction shows. `Source` has Aggregate(query).
template <typename Source>
requires requires(Source& source) { source.Aggregate(AggregateQuery()); }
GroupLines LinesOf(Source& source) {
  GroupLines all;
  for (const char* aggregate : kClaimAggregates) {
    auto cursor = source.Aggregate({"claim", aggregate, {}});
    REQUIRE_OK(cursor);
    all.merge(LinesOf(&*cursor, aggregate));
  }
  return all;
}
GroupLines LinesAt(const Database& database, const ReadView& view);

}  // namespace daftar::testing
