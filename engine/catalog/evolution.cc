#include "catalog/evolution.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "catalog/evolution_rules.h"
#include "catalog/evolution_tables.h"
#include "catalog/evolution_types.h"
#include "record/kj_fence.h"

namespace daftar::catalog {

void Findings::Add(Rule rule, std::string place, std::string message) {
  const Verdict verdict = VerdictOf(rule);
  check_.verdict = std::max(check_.verdict, verdict);
  check_.findings.push_back(
      {verdict, static_cast<int>(rule), std::move(place), std::move(message)});
}

SchemaCheck Findings::Take() && {
  std::stable_sort(
      check_.findings.begin(), check_.findings.end(),
      [](const SchemaFinding& a, const SchemaFinding& b) { return a.verdict > b.verdict; });
  return std::move(check_);
}

namespace {

absl::StatusOr<SchemaCheck> Compare(const SchemaSide& from, const SchemaSide& to) {
  Findings findings;
  CompareTables(from, to, &findings);
  DAFTAR_RETURN_IF_ERROR(CompareTypes(from, to, &findings));
  // The rules above name the mistake; this one is the guarantee that none slips through.
  const absl::Status wire = record::SchemaSet::CheckWireCompatible(from.types, to.types);
  if (!wire.ok() && !findings.forbidden()) {
    findings.Add(Rule::kRefusedByLoader, "schema",
                 absl::StrCat("Cap'n Proto could not read stored records with it; take the changes "
                              "in several steps, or undo them; ",
                              wire.message()));
  }
  return std::move(findings).Take();
}

}  // namespace

absl::StatusOr<SchemaCheck> CheckEvolution(const SchemaSide& from, const SchemaSide& to) {
  return record::Fenced(absl::StatusCode::kInternal, "schema does not read",
                        [&] { return Compare(from, to); });
}

}  // namespace daftar::catalog
