// Fields read from stored bytes where they lie are what Cap'n Proto reads.

#include "record/raw_route.h"

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "record/field_path.h"
#include "record/json_codec.h"
#include "record/random_record.h"
#include "record/sample.h"
#include "schema/embedded_schemas.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

using record::FieldPath;

// Every path to a scalar that goes through no list, up to a depth.
void AddPaths(capnp::StructSchema root, capnp::StructSchema here, const std::string& prefix,
              int depth, std::vector<FieldPath>* paths) {
  for (auto field : here.getFields()) {
    const std::string text = prefix + field.getProto().getName().cStr();
    const capnp::Type type = field.getType();
    auto path = FieldPath::Parse(root, text);
    if (path.ok() && !path->fans_out()) paths->push_back(*path);
    if (type.isStruct() && depth > 0) {
      AddPaths(root, type.asStruct(), text + ".", depth - 1, paths);
    }
  }
}

std::vector<FieldPath> PathsOf(capnp::StructSchema schema) {
  std::vector<FieldPath> paths;
  AddPaths(schema, schema, "", 3, &paths);
  return paths;
}

void CheckReads(capnp::StructSchema schema, int rounds, Random* random) {
  CAPTURE(record::TypeName(schema));
  const std::vector<FieldPath> paths = PathsOf(schema);
  for (int round = 0; round < rounds; ++round) {
    REQUIRE_OK_AND_ASSIGN(const record::Message message,
                          record::MessageFromJson(schema, RandomRecord(schema, random)));
    // Bytes in a store are not aligned.
    const std::string shifted = "x" + std::string(message.bytes());
    for (const FieldPath& path : paths) {
      const Scalar expected = path.Evaluate(message.root(), {});
      const auto read = path.Read(std::string_view(shifted).substr(1));
      if (read.has_value() && *read == expected) continue;
      // NaN differs from itself.
      const auto* number = read.has_value() ? std::get_if<double>(&*read) : nullptr;
      if (number != nullptr && *number != *number) continue;
      FAIL(path.text() + " reads otherwise in " + ToJson(message));
    }
  }
}

TEST_CASE("raw route: reads what Cap'n Proto reads", "[record][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  Random random(seed);
  for (const char* name : {"Well", "Test", "Numbers", "Place", "Node"}) {
    CheckReads(WellSample().Struct(name), 300, &random);
  }
  REQUIRE_OK_AND_ASSIGN(const auto set,
                        record::SchemaSet::ParseText("registry.capnp", schema::RegistryCapnp()));
  for (const uint64_t id : set->struct_ids()) {
    REQUIRE_OK_AND_ASSIGN(const capnp::StructSchema schema, set->Struct(id));
    CheckReads(schema, 20, &random);
  }
}

TEST_CASE("raw route: a record of an older schema has the new fields' defaults", "[record][unit]") {
  const Sample before("struct R { a @0 :UInt8 = 5; t @1 :Text; }");
  const Sample after(
      R"(struct R { a @0 :UInt8 = 5; t @1 :Text; b @2 :Int64 = -7; f @3 :Float32 = 1.5;
    g @4 :Float64 = -2.25; on @5 :Bool = true; text @6 :Text; inner @7 :I;
    e @8 :E = two; u :union { none @9 :Void; day @10 :Int32; } }
    struct I { x @0 :UInt16 = 9; } enum E { one @0; two @1; })");
  const record::Message old = before.Make("R", R"({"a": 6, "t": "x"})");
  const auto read = [&](const char* path) { return *after.Path("R", path).Read(old.bytes()); };
  CHECK(read("a") == Scalar(uint64_t{6}));
  CHECK(read("b") == Scalar(int64_t{-7}));
  CHECK(read("f") == Scalar(1.5));
  CHECK(read("g") == Scalar(-2.25));
  CHECK(read("on") == Scalar(true));
  CHECK(read("e") == Scalar(uint64_t{1}));
  CHECK(IsNull(read("text")));
  CHECK(IsNull(read("inner.x")));
  CHECK(IsNull(read("u")));
}

TEST_CASE("raw route: damaged bytes are never read beyond", "[record][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  Random random(seed);
  const capnp::StructSchema schema = WellSample().Struct("Well");
  const std::vector<FieldPath> paths = PathsOf(schema);
  for (int round = 0; round < 300; ++round) {
    REQUIRE_OK_AND_ASSIGN(const record::Message message,
                          record::MessageFromJson(schema, RandomRecord(schema, &random)));
    for (int flip = 0; flip < 40; ++flip) {
      // A copy of its own size, so that the sanitizer sees its end.
      std::vector<char> bytes(message.bytes().begin(), message.bytes().end());
      bytes.resize(bytes.size() - Below(3, random) * Below(bytes.size() + 1, random) / 2);
      for (size_t n = 1 + Below(3, random); n > 0 && !bytes.empty(); --n) {
        bytes[Below(bytes.size(), random)] ^= static_cast<char>(1 << Below(8, random));
      }
      const std::string_view damaged(bytes.data(), bytes.size());
      for (const FieldPath& path : paths) {
        const auto read = path.Read(damaged);
        if (!read.has_value()) continue;
        const auto* text = std::get_if<std::string_view>(&*read);
        if (text == nullptr || text->empty()) continue;
        if (text->data() < damaged.data() || text->end() > damaged.end()) FAIL("outside");
      }
    }
  }
}

}  // namespace
}  // namespace daftar::testing
