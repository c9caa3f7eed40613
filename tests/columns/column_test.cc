// Columns against the values they were made of.
#include "columns/column.h"

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <limits>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "columns/chunk.h"

namespace daftar {
namespace {

using columns::Chunk;
using columns::ChunkBuilder;
using columns::Column;
using columns::Selection;
using record::Condition;

class Random {
 public:
  explicit Random(uint32_t seed) : random_(seed) {}
  int Below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }
  uint64_t Bits() { return random_(); }

 private:
  std::mt19937_64 random_;
};

// How values of one column are drawn: `kind` is the alternative, `width` how far apart they are.
struct Domain {
  int kind = 0;
  int width = 0;
  bool has_nulls = false;
};

OwnedScalar Draw(const Domain& domain, Random& random) {
  const uint64_t bits = random.Bits();
  const uint64_t mask = domain.width >= 64 ? ~uint64_t{0} : (uint64_t{1} << domain.width) - 1;
  switch (domain.kind) {
    case 0:
      return (bits & 1) != 0;
    case 1: {
      // Around zero, and at both ends.
      if (random.Below(50) == 0) return std::numeric_limits<int64_t>::min();
      if (random.Below(50) == 0) return std::numeric_limits<int64_t>::max();
      return static_cast<int64_t>(bits & mask) - static_cast<int64_t>(mask >> 1);
    }
    case 2:
      return bits & mask;
    case 3:
      if (random.Below(20) == 0) return std::numeric_limits<double>::quiet_NaN();
      return static_cast<double>(static_cast<int64_t>(bits & mask)) / 4 - 8;
    default:
      return std::string(static_cast<size_t>(random.Below(4)), 'a') + std::to_string(bits & mask);
  }
}

Condition DrawCondition(const Domain& domain, Random& random) {
  Condition condition;
  condition.op = static_cast<Operator>(1 + random.Below(10));
  if (condition.op == Operator::kStartsWith && domain.kind < 4) condition.op = Operator::kEqual;
  int operands = 1;
  if (condition.op == Operator::kIn) operands = random.Below(4);
  if (condition.op == Operator::kIsNull || condition.op == Operator::kIsNotNull) operands = 0;
  for (int i = 0; i < operands; ++i) condition.operands.push_back(Draw(domain, random));
  return condition;
}

TEST_CASE("column: gives back its values and keeps the rows that meet a condition",
          "[columns][property]") {
  const uint32_t seed = Catch::getSeed();
  CAPTURE(seed);
  Random random(seed);
  constexpr int kWidths[] = {0, 2, 7, 15, 31, 50, 62};
  for (int round = 0; round < 400; ++round) {
    const Domain domain{random.Below(5), kWidths[random.Below(7)], random.Below(2) == 0};
    std::vector<OwnedScalar> owned(static_cast<size_t>(1 + random.Below(700)));
    for (OwnedScalar& value : owned) {
      if (!domain.has_nulls || random.Below(5) != 0) value = Draw(domain, random);
    }
    std::vector<Scalar> values;
    for (const OwnedScalar& value : owned) values.push_back(ToView(value));
    const Column column = Column::Make(values);
    CAPTURE(domain.kind, domain.width, domain.has_nulls);
    for (size_t row = 0; row < values.size(); ++row) {
      CAPTURE(row);
      REQUIRE(column.At(row).index() == values[row].index());
      if (!IsNull(values[row])) {
        REQUIRE(record::CompareScalars(column.At(row), values[row]) == 0);
      }
    }
    for (int i = 0; i < 20; ++i) {
      const Condition condition = DrawCondition(domain, random);
      CAPTURE(static_cast<int>(condition.op));
      Selection rows, expected;
      for (uint32_t row = 0; row < values.size(); ++row) {
        if (random.Below(4) == 0) continue;
        rows.push_back(row);
        if (record::Meets(condition, values[row])) expected.push_back(row);
      }
      column.Keep(condition, &rows);
      REQUIRE(rows == expected);
    }
  }
}

TEST_CASE("column: few bytes for numbers near each other and for repeated text", "[columns]") {
  std::vector<Scalar> numbers, texts;
  for (int i = 0; i < 512; ++i) {
    numbers.emplace_back(int64_t{1'700'000'000'000} + i % 200);
    texts.emplace_back(std::string_view(i % 3 == 0 ? "a rather long text that comes again" : "b"));
  }
  const size_t empty = Column::Make({}).bytes();
  CHECK(Column::Make(numbers).bytes() <= empty + 512);
  CHECK(Column::Make(texts).bytes() <= empty + 512 + 64);
}

TEST_CASE("chunk: keys come back whole", "[columns]") {
  ChunkBuilder builder(1);
  const std::vector<std::string> keys = {"park/1", "park/10", "park/2", "parl"};
  for (const std::string& key : keys) builder.Add(key, {Scalar(true)});
  const Chunk chunk = builder.Finish();
  REQUIRE(chunk.rows() == keys.size());
  for (size_t row = 0; row < keys.size(); ++row) {
    CHECK(chunk.Key(row) == keys[row]);
    std::string appended = "before ";
    chunk.AppendKey(row, &appended);
    CHECK(appended == "before " + keys[row]);
  }
  // One row: all of its key is what all keys begin with.
  builder.Add("alone", {Scalar()});
  const Chunk one = builder.Finish();
  CHECK(one.Key(0) == "alone");
  CHECK(IsNull(one.column(0).At(0)));
}

}  // namespace
}  // namespace daftar
