#include "api/claims.h"

#include <vector>

#include "absl/numeric/int128.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace daftar::testing {
namespace {

constexpr const char* kIndexes = R"(
struct Claim $Daftar.table(name = "claim", key = ["id"])
    $Daftar.index(name = "byAmount", on = ["currency desc", "desk", "amount desc"])
    $Daftar.index(name = "byDay", on = ["desk nulls last", "day"], where = "open = true")
    $Daftar.index(name = "byTag", on = ["tags", "fee desc nulls first"]))";
constexpr const char* kAggregates = R"(
    $Daftar.aggregate(name = "all", sum = ["fee"])
    $Daftar.aggregate(name = "byDesk", by = ["desk", "currency"], sum = ["amount", "fee"],
                      min = ["amount"], max = ["amount"])
    $Daftar.aggregate(name = "open", by = ["desk desc"], where = "open = true", min = ["day"],
                      max = ["day"])
    $Daftar.aggregate(name = "byTag", by = ["tags"], sum = ["fee"], min = ["fee"], max = ["fee"]))";
constexpr const char* kFields = R"( {
  id @0 :UInt32;
  desk @1 :Text;
  currency @2 :Text;
  amount @3 :Int64 $Daftar.money("currency");
  fee :union { none @4 :Void; value @5 :Int32 $Daftar.decimal(2); }
  day :union { none @6 :Void; date @7 :Int32 $Daftar.date; }
  open @8 :Bool;
  tags @9 :List(Text);
}
struct Note $Daftar.table(name = "note", key = ["id"]) { id @0 :UInt32; }
)";

// A total that a test adds up by itself.
struct Total {
  uint64_t values = 0;
  absl::int128 sum = 0;
  std::optional<int64_t> least;
  std::optional<int64_t> greatest;

  void Add(std::optional<int64_t> value) {
    if (!value.has_value()) return;
    ++values;
    sum += *value;
    least = std::min(least.value_or(*value), *value);
    greatest = std::max(greatest.value_or(*value), *value);
  }
};

struct PlainGroup {
  uint64_t count = 0;
  Total amount;
  Total fee;
  Total day;

  void Add(const Claim& claim) {
    ++count;
    amount.Add(claim.amount);
    fee.Add(claim.fee_cents);
    day.Add(claim.day);
  }
};

std::string Shown(const Value& value) { return value.is_null() ? "-" : value.ToString(); }
std::string Cents(const std::optional<int64_t>& cents) {
  return cents.has_value() ? Shown(Decimal{*cents, 2}) : "-";
}
std::string Day(const std::optional<int64_t>& day) {
  return day.has_value() ? Shown(Date{static_cast<int32_t>(*day)}) : "-";
}
std::string FeeSum(const Total& fee) {
  return fee.values == 0 ? "-" : Cents(static_cast<int64_t>(fee.sum));
}

}  // namespace

std::string ClaimSchema(bool with_aggregates) {
  return absl::StrCat(kIndexes, with_aggregates ? kAggregates : "", kFields);
}

std::unique_ptr<Database> NewClaims(const TempDir& directory, OpenOptions options) {
  auto database = MakeDatabase(directory, ClaimSchema(true), options);
  REQUIRE_OK(database);
  return *std::move(database);
}

std::string ToJson(int id, const Claim& claim) {
  std::string json = absl::StrCat(R"({"id":)", id);
  if (claim.desk.has_value()) absl::StrAppend(&json, R"(,"desk":")", *claim.desk, "\"");
  absl::StrAppend(&json, R"(,"currency":")", claim.currency, R"(","amount":)", claim.amount);
  if (claim.fee_cents.has_value()) {
    absl::StrAppend(&json, R"(,"fee":)", Value(Decimal{*claim.fee_cents, 2}).ToJson());
  }
  if (claim.day.has_value()) {
    absl::StrAppend(&json, R"(,"day":")", Value(Date{*claim.day}).ToString(), "\"");
  }
  absl::StrAppend(&json, R"(,"open":)", claim.open ? "true" : "false");
  if (!claim.tags.empty()) {
    absl::StrAppend(&json, R"(,"tags":[")", absl::StrJoin(claim.tags, R"(",")"), "\"]");
  }
  return json + "}";
}

