#include "slt/runner.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "slt/md5.h"

namespace daftar::slt {
namespace {

constexpr size_t kFailuresShown = 5;

// The first words in capitals, single-spaced.
std::string Beginning(const std::string& sql, size_t count) {
  std::vector<std::string> words =
      absl::StrSplit(absl::AsciiStrToUpper(sql), absl::ByAnyChar(" \n\t"), absl::SkipEmpty());
  words.resize(std::min(words.size(), count));
  return absl::StrJoin(words, " ");
}

bool ChangesSchema(const std::string& sql) {
  const std::string words = Beginning(sql, 2);
  for (const char* known :
       {"CREATE TABLE", "CREATE INDEX", "CREATE UNIQUE", "DROP TABLE", "DROP INDEX"}) {
    if (words == known) return true;
  }
  return false;
}

// As the test's own harness shows a value.
std::string Shown(const Value& value, char type) {
  if (value.is_null()) return "NULL";
  const auto* real = value.get_if<double>();
  if (type == 'I') {
    if (real != nullptr) return absl::StrCat(static_cast<int64_t>(*real));
    return absl::StrCat(std::strtoll(value.ToString().c_str(), nullptr, 10));
  }
  if (type == 'R') {
    return absl::StrFormat(
        "%.3f", real != nullptr ? *real : std::strtod(value.ToString().c_str(), nullptr));
  }
  std::string text = value.ToString();
  if (text.empty()) return "(empty)";
  for (char& c : text) {
    if (c < ' ' || c > '~') c = '@';
  }
  return text;
}

void Sort(const Record& record, std::vector<std::string>* values) {
  if (record.sort == Record::Sort::kValues) std::sort(values->begin(), values->end());
  if (record.sort != Record::Sort::kRows) return;
  const size_t width = record.types.size();
  std::vector<std::vector<std::string>> rows;
  for (size_t i = 0; i + width <= values->size(); i += width) {
    rows.emplace_back(values->begin() + static_cast<std::ptrdiff_t>(i),
                      values->begin() + static_cast<std::ptrdiff_t>(i + width));
  }
  std::sort(rows.begin(), rows.end());
  values->clear();
  for (auto& row : rows) values->insert(values->end(), row.begin(), row.end());
}

std::string Hash(const std::vector<std::string>& values) {
  std::string all;
  for (const std::string& value : values) absl::StrAppend(&all, value, "\n");
  return absl::StrCat(values.size(), " values hashing to ", Md5(all));
}

}  // namespace

absl::StatusOr<Counts> Runner::Run(std::string_view script) {
  const auto records = ParseScript(script);
  if (!records.ok()) return records.status();
  for (const Record& record : *records) {
    if (record.kind == Record::Kind::kHalt) {
      if (record.for_others) continue;
      break;
    }
    if (record.for_others) {
      ++counts_.skipped["for other engines"];
    } else if (!unsupported_.empty()) {
      ++counts_.skipped[unsupported_];
    } else {
      RunRecord(record);
    }
  }
  return std::move(counts_);
}

void Runner::Fail(const Record& record, std::string_view what) {
  ++counts_.failed;
  if (counts_.failures.size() < kFailuresShown) {
    counts_.failures.push_back(absl::StrCat("line ", record.line, ": ", record.sql, "\n", what));
  }
}

void Runner::RunRecord(const Record& record) {
  if (record.kind == Record::Kind::kQuery) return RunQuery(record);
  if (Beginning(record.sql, 2) == "CREATE TRIGGER" || Beginning(record.sql, 1) == "REINDEX") {
    ++counts_.skipped[absl::StrCat(Beginning(record.sql, 2), " on our tables")];
    return;
  }
  const absl::Status status = Execute(record.sql);
  if (absl::IsUnimplemented(status)) {
    unsupported_ = std::string(status.message());
    ++counts_.skipped[unsupported_];
  } else if (status.ok() == record.must_fail) {
    Fail(record, status.ok() ? "went through" : status.message());
  } else {
    ++counts_.passed;
  }
}

absl::Status Runner::Execute(const std::string& sql) {
  if (ChangesSchema(sql)) {
    if (absl::Status status = schema_.Apply(sql); !status.ok()) return status;
    return Rebuild();
  }
  if (!sql_.has_value()) return absl::InvalidArgumentError("there is no table");
  std::string text = sql;
  const bool makes_view = Beginning(sql, 2) == "CREATE VIEW";
  if (makes_view) {
    text = absl::StrCat("CREATE TEMP ", text.substr(absl::AsciiStrToUpper(text).find("VIEW")));
  }
  auto statement = sql_->Prepare(text);
  if (!statement.ok()) return statement.status();
  while (true) {
    const auto more = statement->Next();
    if (!more.ok()) return more.status();
    if (!*more) break;
  }
  if (makes_view) views_.push_back(text);
  return absl::OkStatus();
}

absl::Status Runner::Rebuild() {
  auto text = schema_.ToCapnp();
  if (!text.ok()) return text.status();
  std::unique_ptr<Database> before = std::move(database_);
  sql_.reset();
  if (schema_.empty()) return absl::OkStatus();
  const std::filesystem::path file = scratch_ / "schema.capnp";
  std::ofstream(file, std::ios::trunc) << *text;
  OpenOptions options;
  options.in_memory = true;
  auto made = Database::Create(scratch_ / "db", {file, {}}, options);
  if (!made.ok()) return made.status();
  database_ = *std::move(made);
  const std::vector<std::string> tables = database_->TableNames();
  Batch rows = database_->NewBatch();
  for (const std::string& table : before == nullptr ? std::vector<std::string>() : tables) {
    auto cursor = before->Run(Query(table));
    if (absl::IsNotFound(cursor.status())) continue;  // the new one
    if (!cursor.ok()) return cursor.status();
    while (true) {
      const auto more = cursor->Next();
      if (!more.ok()) return more.status();
      if (!*more) break;
      const auto json = cursor->ToJson();
      if (!json.ok()) return json.status();
      if (absl::Status status = rows.Put(table, *json); !status.ok()) return status;
    }
  }
  if (auto committed = database_->Commit(std::move(rows)); !committed.ok()) {
    return committed.status();
  }
  SqlOptions sql_options;
  sql_options.writable = true;
  auto connection = SqlConnection::Open(*database_, sql_options);
  if (!connection.ok()) return connection.status();
  sql_.emplace(*std::move(connection));
  for (const std::string& view : views_) {
    auto statement = sql_->Prepare(view);
    if (!statement.ok()) return statement.status();
    if (auto done = statement->Next(); !done.ok()) return done.status();
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> Runner::Values(const Record& record) {
  if (!sql_.has_value()) return absl::InvalidArgumentError("there is no table");
  auto statement = sql_->Prepare(record.sql);
  if (!statement.ok()) return statement.status();
  const size_t width = statement->columns().size();
  if (width != record.types.size()) {
    return absl::InvalidArgumentError(absl::StrCat("columns given: ", width));
  }
  std::vector<std::string> values;
  while (true) {
    const auto more = statement->Next();
    if (!more.ok()) return more.status();
    if (!*more) return values;
    for (size_t i = 0; i < width; ++i) {
      values.push_back(Shown(statement->value(i), record.types[i]));
    }
  }
}

void Runner::RunQuery(const Record& record) {
  auto values = Values(record);
  if (!values.ok()) return Fail(record, values.status().message());
  Sort(record, &*values);
  const bool hashed = record.expected.size() == 1 &&
                      absl::StrContains(record.expected.front(), " values hashing to ");
  const std::vector<std::string> given =
      hashed ? std::vector<std::string>{Hash(*values)} : *std::move(values);
  if (given == record.expected) {
    ++counts_.passed;
  } else {
    Fail(record, absl::StrCat("expected: ", absl::StrJoin(record.expected, " "),
                              "\ngiven:    ", absl::StrJoin(given, " ")));
  }
}

}  // namespace daftar::slt
