#include "rules/violation.h"

#include "absl/strings/cord.h"
#include "base/status.h"
#include "codec/keyspace.h"
#include "daftar/value.h"
#include "index/stored_record.h"

namespace daftar::rules {
namespace {

constexpr std::string_view kRefusalMark = "daftar/rule";

}  // namespace

RuleViolation NewViolation(const catalog::TableDef& table, std::string_view key,
                           std::string_view kind, std::string_view name,
                           catalog::RulePolicy policy) {
  RuleViolation violation;
  violation.table = table.name;
  violation.key = index::DescribeKey(table, key.substr(codec::RecordPrefix(table.id).size()));
  violation.kind = std::string(kind);
  violation.rule = std::string(name);
  violation.reported_only = policy == catalog::RulePolicy::kReport;
  return violation;
}

void SetOther(const catalog::TableDef& table, std::string_view primary_key,
              RuleViolation* violation) {
  violation->other_table = table.name;
  violation->other_key = index::DescribeKey(table, primary_key);
}

absl::Status Refusal(const RuleViolation& violation) {
  absl::Status status = FailedPrecondition(violation.text)
                            .With("rule", violation.rule)
                            .With("table", violation.table)
                            .With("key", violation.key);
  if (!violation.other_table.empty() && violation.other_table != violation.table) {
    status = WithContext(status, "other table", violation.other_table);
  }
  if (!violation.other_table.empty()) {
    status = WithContext(status, "other key", violation.other_key);
  }
  status.SetPayload(kRefusalMark, absl::Cord());
  return status;
}

bool IsRefusal(const absl::Status& status) { return status.GetPayload(kRefusalMark).has_value(); }

std::string DayText(int64_t day) { return Value(Date{static_cast<int32_t>(day)}).ToString(); }

}  // namespace daftar::rules
