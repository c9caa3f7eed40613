#include "journal/hash.h"

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <random>
#include <string>
#include <tuple>

#include "codec/hex.h"

namespace daftar::testing {
namespace {

using journal::BytesOf;
using journal::HashOf;

// FIPS 180-4 and NIST's example values.
TEST_CASE("hash: SHA-256 of known texts", "[journal][unit]") {
  const auto [name, text, hex] = GENERATE(table<const char*, std::string, const char*>({
      {"nothing", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {"one block", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {"two blocks", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
       "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
      {"a million", std::string(1'000'000, 'a'),
       "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
  }));
  CAPTURE(name);
  CHECK(Hex(BytesOf(HashOf(text))) == hex);
}

TEST_CASE("hash: pieces hash as the whole, and a copy goes on by itself", "[journal][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  std::string text(1000, '\0');
  for (char& byte : text) byte = static_cast<char>(random());
  for (int i = 0; i < 100; ++i) {
    journal::Sha256 sha;
    size_t at = 0;
    while (at < text.size()) {
      const size_t bytes = std::uniform_int_distribution<size_t>(0, 200)(random);
      sha.Update(std::string_view(text).substr(at, bytes));
      at += bytes;
    }
    journal::Sha256 copy = sha;
    copy.Update("more");
    CHECK(sha.Finish() == HashOf(text));
    CHECK(copy.Finish() == HashOf(text + "more"));
  }
}

}  // namespace
}  // namespace daftar::testing
