#include "rules/identifiers.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "identifier/canonical.h"
#include "index/entries.h"
#include "rules/violation.h"

namespace daftar::rules {
namespace {

// A number and the name of its scheme.
using Number = std::pair<std::string, std::string>;

// As an index would have them: its entries are the numbers of a record, each once.
catalog::IndexDef ShapeOf(const catalog::IdentifierDef& rule) {
  catalog::IndexDef shape;
  const auto add = [&](const record::FieldPath& path) {
    catalog::Term& term = shape.on.emplace_back();
    term.path = path;
    term.part.type = codec::KeyType::kText;
    term.part.nulls = codec::Nulls::kFirst;
  };
  add(rule.value);
  if (rule.scheme_path.has_value()) add(*rule.scheme_path);
  return shape;
}

absl::StatusOr<std::vector<Number>> NumbersOf(const catalog::IdentifierDef& rule,
                                              const record::Message* record) {
  std::vector<Number> numbers;
  if (record == nullptr) return numbers;
  const catalog::IndexDef shape = ShapeOf(rule);
  DAFTAR_ASSIGN_OR_RETURN(const std::vector<index::Entry> entries,
                          index::EntriesUnder("", shape, "", *record));
  for (const index::Entry& entry : entries) {
    if (entry.has_null) continue;
    std::string_view tuple = entry.key.view();
    DAFTAR_ASSIGN_OR_RETURN(std::vector<OwnedScalar> values,
                            codec::TakeTuple(catalog::PartsOf(shape.on), &tuple));
    numbers.emplace_back(std::get<std::string>(values[0]),
                         values.size() > 1 ? std::get<std::string>(values[1]) : rule.scheme);
  }
  return numbers;
}

}  // namespace

absl::Status CheckIdentifiers(const Change& change, const Report& report) {
  for (const catalog::IdentifierDef& rule : change.table.rules.identifiers) {
    DAFTAR_ASSIGN_OR_RETURN(const std::vector<Number> numbers, NumbersOf(rule, change.after));
    DAFTAR_ASSIGN_OR_RETURN(const std::vector<Number> before, NumbersOf(rule, change.before));
    for (const Number& number : numbers) {
      if (std::find(before.begin(), before.end(), number) != before.end()) continue;
      // What an authority counts by a scheme of its own is its own affair.
      const auto scheme = identifier::FindScheme(number.second);
      if (!scheme.has_value()) continue;
      const absl::Status fault = identifier::Canonical(*scheme, number.first).status();
      if (fault.ok()) continue;
      RuleViolation violation =
          NewViolation(change.table, change.key, "identifier", rule.name, rule.policy);
      violation.text = absl::StrCat(rule.value.text(), " '", number.first, "': ", fault.message());
      const auto& reported = rule.reported;
      if (std::find(reported.begin(), reported.end(), number.second) != reported.end()) {
        violation.reported_only = true;
      }
      report(std::move(violation));
    }
  }
  return absl::OkStatus();
}

}  // namespace daftar::rules
