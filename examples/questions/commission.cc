// Questions of the commission and of statistics.
#include <daftar/registry.capnp.h>
#include <daftar/typed.h>

#include <algorithm>
#include <map>
#include <set>

#include "book.h"

namespace questions {
namespace {

using daftar::Calendar;
using daftar::Operator;
using daftar::Query;
using daftar::Value;

constexpr int64_t kCents = 100;
// Parts are per million; of these, percent with four digits.
constexpr int64_t kWhole = 1'000'000;
constexpr uint8_t kPercentDigits = 4;

// Iran's fiscal year is the Solar Hijri one; Pakistan's begins in July.
std::string FiscalYear(std::string_view country, const Value& day) {
  const daftar::Date date{DayOf(day)};
  if (country == "IR") return daftar::DateText(date, Calendar::kSolarHijri).substr(0, 4);
  const std::string text = daftar::DateText(date, Calendar::kGregorian);
  constexpr int kJuly = 7;
  const int year = std::stoi(text.substr(2, 2)) + (std::stoi(text.substr(5, 2)) >= kJuly ? 1 : 0);
  return "FY" + std::to_string(year);
}

void CommittedAgainstRealised(Book& book) {
  book.Question(9, "Committed against realised investment by sector and fiscal year");
  struct Sums {
    int64_t committed = 0;
    int64_t realised = 0;
  };
  std::map<std::pair<std::string, std::string>, Sums> by_sector;
  std::map<std::pair<std::string, std::string>, int64_t> by_partner;
  for (const Row& row :
       book.Ask(Query("investment").Select({"project", "kind", "valueDate", "usdCents"}))) {
    const bool is_commitment = row[1].ToString() == "commitment";
    const int64_t cents = IntegerOf(row[3]);
    const std::string sector = book.Look("project", row[0], "sector").ToString();
    Sums& sums = by_sector[{sector, FiscalYear("IR", row[2])}];
    (is_commitment ? sums.committed : sums.realised) += cents;
    if (is_commitment) continue;
    const auto projects = Need(daftar::Table<daftar::registry::Project>::Open(book.database()));
    const auto project = Need(projects.Get({row[0]}));
    for (auto partner : project.reader().getPartnerCountries()) {
      by_partner[{partner.cStr(), FiscalYear("PK", row[2])}] += cents;
    }
  }
  for (const auto& [group, sums] : by_sector) {
    Say({group.first, group.second, sums.committed / kCents, sums.realised / kCents});
  }
  for (const auto& [group, cents] : by_partner) Say({group.first, group.second, cents / kCents});
}

// Lists are read through the generated class: no names as text, no JSON.
void JointProjects(Book& book) {
  book.Question(10, "Joint projects with parties of both countries above USD 1 m, with equity");
  const auto projects = Need(daftar::Table<daftar::registry::Project>::Open(book.database()));
  for (const Row& found : book.Ask(Query("project")
                                       .Where("parties.country = IR")
                                       .Where("committed.currency = USD")
                                       .Where("committed.minorUnits > 100000000")
                                       .OrderBy("no")
                                       .Select({"no", "committed.minorUnits"}))) {
    std::map<std::string, int64_t> ppm;
    const auto project = Need(projects.Get({found[0]}));
    for (auto party : project.reader().getParties()) {
      if (party.getRole() != daftar::registry::PartyRole::OWNER) continue;
      if (party.getShare().isPpm()) ppm[party.getCountry().cStr()] += party.getShare().getPpm();
    }
    if (ppm["IR"] == 0 || ppm["PK"] == 0) continue;
    Say({found[0], IntegerOf(found[1]) / kCents, daftar::Decimal{ppm["IR"], kPercentDigits},
         daftar::Decimal{ppm["PK"], kPercentDigits}});
  }
}

void ProjectsOfGoods(Book& book) {
  book.Question(11, "Projects of given goods by zone");
  for (const auto& [goods, condition] :
       {std::pair{"dairy, dates, rice", "hs in (0402, 0804, 1006)"},
        std::pair{"oilseeds", "hs ^= 12"}, std::pair{"pharma", "hs ^= 30"}}) {
    for (const Row& project :
         book.Ask(Query("project").Where(condition).OrderBy("zone").Select({"zone", "no", "hs"}))) {
      Say({goods, project[0], project[1], project[2]});
    }
  }
  for (const Row& project : book.Ask(
           Query("project").Where("hs >= 2709").Where("hs <= 2711").Select({"zone", "no", "hs"}))) {
    Say({"petroleum", project[0], project[1], project[2]});
  }
}

// The part of `firm` in parts per million that is held by firms of other countries, through any
// number of parents, of which `part` counts.
int64_t HeldAbroad(Book& book, const Value& firm, const std::string& home, int64_t part) {
  int64_t abroad = 0;
  auto cursor = Need(book.database().Run(Query("shareholding")
                                             .Where("subjectKind = firm")
                                             .Where("subject", Operator::kEqual, firm)
                                             .WhereNotNull("holder")
                                             .Select({"holder", "share"})));
  while (Need(cursor.Next())) {
    const Row row = cursor.values();
    const int64_t held = part * IntegerOf(row[1]) / kWhole;
    if (book.Look("firm", row[0], "homeCountry").ToString() != home) abroad += held;
    abroad += HeldAbroad(book, row[0], home, held);
  }
  return abroad;
}

void FirmsByCapital(Book& book) {
  book.Question(12, "Firms by realised capital, with the share held abroad through their parents");
  std::map<std::string, int64_t> cents;
  for (const Row& row : book.Ask(Query("investment")
                                     .Where("kind", Operator::kNotEqual, "commitment")
                                     .Select({"party", "usdCents"}))) {
    cents[row[0].ToString()] += IntegerOf(row[1]);
  }
  std::vector<std::pair<int64_t, std::string>> order;
  for (const auto& [firm, sum] : cents) order.emplace_back(-sum, firm);
  std::sort(order.begin(), order.end());
  constexpr size_t kTop = 20;
  for (size_t i = 0; i < std::min(order.size(), kTop); ++i) {
    const auto& [sum, firm] = order[i];
    const std::string home = book.Look("firm", firm, "homeCountry").ToString();
    const int64_t abroad = HeldAbroad(book, firm, home, kWhole);
    Say({firm, -sum / kCents, daftar::Decimal{abroad, kPercentDigits}});
  }
}

void OccupancyByMonth(Book& book) {
  book.Question(13, "Occupancy of a park by month");
  const auto plots =
      Need(book.database().Count(Query("plot").Where("zone = IR-CHABAHAR").Where("park = P1")));
  const std::vector<Row> leases =
      book.Ask(Query("lease")
                   .Where("zone = IR-CHABAHAR")
                   .Where("park = P1")
                   .Select({"plot", "validFrom", "endedOn", "validTo"}));
  for (const char* month :
       {"2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01", "2024-05-01", "2024-06-01"}) {
    const int32_t day = Need(daftar::ReadDate(month)).days;
    std::set<std::string> leased;
    for (const Row& lease : leases) {
      const Value& end = lease[2].is_null() ? lease[3] : lease[2];
      const bool runs = DayOf(lease[1]) <= day && (end.is_null() || DayOf(end) > day);
      if (runs) leased.insert(lease[0].ToString());
    }
    Say({month, static_cast<int64_t>(leased.size()), "of", plots.records});
  }
  // As it is now, every commit keeps the totals.
  auto groups = Need(book.database().Aggregate(
      {.table = "plot", .aggregate = "occupancy", .group = {"IR-CHABAHAR", "P1"}}));
  while (Need(groups.Next())) {
    const daftar::Group& group = groups.group();
    Say({group.by[2], group.count, group.sums[0].ToString()});
  }
}

void MedianDays(Book& book) {
  book.Question(14, "Median days from submission to issue by kind of permit");
  std::map<std::string, std::vector<int32_t>> days;
  for (const Row& permit : book.Ask(Query("permit")
                                        .WhereNotNull("issuedOn")
                                        .WhereNotNull("submittedOn")
                                        .Select({"kind", "submittedOn", "issuedOn"}))) {
    days[permit[0].ToString()].push_back(DayOf(permit[2]) - DayOf(permit[1]));
  }
  for (auto& [kind, waits] : days) {
    std::sort(waits.begin(), waits.end());
    const size_t n = waits.size();
    const int64_t twice = int64_t{waits[(n - 1) / 2]} + waits[n / 2];
    constexpr int kFive = 5;
    Say({kind, static_cast<int64_t>(n), daftar::Decimal{twice * kFive, 1}});
  }
}

void ZonesNear(Book& book) {
  book.Question(15, "Zones within 200 km of the port of Gwadar, and the ports nearest to a place");
  constexpr double kWithin = 200'000;
  constexpr size_t kNearest = 3;
  daftar::Database& database = book.database();
  const daftar::ReadView view = database.View();
  const daftar::Point gwadar = Need(database.PointOf(view, "crossing", {"PKGWD"}));
  const auto say = [](const std::vector<daftar::NearRow>& rows) {
    for (const daftar::NearRow& row : rows) {
      const auto metres = static_cast<int64_t>(row.metres + 0.5);
      constexpr int kKilometreDigits = 3;
      Say({daftar::Decimal{metres, kKilometreDigits}, Need(row.record.Get("code"))});
    }
  };
  say(Need(database.Near(view, "zone", gwadar, {.within_metres = kWithin})));
  say(Need(
      database.Near(view, "crossing", Need(daftar::ParsePoint("25.3,60.6")), {.limit = kNearest})));
}

void OpenDecisions(Book& book) {
  book.Question(16, "Which decisions of a session are not carried out, and what do they touch?");
  SayAll(book.Ask(Query("decision")
                      .Where("body = IR-PK-JEC")
                      .Where("session = '22'")
                      .WhereIn("execution", {"open", "inProgress"})
                      .OrderBy("no")
                      .Select({"no", "execution", "responsible", "affects"})));
}

void JobsByProvince(Book& book) {
  book.Question(17, "Jobs planned and actual by province");
  auto groups = Need(book.database().Aggregate({.table = "project", .aggregate = "jobs"}));
  while (Need(groups.Next())) {
    const daftar::Group& group = groups.group();
    Say({group.by[0], group.by[1], group.count, group.sums[0].ToString(),
         group.sums[1].ToString()});
  }
}

}  // namespace

void AskForCommission(Book& book) {
  CommittedAgainstRealised(book);
  JointProjects(book);
  ProjectsOfGoods(book);
  FirmsByCapital(book);
  OccupancyByMonth(book);
  MedianDays(book);
  ZonesNear(book);
  OpenDecisions(book);
  JobsByProvince(book);
}

}  // namespace questions
