// How violations of rules are printed.
#pragma once

#include <string>
#include <vector>

#include "daftar/rules.h"

namespace daftar::cli {

// One line for each, and how many of `count` are not listed.
std::string ViolationsText(const std::vector<RuleViolation>& violations, uint64_t count);
// A JSON array.
std::string ViolationsJson(const std::vector<RuleViolation>& violations);

}  // namespace daftar::cli
