// A table with every kind of index, random rows and questions, and what a plain loop over the rows
// answers.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "daftar/query.h"

namespace daftar::testing {

extern const char* const kRowSchema;

struct Part {
  std::optional<std::string> name;
  int n = 0;
};

struct Row {
  uint32_t id = 0;
  std::optional<int> a;
  std::optional<std::string> s;
  int e = 0;
  int u = 0;
  double f = 0;
  std::vector<std::string> tags;
  std::vector<Part> parts;
};

std::string ToJson(const Row& row);

class Random {
 public:
  explicit Random(uint32_t seed) : random_(seed) {}
  int Below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }
  std::string Text();
  double Float();
  Row MakeRow(uint32_t id);

 private:
  std::mt19937 random_;
};

// A condition for the engine and for the model. `group`: 0 the row, 1 its tags, 2 its parts;
// conditions of one group must be met by one element.
struct ModelCondition {
  std::string text;
  int group = 0;
  std::function<bool(const Row&, size_t element)> met;
};

// How an order compares two rows; nulls first when ascending.
struct ModelOrder {
  std::string path;
  bool descending = false;
  std::function<int(const Row&, const Row&)> compare;
};

// A question, for the engine and for the model.
struct RandomQuestion {
  std::vector<ModelCondition> conditions;
  std::vector<std::vector<ModelCondition>> alternatives;  // not empty: one must be met
  std::vector<ModelOrder> orders;
  Query query = Query("row");

  bool Matches(const Row& row) const;
  // In the order asked for, then by id.
  bool Before(const Row& x, const Row& y) const;
  // The conditions, for messages.
  std::string ToString() const;
};

// Its first column is the id.
RandomQuestion RandomQuery(Random& random);

// The rows that meet the question, in its order.
std::vector<Row> Answer(const RandomQuestion& question, const std::vector<Row>& rows);

}  // namespace daftar::testing
