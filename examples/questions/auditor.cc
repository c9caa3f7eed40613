// Questions of the auditor: what changed, who did it, and what was said before.
#include "book.h"

namespace questions {
namespace {

using daftar::AsOf;
using daftar::Operator;
using daftar::Query;
using daftar::Value;

constexpr const char* kPermit = "B-1404-2";
// The commit of the last export.
constexpr daftar::CommitVersion kExported{15};

void WhatChanged(Book& book) {
  book.Question(18, "What changed since the last export?");
  daftar::CommitOptions commit;
  commit.actor = "clerk-2";
  commit.reason = "taken up";
  commit.decision = "CFZ-BOARD/31/4";
  Need(book.database().Put(
      "permit",
      R"({"no":"B-1404-2","authority":"IR-CHABAHAR-ORG","kind":"operation","firm":"B-F004",
          "zone":"IR-CHABAHAR","park":"JP1","lease":"B-L006","state":"underReview",
          "stateSince":"2025-12-01","submittedOn":"2025-11-20","desk":"environment",
          "source":"synthetic"})",
      daftar::WriteIntent::kUpdate, commit));
  daftar::ChangeFeed feed = book.database().Changes(kExported);
  while (Need(feed.NextCommit())) {
    while (Need(feed.NextChange())) {
      const daftar::RecordChange& change = feed.change();
      Say({feed.commit().version.value(), change.table, change.key[0],
           change.deleted ? "deleted" : "written"});
    }
  }
}

void SaidThenAndNow(Book& book) {
  book.Question(19, "What did the book say on a day, and what do we know now?");
  daftar::Database& database = book.database();
  const daftar::ReadView then = Need(database.View(AsOf::Commit(kExported)));
  Say({"then", Need(Need(database.Get(then, "permit", {kPermit})).Get("state"))});
  Say({"now", Need(Need(database.Get("permit", {kPermit})).Get("state"))});
  Need(database.Diff(AsOf::Commit(kExported), AsOf::Commit(database.View().version()), "permit",
                     [](const daftar::RecordDifference& difference) {
                       for (const daftar::FieldChange& change : difference.changes) {
                         Say({difference.key[0], change.path, change.before, change.after});
                       }
                       return absl::OkStatus();
                     }));
}

void HistoryOfPlot(Book& book) {
  book.Question(20, "The history of a plot with every holder");
  for (const Row& lease :
       book.Ask(Query("lease")
                    .Where("zone = IR-CHABAHAR")
                    .Where("park = P1")
                    .Where("plot = '14'")
                    .OrderBy("validFrom")
                    .Select({"validFrom", "validTo", "endedOn", "firm", "endReason"}))) {
    const auto firm = Need(book.database().Get("firm", {lease[3]}));
    Say({lease[0], lease[2].is_null() ? lease[1] : lease[2], lease[3],
         Need(firm.GetJson("names.text")), lease[4]});
  }
}

void ExemptionsWithoutLicence(Book& book) {
  book.Question(21, "Tax exemptions without an active operation licence, or past their sunset");
  const int32_t today = Need(daftar::ReadDate(kToday)).days;
  for (const Row& incentive :
       book.Ask(Query("incentive")
                    .WhereNull("relinquishedOn")
                    .WhereNull("revokedOn")
                    .Where("validTo", Operator::kGreater, daftar::Date{today})
                    .OrderBy("no")
                    .Select({"no", "holder", "rule", "permit", "sunsetOn"}))) {
    const bool sunset = !incentive[4].is_null() && DayOf(incentive[4]) < today;
    Value kind;
    Value state;
    if (!incentive[3].is_null()) {
      kind = book.Look("permit", incentive[3], "kind");
      state = book.Look("permit", incentive[3], "state");
    }
    if (!sunset && kind.ToString() == "operation" && state.ToString() == "active") continue;
    Say({incentive[0], incentive[1], incentive[2], incentive[3], kind, state, incentive[4]});
  }
}

void StruckOffButHolding(Book& book) {
  book.Question(22, "Struck-off firms that still hold something");
  for (const Row& firm :
       book.Ask(Query("firm").Where("status = struckOff").Select({"registryNo", "status"}))) {
    for (const Row& lease : book.Ask(Query("lease")
                                         .Where("firm", Operator::kEqual, firm[0])
                                         .WhereNull("endedOn")
                                         .Select({"no"}))) {
      Say({firm[0], firm[1], "lease", lease[0]});
    }
    for (const Row& permit : book.Ask(Query("permit")
                                          .Where("firm", Operator::kEqual, firm[0])
                                          .WhereIn("state", {"issued", "active"})
                                          .Select({"no"}))) {
      Say({firm[0], firm[1], "permit", permit[0]});
    }
  }
}

void WhoChanged(Book& book) {
  book.Question(23, "Who changed this record, when, on which decision; what was recorded late?");
  for (const daftar::RecordVersion& version : Need(book.database().History("permit", {kPermit}))) {
    const daftar::CommitInfo& commit = version.commit;
    Say({commit.version.value(), commit.actor, commit.reason, commit.decision,
         version.record.has_value() ? Need(version.record->Get("state")) : Value("deleted")});
  }
  constexpr int64_t kMicrosPerDay = 86'400'000'000;
  constexpr int64_t kLate = 30;
  for (const Row& event :
       book.Ask(Query("permit_event")
                    .WhereNotNull("effectiveOn")
                    .WhereNotNull("recordedAt")
                    .Select({"permit", "seq", "toState", "effectiveOn", "recordedAt"}))) {
    const int64_t recorded = event[4].get_if<daftar::Instant>()->micros / kMicrosPerDay;
    if (recorded - DayOf(event[3]) > kLate) Say(event);
  }
}

}  // namespace

void AskAsAuditor(Book& book) {
  WhatChanged(book);
  SaidThenAndNow(book);
  HistoryOfPlot(book);
  ExemptionsWithoutLicence(book);
  StruckOffButHolding(book);
  WhoChanged(book);
}

}  // namespace questions
