// What a batch holds, whichever way it was filled.
#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "storage/store.h"

namespace daftar::testing {
namespace {

using storage::Batch;

using Operations = std::vector<std::pair<std::string, std::optional<std::string>>>;

Operations OperationsOf(const Batch& batch) {
  Operations operations;
  batch.ForEach([&](const Batch::Operation& operation) {
    operations.emplace_back(operation.key, operation.value);
  });
  return operations;
}

TEST_CASE("batch: gives its operations in order, with empty keys and values", "[storage]") {
  Batch batch;
  CHECK(batch.empty());
  CHECK(OperationsOf(batch).empty());
  batch.Put("b", "1");
  batch.Delete("a");
  batch.Put("b", "");
  batch.Put("", "x");
  const Operations expected = {{"b", "1"}, {"a", std::nullopt}, {"b", ""}, {"", "x"}};
  CHECK(OperationsOf(batch) == expected);
  CHECK(batch.size() == 4);
  CHECK(batch.bytes() == 5);
}

TEST_CASE("batch: appends another, and is empty once moved away", "[storage]") {
  Batch first;
  Batch second;
  second.Append(first);
  CHECK(second.empty());
  first.Put("a", "1");
  second.Put("b", "2");
  second.Delete("c");
  first.Append(second);
  CHECK(OperationsOf(first) == Operations{{"a", "1"}, {"b", "2"}, {"c", std::nullopt}});
  CHECK(first.bytes() == 5);
  Batch third = std::move(first);
  CHECK(third.size() == 3);
  CHECK(first.empty());  // NOLINT: says what is promised
  CHECK(first.bytes() == 0);
  first.Put("d", "4");
  CHECK(OperationsOf(first) == Operations{{"d", "4"}});
}

TEST_CASE("batch: drops operations from a number on", "[storage]") {
  Batch batch;
  for (const char* key : {"a", "b", "a", "b"}) batch.Put(key, "x");
  batch.Delete("a");
  batch.DropIf(1, [](std::string_view key) { return key == "a"; });
  CHECK(OperationsOf(batch) == Operations{{"a", "x"}, {"b", "x"}, {"b", "x"}});
}

}  // namespace
}  // namespace daftar::testing
