#include "rules/checker.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "codec/keyspace.h"
#include "rules/exclusives.h"
#include "rules/identifiers.h"
#include "rules/lifecycles.h"
#include "rules/references.h"
#include "rules/sums.h"
#include "rules/violation.h"

namespace daftar::rules {
namespace {

absl::Status CheckConditions(const Change& change, const Report& report) {
  if (change.after == nullptr) return absl::OkStatus();
  for (const catalog::CheckDef& check : change.table.rules.checks) {
    if (check.condition == nullptr) {
      return FailedPrecondition("the table has conditions in SQL, which nothing here evaluates")
          .With("table", change.table.name)
          .With("rule", check.name);
    }
    auto answer = check.condition->Evaluate(*change.after);
    if (!answer.ok()) return WithContext(answer.status(), "rule", check.name);
    if (answer->holds) continue;
    RuleViolation violation =
        NewViolation(change.table, change.key, "check", check.name, check.policy);
    violation.text = absl::StrCat("the record does not meet ", check.expression,
                                  answer->values.empty() ? "" : "; it has ", answer->values);
    report(std::move(violation));
  }
  return absl::OkStatus();
}

void CheckPermanent(const Change& change, const Report& report) {
  if (change.after != nullptr || !change.table.rules.permanent) return;
  RuleViolation violation = NewViolation(change.table, change.key, "permanent", "permanent");
  violation.text = "records of the table are never deleted; give it another state";
  report(std::move(violation));
}

}  // namespace

std::string_view Change::primary_key() const {
  return key.substr(codec::RecordPrefix(table.id).size());
}

absl::Status CheckChangeAlone(const Context& context, const Change& change, const Report& report) {
  CheckPermanent(change, report);
  DAFTAR_RETURN_IF_ERROR(CheckLifecycles(context, change, report));
  DAFTAR_RETURN_IF_ERROR(CheckConditions(change, report));
  DAFTAR_RETURN_IF_ERROR(CheckIdentifiers(change, report));
  return CheckOwnSums(change, report);
}

absl::Status CheckChange(const Context& context, const Change& change, const Report& report) {
  DAFTAR_RETURN_IF_ERROR(CheckChangeAlone(context, change, report));
  DAFTAR_RETURN_IF_ERROR(CheckReferences(context, change, report));
  DAFTAR_RETURN_IF_ERROR(CheckReferrers(context, change, report));
  DAFTAR_RETURN_IF_ERROR(CheckExclusives(context, change, report));
  return CheckSums(context, change, report);
}

absl::Status CheckRecord(const Change& change, const Report& report) {
  DAFTAR_RETURN_IF_ERROR(CheckStates(change, report));
  DAFTAR_RETURN_IF_ERROR(CheckConditions(change, report));
  DAFTAR_RETURN_IF_ERROR(CheckIdentifiers(change, report));
  return CheckOwnSums(change, report);
}

absl::Status RefuseChange(const Context& context, const Change& change) {
  FirstRefusal first;
  DAFTAR_RETURN_IF_ERROR(CheckChange(
      context, change, [&](RuleViolation violation) { first.Take(std::move(violation)); }));
  return first.status();
}

}  // namespace daftar::rules
