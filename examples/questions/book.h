// What the questions share: the book they are asked of, and how answers are printed.
#pragma once

#include <daftar/database.h>

#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace questions {

// "Today" of all questions.
inline constexpr const char* kToday = "2025-12-01";

// The value, or the end of the program with the error: an application hands it on instead.
template <typename T>
T Need(absl::StatusOr<T> value) {
  if (value.ok()) return *std::move(value);
  std::cerr << "questions: " << value.status().message() << "\n";
  std::exit(1);
}
void Need(const absl::Status& status);

using Row = std::vector<daftar::Value>;

class Book {
 public:
  // Makes a database in `directory` and fills it from the folder `examples` of the sources.
  Book(const std::string& directory, const std::string& examples);

  daftar::Database& database() { return *database_; }
  // A file of the examples.
  std::string File(std::string_view name) const { return examples_ + "/" + std::string(name); }

  // Begins an answer.
  void Question(int number, std::string_view text);
  // Runs a query, prints how it was answered, and gives its rows.
  std::vector<Row> Ask(const daftar::Query& query);
  // A value of a record; null when there is no such record.
  daftar::Value Look(const std::string& table, const daftar::Value& key, const std::string& path);

 private:
  const std::string examples_;
  const std::unique_ptr<daftar::Database> database_;
};

// Prints one line: values with two spaces between them, nulls as "-".
void Say(const Row& row);
void SayAll(const std::vector<Row>& rows);

// The day as a number, for comparing and counting. Requires: the value is a date.
int32_t DayOf(const daftar::Value& value);
int64_t IntegerOf(const daftar::Value& value);

// The questions, by who asks.
void AskAtCounter(Book& book);
void AskForCommission(Book& book);
void AskAsAuditor(Book& book);
void AskWithRules(Book& book);

}  // namespace questions
