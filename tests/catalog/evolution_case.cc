#include "catalog/evolution_case.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "catalog/resolve.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

std::string Summary(const SchemaCheck& check) {
  return absl::StrJoin(check.findings, ", ", [](std::string* out, const SchemaFinding& finding) {
    absl::StrAppend(out, finding.rule, " ", finding.place);
  });
}

}  // namespace

ParsedTables ParseBody(const std::string& body) {
  constexpr const char* kHead =
      "@0xa1b2c3d4e5f60718;\nusing Daftar = import \"/daftar/daftar.capnp\";\n";
  constexpr const char* kWell =
      "struct Well @0xb0d4f8f1a8c6e101 $Daftar.table(name = \"well\", key = [\"district\"]) {\n"
      "district @0 :Text;\n";
  const bool whole = absl::StrContains(body, "$Daftar.table");
  const std::string text =
      whole ? absl::StrCat(kHead, body) : absl::StrCat(kHead, kWell, body, "}");
  INFO(text);
  ParsedTables parsed;
  REQUIRE_OK_AND_ASSIGN(parsed.types, record::SchemaSet::ParseText("wells.capnp", text));
  REQUIRE_OK_AND_ASSIGN(parsed.tables, catalog::ResolveTables(parsed.types));
  return parsed;
}

void CheckEvolutionCase(const EvolutionCase& test) {
  CAPTURE(test.name);
  const ParsedTables from = ParseBody(test.from);
  const ParsedTables to = ParseBody(test.to);
  REQUIRE_OK_AND_ASSIGN(const SchemaCheck check, catalog::CheckEvolution(from.side(), to.side()));
  CHECK(Summary(check) == test.findings);
  CHECK(check.verdict == test.verdict);
  Verdict gravest = Verdict::kSafe;
  for (const SchemaFinding& finding : check.findings) {
    gravest = std::max(gravest, finding.verdict);
    CHECK_FALSE(finding.message.empty());
  }
  CHECK(gravest == test.verdict);

  const absl::Status wire = record::SchemaSet::CheckWireCompatible(*from.types, *to.types);
  INFO("loader: " << wire.ToString());
  CHECK((wire.ok() || check.verdict == Verdict::kForbidden));

  for (const ParsedTables* same : {&from, &to}) {
    REQUIRE_OK_AND_ASSIGN(const SchemaCheck nothing,
                          catalog::CheckEvolution(same->side(), same->side()));
    CHECK(Summary(nothing).empty());
    CHECK(nothing.verdict == Verdict::kSafe);
  }
}

}  // namespace daftar::testing
