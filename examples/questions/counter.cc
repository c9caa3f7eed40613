// Questions of an officer at the counter.
#include <daftar/sql.h>

#include "book.h"

namespace questions {
namespace {

using daftar::Operator;
using daftar::Query;
using daftar::SortDirection;
using daftar::Value;

void SayHits(const daftar::SearchResult& result) {
  for (const daftar::SearchHit& hit : result.hits) {
    Say({hit.table, hit.key[0], hit.text, hit.to,
         std::string(daftar::SearchReasonName(hit.reason))});
  }
}

void WhatIsThisNumber(Book& book) {
  book.Question(1, "What is this number?");
  SayHits(Need(book.database().Search({.text = "۱۰۹۹۰۰۰۰۰۳۲"})));
}

void AllAboutFirm(Book& book, const std::string& firm) {
  book.Question(2, "All about a firm on one page");
  for (const Row& lease : book.Ask(Query("lease")
                                       .Where("firm", Operator::kEqual, firm)
                                       .OrderBy("no")
                                       .Select({"no", "park", "plot", "validTo", "endedOn"}))) {
    Say({"lease", lease[0], lease[1], lease[2], lease[4].is_null() ? lease[3] : lease[4]});
  }
  for (const Row& permit : book.Ask(Query("permit")
                                        .Where("firm", Operator::kEqual, firm)
                                        .Select({"no", "kind", "state", "validTo"}))) {
    Say({"permit", permit[0], permit[1], permit[2], permit[3]});
  }
  for (const Row& project : book.Ask(Query("project")
                                         .Where("parties.holder", Operator::kEqual, firm)
                                         .Select({"no", "stage"}))) {
    Say({"project", project[0], project[1]});
  }
  int64_t cents = 0;
  for (const Row& paid : book.Ask(Query("investment")
                                      .Where("party", Operator::kEqual, firm)
                                      .WhereIn("kind", {"cash", "inKind"})
                                      .Select({"usdCents"}))) {
    cents += IntegerOf(paid[0]);
  }
  Say({"paid in, USD", daftar::Decimal{cents, 2}});
}

void FirmsNamedLike(Book& book) {
  book.Question(3, "Firms named like \"پارس\" or \"Pars\", in any script, former names too");
  SayHits(Need(book.database().Search({.text = "پارس"})));
  SayHits(Need(book.database().Search({.text = "Pars Shir", .table = "firm"})));
  SayHits(Need(book.database().Search(
      {.text = "شيميايي", .table = "firm", .mode = daftar::SearchMode::kWord})));
}

void PlotsFree(Book& book, const Value& day) {
  book.Question(4, "Which plots of a park of at least 5,000 m2 are free now, or from a day?");
  const Query large = Query("plot")
                          .Where("zone", Operator::kEqual, "IR-CHABAHAR")
                          .Where("park", Operator::kEqual, "P1")
                          .Where("areaSquareMetres >= 5000");
  const std::vector<std::string> shown = {"no", "areaSquareMetres", "status", "freeFrom"};
  SayAll(book.Ask(Query(large)
                      .Where("status = free")
                      .WhereNull("freeFrom")
                      .OrderBy("areaSquareMetres", SortDirection::kDescending)
                      .Select(shown)));
  // One that is let counts when it will be free by then.
  SayAll(book.Ask(Query(large)
                      .WhereIn("status", {"free", "leased"})
                      .Where("freeFrom", Operator::kLessOrEqual, day)
                      .OrderBy("areaSquareMetres", SortDirection::kDescending)
                      .Select(shown)));
}

void PermitsEnding(Book& book) {
  book.Question(5, "Permits that end within 90 days by zone, with the end of the lease beside");
  constexpr int kDays = 90;
  const int32_t today = Need(daftar::ReadDate(kToday)).days;
  for (const Row& permit :
       book.Ask(Query("permit")
                    .WhereIn("state", {"issued", "active"})
                    .Where("validTo", Operator::kGreaterOrEqual, daftar::Date{today})
                    .Where("validTo", Operator::kLessOrEqual, daftar::Date{today + kDays})
                    .OrderBy("zone")
                    .OrderBy("validTo")
                    .Select({"zone", "no", "kind", "validTo", "lease"}))) {
    Row row(permit.begin(), permit.end() - 1);
    row.push_back(permit.back().is_null() ? Value() : book.Look("lease", permit.back(), "validTo"));
    Say(row);
  }
}

// Which days are worked is a function of SQL; the rows come by the index of what waits.
void WaitingLong(Book& book) {
  book.Question(7, "Applications that wait longer than 30 working days, by desk");
  auto sql = Need(daftar::SqlConnection::Open(book.database()));
  auto waited = Need(sql.Prepare("SELECT working_days(?1, ?2, ?3, ?4)"));
  Need(waited.Bind(2, kToday));
  Need(waited.Bind(4, R"(["1404/07/02", "2025-08-14"])"));
  constexpr int64_t kTooLong = 30;
  for (const Row& permit : book.Ask(Query("permit")
                                        .WhereIn("state", {"submitted", "underReview", "query"})
                                        .OrderBy("desk")
                                        .OrderBy("stateSince")
                                        .Select({"desk", "no", "state", "stateSince", "zone"}))) {
    Need(waited.Bind(1, permit[3].ToString()));
    Need(waited.Bind(3, permit[4].ToString().substr(0, 2)));
    if (!Need(waited.Next())) continue;
    const Value days = waited.value(0);
    waited.Reset();
    if (IntegerOf(days) <= kTooLong) continue;
    Say({permit[0], permit[1], permit[2], permit[3], days});
  }
}

void PastBuildingDeadline(Book& book) {
  book.Question(8, "Allotted plots past their building deadline");
  SayAll(book.Ask(Query("lease")
                      .WhereNull("builtOn")
                      .WhereNull("endedOn")
                      .Where("constructionDueOn", Operator::kLess, kToday)
                      .OrderBy("constructionDueOn")
                      .Select({"zone", "park", "plot", "firm", "constructionDueOn"})));
}

}  // namespace

void AskAtCounter(Book& book) {
  WhatIsThisNumber(book);
  AllAboutFirm(book, "B-F001");
  FirmsNamedLike(book);
  PlotsFree(book, "2026-04-01");
  PermitsEnding(book);
  WaitingLong(book);
  PastBuildingDeadline(book);
}

}  // namespace questions
