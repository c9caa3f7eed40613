// Database::ApplySchema.

#include "api/state.h"
#include "base/status.h"
#include "catalog/evolution_rules.h"
#include "io/rule_audit.h"
#include "io/schema_change.h"

namespace daftar {
namespace {

// The names of the rules that a change brings.
std::vector<std::string> NewRules(const SchemaCheck& check) {
  std::vector<std::string> names;
  for (const SchemaFinding& finding : check.findings) {
    if (finding.rule != static_cast<int>(catalog::Rule::kRuleAdded) &&
        finding.rule != static_cast<int>(catalog::Rule::kRuleChanged)) {
      continue;
    }
    // "check fee": behind the kind stands the name.
    names.push_back(finding.place.substr(finding.place.find(' ') + 1));
  }
  return names;
}

}  // namespace

absl::StatusOr<SchemaChangeReport> Database::ApplySchema(const SchemaFile& schema,
                                                         const SchemaChangeOptions& options) {
  if (!options.dry_run) DAFTAR_RETURN_IF_ERROR(internal::CheckWritable(*state_));
  DAFTAR_ASSIGN_OR_RETURN(auto types, internal::ParseSchema(schema));
  absl::MutexLock lock(&state_->schema_mutex);
  const SchemaVersion before = state_->core->catalog()->version;
  DAFTAR_ASSIGN_OR_RETURN(SchemaChangeReport report,
                          io::ChangeSchema(state_->core.get(), std::move(types), options));
  AuditOptions audit;
  audit.rules = NewRules(report.check);
  // A schema that is not in force yet has no rules.
  if (options.dry_run || report.schema == before || audit.rules.empty()) return report;
  // The rules bind commits by now: what breaks them was there before.
  audit.violations_max = options.violations_max;
  DAFTAR_ASSIGN_OR_RETURN(AuditReport found, io::AuditRules(state_->core->View(), true,
                                                            internal::SpillFolder(*state_), audit));
  report.rule_violations = std::move(found.violations);
  report.rule_violation_count = found.violation_count;
  if (found.violation_count > 0) report.complete = false;
  return report;
}

}  // namespace daftar
