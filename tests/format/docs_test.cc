// docs/format.md against the engine.
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <string>

#include "format/example.h"

namespace daftar::testing {
namespace {

TEST_CASE("docs/format.md: every block of bytes is what the engine writes", "[format][format]") {
  const std::map<std::string, std::string> docs = DocsHexBlocks();
  const std::map<std::string, std::string> engine = EngineBytes();
  for (const auto& [name, hex] : docs) {
    CAPTURE(name);
    REQUIRE(engine.contains(name));
    CHECK(hex == engine.at(name));
  }
  CHECK(docs.size() == engine.size());
}

TEST_CASE("docs/format.md: the continuation is what the engine hands out", "[format][format]") {
  CHECK(DocsBlock("text continuation") == ExampleContinuation() + "\n");
}

}  // namespace
}  // namespace daftar::testing
