// Options that several commands share: the moment to read at, and what a commit states.
#pragma once

#include <string>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "daftar/database.h"

namespace daftar::cli {

// --as-of MOMENT.
void AddAsOf(CLI::App* command, std::string* moment);
// The view at that moment, or the newest when none was given. Errors: those of AsOf::Parse and
// Database::View.
absl::StatusOr<ReadView> ViewAt(const Database& database, const std::string& moment);

// --actor, --reason, --decision; the actor also from DAFTAR_ACTOR.
void AddStatement(CLI::App* command, CommitOptions* options);

// --calendar NAME: the calendar that dates are printed in.
void AddCalendar(CLI::App* command, Calendar* calendar);

// "2024-09-05T10:30:00Z", or "unknown".
std::string TimeText(const std::optional<Instant>& time, Calendar calendar = Calendar::kGregorian);
// What a commit states, for people: "commit 12, 2024-09-05T10:30:00Z, by registrar: renewed
// (decision 7/12)".
std::string CommitText(const CommitInfo& commit, Calendar calendar = Calendar::kGregorian);
// The members of a JSON object, without its braces.
std::string CommitJson(const CommitInfo& commit, Calendar calendar = Calendar::kGregorian);

// A key for people, "IR-1, 12", and as a JSON array.
std::string KeyText(const Key& key, Calendar calendar = Calendar::kGregorian);
std::string KeyJson(const Key& key, Calendar calendar = Calendar::kGregorian);
// Each change as an indented line, and all as a JSON array.
std::string ChangesText(const std::vector<FieldChange>& changes);
std::string ChangesJson(const std::vector<FieldChange>& changes);

}  // namespace daftar::cli
