#include "record/schema_set.h"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "record/sample.h"
#include "support/status_matchers.h"
#include "support/temp_dir.h"

namespace daftar::testing {
namespace {

using record::SchemaSet;

TEST_CASE("schema set: nodes give an equal set back", "[record][unit]") {
  const auto& original = WellSample().set();
  REQUIRE_OK_AND_ASSIGN(const auto loaded, SchemaSet::FromStored(original->nodes()));
  CHECK(loaded->type_ids() == original->type_ids());
  CHECK(loaded->struct_ids() == original->struct_ids());
  CHECK(loaded->nodes() == original->nodes());
  REQUIRE_OK(SchemaSet::CheckWireCompatible(*original, *loaded));
}

TEST_CASE("schema set: damaged nodes are DataLoss", "[record][unit]") {
  const std::vector<std::string_view> nodes = WellSample().set()->nodes();
  CHECK_THAT(SchemaSet::FromStored({nodes[0], nodes[0]}),
             StatusIs(absl::StatusCode::kDataLoss, "schema node comes twice"));
  CHECK_THAT(SchemaSet::FromStored({""}),
             StatusIs(absl::StatusCode::kDataLoss, "schema node has a wrong size; bytes=0"));
  CHECK_THAT(SchemaSet::FromStored({nodes[0].substr(0, 12)}),
             StatusIs(absl::StatusCode::kDataLoss, "schema node has a wrong size; bytes=12"));
  CHECK_THAT(SchemaSet::FromStored({nodes[0].substr(0, nodes[0].size() / 2 / 8 * 8)}),
             StatusIs(absl::StatusCode::kDataLoss, "stored schema does not load"));
}

TEST_CASE("schema set: says where a schema does not parse", "[record][unit]") {
  CHECK_THAT(
      SchemaSet::ParseText("wells.capnp", "@0xa1b2c3d4e5f60718;\nstruct A {\n a @0 :Int65;\n}"),
      StatusIs(absl::StatusCode::kInvalidArgument, "wells.capnp:3: "));
  CHECK_THAT(SchemaSet::ParseText("wells.capnp", "struct A {}"),
             StatusIs(absl::StatusCode::kInvalidArgument, "wells.capnp:"));
  CHECK_THAT(SchemaSet::Parse({.file = "absent.capnp", .import_paths = {}}),
             StatusIs(absl::StatusCode::kNotFound, "schema file is absent; file=absent.capnp"));
}

TEST_CASE("schema set: imports from a folder that is named", "[record][unit]") {
  const TempDir directory;
  std::filesystem::create_directory(directory / "shared");
  WriteFile(directory / "shared" / "part.capnp",
            "@0xa1b2c3d4e5f60719;\nstruct Part { code @0 :Text; }");
  WriteFile(directory / "main.capnp",
            "@0xa1b2c3d4e5f60718;\nusing P = import \"/part.capnp\";\n"
            "struct Main { part @0 :P.Part; }");
  REQUIRE_OK_AND_ASSIGN(const auto set, SchemaSet::Parse({.file = directory / "main.capnp",
                                                          .import_paths = {directory / "shared"}}));
  CHECK(set->struct_ids().size() == 2);
  CHECK_THAT(
      SchemaSet::Parse({.file = directory / "main.capnp", .import_paths = {directory / "absent"}}),
      StatusIs(absl::StatusCode::kNotFound, "import path is not a folder"));
  CHECK_THAT(set->Struct(1), StatusIs(absl::StatusCode::kNotFound, "schema has no such struct"));
}

TEST_CASE("schema set: tells incompatible schemas apart", "[record][unit]") {
  const Sample a("struct A @0xb000000000000001 { n @0 :Int32; }");
  const Sample wider("struct A @0xb000000000000001 { n @0 :Int32; t @1 :Text; }");
  const Sample changed("struct A @0xb000000000000001 { n @0 :Text; }");
  REQUIRE_OK(SchemaSet::CheckWireCompatible(*a.set(), *wider.set()));
  CHECK_THAT(SchemaSet::CheckWireCompatible(*a.set(), *changed.set()),
             StatusIs(absl::StatusCode::kInvalidArgument, "schemas are not wire-compatible"));
}

}  // namespace
}  // namespace daftar::testing