Claim RandomClaim(std::mt19937* random) {
  const auto below = [&](uint32_t n) { return static_cast<uint32_t>((*random)() % n); };
  Claim claim;
  if (below(5) > 0) claim.desk = absl::StrCat("d", below(3));
  claim.currency = below(3) > 0 ? "IRR" : "PKR";
  claim.amount = below(9) == 0 ? INT64_MIN / 4 + below(3) : below(7) - int64_t{3};
  if (below(3) > 0) claim.fee_cents = static_cast<int32_t>(below(1000)) - 200;
  if (below(3) > 0) claim.day = static_cast<int32_t>(20000 + below(5));
  claim.open = below(2) == 0;
  for (uint32_t i = below(3); i > 0; --i) claim.tags.insert(absl::StrCat("t", below(4)));
  return claim;
}

GroupLines LinesOf(const Claims& claims) {
  std::map<std::string, PlainGroup> all, by_desk, open, by_tag;
  for (const auto& [id, claim] : claims) {
    const std::string desk = claim.desk.value_or("-");
    all[""].Add(claim);
    by_desk[absl::StrCat(desk, "|", claim.currency)].Add(claim);
    if (claim.open) open[desk].Add(claim);
    for (const std::string& tag : claim.tags) by_tag[tag].Add(claim);
  }
  GroupLines lines;
  for (const auto& [key, group] : all) {
    lines.insert(
        absl::StrCat("all ", key, " ", group.count, " sums ", FeeSum(group.fee), " mins maxs"));
  }
  for (const auto& [key, group] : by_desk) {
    lines.insert(absl::StrCat("byDesk ", key, " ", group.count, " sums ", group.amount.sum, " ",
                              FeeSum(group.fee), " mins ", *group.amount.least, " maxs ",
                              *group.amount.greatest));
  }
  for (const auto& [key, group] : open) {
    lines.insert(absl::StrCat("open ", key, " ", group.count, " sums mins ", Day(group.day.least),
                              " maxs ", Day(group.day.greatest)));
  }
  for (const auto& [key, group] : by_tag) {
    lines.insert(absl::StrCat("byTag ", key, " ", group.count, " sums ", FeeSum(group.fee),
                              " mins ", Cents(group.fee.least), " maxs ",
                              Cents(group.fee.greatest)));
  }
  return lines;
}

GroupLines LinesOf(AggregateCursor* cursor, std::string_view aggregate) {
  const auto shown = [](std::string* out, const Value& value) { *out += Shown(value); };
  GroupLines lines;
  while (true) {
    REQUIRE_OK_AND_ASSIGN(const bool more, cursor->Next());
    if (!more) return lines;
    const Group& group = cursor->group();
    std::string line = absl::StrCat(aggregate, " ", absl::StrJoin(group.by, "|", shown), " ",
                                    group.count, " sums");
    for (const Sum& sum : group.sums) {
      absl::StrAppend(&line, " ", sum.values == 0 ? "-" : sum.ToString());
    }
    absl::StrAppend(&line, " mins", group.mins.empty() ? "" : " ",
                    absl::StrJoin(group.mins, " ", shown), " maxs", group.maxs.empty() ? "" : " ",
                    absl::StrJoin(group.maxs, " ", shown));
    REQUIRE(lines.insert(std::move(line)).second);
  }
}

GroupLines LinesAt(const Database& database, const ReadView& view) {
  GroupLines all;
  for (const char* aggregate : kClaimAggregates) {
    auto cursor = database.Aggregate(view, {"claim", aggregate, {}});
    REQUIRE_OK(cursor);
    all.merge(LinesOf(&*cursor, aggregate));
  }
  return all;
}

}  // namespace daftar::testing
