// What breaks the rules of a schema: docs/rules.md.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "daftar/ids.h"

namespace daftar {

// One record that breaks one rule.
struct RuleViolation {
  std::string table;
  std::string key;   // as people read it: "IRZBR, 12"
  std::string kind;  // of the rule: "reference", "check", "exclusive", "sumsTo", "lifecycle", …
  std::string rule;  // its name
  std::string text;  // what is wrong, with the values, and what is allowed
  // The record that it conflicts with; empty where there is none.
  std::string other_table;
  std::string other_key;
  // Whether commits that break the rule go through nonetheless.
  bool reported_only = false;
};

struct AuditOptions {
  // Only this table; empty: all.
  std::string table = {};
  // Only these rules, by name; empty: all.
  std::vector<std::string> rules = {};
  // Violations that are listed; all are counted.
  uint64_t violations_max = 1000;
  // Called now and then with the records looked at so far; false ends the audit.
  std::function<bool(uint64_t records)> progress = nullptr;
};

struct AuditReport {
  CommitVersion version;  // the state that was looked at
  uint64_t records = 0;   // of tables with rules
  uint64_t rules = 0;     // that were run
  uint64_t violation_count = 0;
  std::vector<RuleViolation> violations;
  bool complete = true;  // false: ended by `progress`
};

// Whether an act is possible, and what stands in its way.
struct MayAnswer {
  bool allowed = false;
  std::string from;  // the state the record is in, a derived one included
  std::string to;    // the state the act leads to
  // What stands in the way, one sentence each.
  std::vector<std::string> obstacles;
  // What of it holds the act up: rules that the record would break in its new state.
  std::vector<RuleViolation> violations;
  // The acts that start from the state, whoever may do them.
  std::vector<std::string> acts;
};

}  // namespace daftar
