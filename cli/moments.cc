#include "cli/moments.h"

#include <map>

#include "absl/strings/str_cat.h"

namespace daftar::cli {
namespace {

std::string Quoted(std::string_view text) { return Value(text).ToJson(); }

// A part that is not set is shown as a dash.
std::string_view OrDash(const std::string& json) {
  return json.empty() ? std::string_view("-") : json;
}
std::string_view OrNull(const std::string& json) {
  return json.empty() ? std::string_view("null") : json;
}

}  // namespace

void AddAsOf(CLI::App* command, std::string* moment) {
  command->add_option(
      "--as-of", *moment,
      "read as of a moment: a commit's number, 2024-09-05 or 1403/06/15 (the end of "
      "that day, UTC), 2024-09-05T14:00:00+03:30");
}

absl::StatusOr<ReadView> ViewAt(const Database& database, const std::string& moment) {
  if (moment.empty()) return database.View();
  const auto as_of = AsOf::Parse(moment);
  if (!as_of.ok()) return as_of.status();
  return database.View(*as_of);
}

void AddStatement(CLI::App* command, CommitOptions* options) {
  command->add_option("--actor", options->actor, "who makes the change; kept in the journal")
      ->envname("DAFTAR_ACTOR");
  command->add_option("--reason", options->reason, "why");
  command->add_option("--decision", options->decision, "the key of the decision it rests on");
}

void AddCalendar(CLI::App* command, Calendar* calendar) {
  const std::map<std::string, Calendar> calendars = {{"gregorian", Calendar::kGregorian},
                                                     {"solar-hijri", Calendar::kSolarHijri},
                                                     {"hijri", Calendar::kHijri}};
  command
      ->add_option("--calendar", *calendar,
                   "print dates so: gregorian (2025-08-03), solar-hijri (1404/05/12) or hijri "
                   "(1447-02-09 AH, Umm al-Qura)")
      ->transform(CLI::CheckedTransformer(calendars))
      ->default_str("gregorian");
}

std::string TimeText(const std::optional<Instant>& time, Calendar calendar) {
  return time.has_value() ? InstantText(*time, calendar) : "unknown";
}

std::string CommitText(const CommitInfo& commit, Calendar calendar) {
  std::string text =
      absl::StrCat("commit ", commit.version.value(), ", ", TimeText(commit.time, calendar));
  if (!commit.actor.empty()) absl::StrAppend(&text, ", by ", commit.actor);
  if (!commit.reason.empty()) absl::StrAppend(&text, ": ", commit.reason);
  if (!commit.decision.empty()) absl::StrAppend(&text, " (decision ", commit.decision, ")");
  return text;
}

std::string CommitJson(const CommitInfo& commit, Calendar calendar) {
  std::string json = absl::StrCat("\"commit\":", commit.version.value());
  if (commit.time.has_value()) {
    absl::StrAppend(&json, ",\"time\":", Quoted(InstantText(*commit.time, calendar)));
  }
  if (!commit.actor.empty()) absl::StrAppend(&json, ",\"actor\":", Quoted(commit.actor));
  if (!commit.reason.empty()) absl::StrAppend(&json, ",\"reason\":", Quoted(commit.reason));
  if (!commit.decision.empty()) absl::StrAppend(&json, ",\"decision\":", Quoted(commit.decision));
  return json;
}

std::string KeyText(const Key& key, Calendar calendar) {
  std::string text;
  for (const Value& value : key) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", InCalendar(value, calendar).ToString());
  }
  return text;
}

std::string KeyJson(const Key& key, Calendar calendar) {
  std::string json;
  for (const Value& value : key) {
    absl::StrAppend(&json, json.empty() ? "" : ",", InCalendar(value, calendar).ToJson());
  }
  return absl::StrCat("[", json, "]");
}

std::string ChangesText(const std::vector<FieldChange>& changes) {
  std::string text;
  for (const FieldChange& change : changes) {
    absl::StrAppend(&text, "  ", change.path, ": ", OrDash(change.before), " -> ",
                    OrDash(change.after), "\n");
  }
  return text;
}

std::string ChangesJson(const std::vector<FieldChange>& changes) {
  std::string json;
  for (const FieldChange& change : changes) {
    absl::StrAppend(&json, json.empty() ? "" : ",", "{\"path\":", Quoted(change.path),
                    ",\"before\":", OrNull(change.before), ",\"after\":", OrNull(change.after),
                    "}");
  }
  return absl::StrCat("[", json, "]");
}

}  // namespace daftar::cli
