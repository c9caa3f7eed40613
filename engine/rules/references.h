// $reference: the values of some fields are the key of a record.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rules/context.h"

namespace daftar::rules {

// The keys of the records, whole as stored, that `record` refers to by `rule`, sorted, each once.
// `target` is the rule's table. Errors: ResourceExhausted, DataLoss.
absl::StatusOr<std::vector<std::string>> ReferredKeys(const catalog::ReferenceDef& rule,
                                                      const catalog::TableDef& target,
                                                      const record::Message& record);

// That `key`, to which a record refers, is of no record.
RuleViolation DanglingReference(const catalog::TableDef& table, std::string_view key,
                                const catalog::ReferenceDef& rule, const catalog::TableDef& target,
                                std::string_view target_key);

// Whether what the record refers to newly is there.
absl::Status CheckReferences(const Context& context, const Change& change, const Report& report);
// Whether somebody still refers to a record that is deleted.
absl::Status CheckReferrers(const Context& context, const Change& change, const Report& report);

}  // namespace daftar::rules
