#include <catch2/catch_test_macros.hpp>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "catalog/resolve.h"
#include "record/sample.h"
#include "txn/header.h"

namespace daftar::testing {
namespace {

uint32_t FormatWith(std::string_view annotations, bool builds) {
  const auto set = Sample(absl::StrCat("struct A @0xb000000000000001 "
                                       "$Daftar.table(name = \"a\", key = [\"b\"])",
                                       annotations, " { b @0 :Text; }"))
                       .set();
  catalog::Catalog catalog = catalog::NewCatalog(set).value();
  if (builds) catalog.tables[0].indexes[0].state = catalog::IndexState::kBuilding;
  return txn::FormatFor(catalog);
}

TEST_CASE("format: a database has the oldest one that does for its schema", "[txn][format]") {
  CHECK(FormatWith("", false) == 2);
  CHECK(FormatWith(R"($Daftar.aggregate(name = "all"))", false) == 3);
  CHECK(FormatWith(R"($Daftar.index(name = "x", on = ["b"]))", true) == 4);
  CHECK(FormatWith(R"($Daftar.search(name = "x", fields = ["b"]))", false) == 5);
  CHECK(FormatWith(R"($Daftar.search(name = "x", fields = ["b"]))", true) == 5);
}

TEST_CASE("format: an aggregate that came later than its table makes it 6", "[txn][format]") {
  const auto set = Sample(R"(struct A @0xb000000000000001 $Daftar.table(name = "a", key = ["b"])
      $Daftar.aggregate(name = "all") $Daftar.search(name = "x", fields = ["b"]) { b @0 :Text; })")
                       .set();
  catalog::Catalog catalog = catalog::NewCatalog(set).value();
  catalog::AggregateDef& aggregate = catalog.tables[0].aggregates[0];
  CHECK(txn::FormatFor(catalog) == 5);
  aggregate.state = catalog::AggregateState::kBuilding;
  CHECK(txn::FormatFor(catalog) == 6);
  aggregate.state = catalog::AggregateState::kReadable;
  aggregate.since = CommitVersion(3);
  CHECK(txn::FormatFor(catalog) == 6);
}

}  // namespace
}  // namespace daftar::testing
