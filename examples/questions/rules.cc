// What breaks a rule, and what may be done.
#include <daftar/sql.h>

#include "book.h"

namespace questions {
namespace {

void SayViolations(const daftar::AuditReport& report) {
  for (const daftar::RuleViolation& violation : report.violations) {
    Say({violation.table, violation.key, violation.kind, violation.rule, violation.text});
  }
  Say({report.rules, "rules", report.records, "records", report.violation_count, "violations"});
}

void WhatBreaksRules(Book& book) {
  book.Question(25, "What breaks a rule?");
  daftar::Database& database = book.database();
  const daftar::SchemaFile rules{book.File("rules/zone.capnp"), {}};
  // Of a book that is older than its rules, before they are accepted.
  SayViolations(Need(database.AuditAgainst(rules)));
  const daftar::SchemaChangeReport applied = Need(database.ApplySchema(rules));
  Say({"in force; records that broke them before", applied.rule_violation_count});

  // Put right, in one transaction that rests on a decision.
  daftar::SqlOptions options;
  options.writable = true;
  options.commit.actor = "audit";
  options.commit.decision = "IR-PK-JEC/22/1";
  auto sql = Need(daftar::SqlConnection::Open(database, options));
  for (const char* statement :
       {"BEGIN", "UPDATE lease SET validTo = endedOn WHERE endedOn < validTo",
        "UPDATE incentive SET validTo = sunsetOn WHERE validTo > sunsetOn", "COMMIT"}) {
    auto prepared = Need(sql.Prepare(statement));
    while (Need(prepared.Next())) continue;
  }
  SayViolations(Need(database.Audit()));
  const absl::Status refused = database.Put(
      "lease", R"({"no":"B-L099","zone":"IR-CHABAHAR","park":"P1","plot":"14","firm":"B-F001",
                   "validFrom":"2030-01-01","validTo":"2031-01-01"})");
  Say({"refused:", std::string(refused.message())});
}

void MayIt(Book& book) {
  book.Question(6, "May this permit go to that state now, by me? If not, why?");
  daftar::Database& database = book.database();
  daftar::CommitOptions registrar;
  registrar.actor = "registrar";
  registrar.decision = "IR-PK-JEC/22/1";
  Need(database.Put("officer",
                    R"({"actor":"n.karimi","role":"licensing","sequence":1,"zone":"IR-CHABAHAR",
                        "validFrom":"2024-01-01"})",
                    daftar::WriteIntent::kInsert, registrar));
  daftar::CommitOptions officer;
  officer.actor = "n.karimi";
  for (const auto& [permit, act, day] :
       {std::tuple{"B-1400-1", "renew", kToday}, std::tuple{"B-1400-1", "renew", "2025-09-01"},
        std::tuple{"G-2022-1", "renew", kToday}, std::tuple{"B-1404-1", "issue", kToday}}) {
    const daftar::MayAnswer answer =
        Need(database.May("permit", {permit}, act, officer, Need(daftar::ReadDate(day))));
    Say({permit, act, day, answer.allowed ? "yes" : "no", answer.from, "to", answer.to});
    for (const std::string& obstacle : answer.obstacles) Say({"  ", obstacle});
  }
}

}  // namespace

void AskWithRules(Book& book) {
  WhatBreaksRules(book);
  MayIt(book);
}

}  // namespace questions
