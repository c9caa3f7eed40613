// Random records of several schemas, written in the form that the engine writes, must come back
// byte for byte.
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "base/utf8.h"
#include "codec/random_key.h"
#include "record/json_codec.h"
#include "record/json_parser.h"
#include "record/random_record.h"
#include "record/sample.h"
#include "schema/embedded_schemas.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

using record::JsonValue;

void CheckRoundTrips(capnp::StructSchema schema, int rounds, Random* random) {
  CAPTURE(record::TypeName(schema));
  for (int round = 0; round < rounds; ++round) {
    const JsonValue json = RandomRecord(schema, random);
    std::string text;
    record::AppendJson(json, &text);
    const auto message = record::MessageFromJson(schema, json);
    CAPTURE(text);
    if (!message.ok()) REQUIRE_OK(message);
    if (ToJson(*message) != text) REQUIRE(ToJson(*message) == text);
    // What the engine itself made passes the check of what comes from outside, unchanged.
    const auto accepted = record::Message::FromReader(schema, message->any());
    if (!accepted.ok()) REQUIRE_OK(accepted);
    if (accepted->bytes() != message->bytes()) FAIL("the canonical form changes");
  }
}

TEST_CASE("JSON codec: random records read back as they were written", "[record][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  Random random(seed);
  for (const char* name : {"Well", "Test", "Numbers", "Place", "Node"}) {
    CheckRoundTrips(WellSample().Struct(name), 400, &random);
  }
}

TEST_CASE("JSON codec: random records of the registry read back", "[record][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  Random random(seed);
  REQUIRE_OK_AND_ASSIGN(const auto set,
                        record::SchemaSet::ParseText("registry.capnp", schema::RegistryCapnp()));
  for (const uint64_t id : set->struct_ids()) {
    REQUIRE_OK_AND_ASSIGN(const capnp::StructSchema schema, set->Struct(id));
    CheckRoundTrips(schema, 40, &random);
  }
}

}  // namespace
}  // namespace daftar::testing
