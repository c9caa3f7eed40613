#include "audit/difference.h"

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "record/sample.h"
#include "support/status_matchers.h"
#include "support/temp_dir.h"
#include "txn/firm_table.h"

namespace daftar::testing {
namespace {

using State = std::map<std::string, std::string>;

TEST_CASE("difference: what is not the same between any two moments, as a plain comparison says",
          "[audit][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  const TempDir folder;
  const auto core = NewFirmDatabase();
  std::vector<State> states(1);
  while (states.size() <= 60) {
    State state = states.back();
    std::vector<txn::RecordWrite> writes;
    for (size_t n = 1 + random() % 3; n > 0; --n) {
      const std::string code(1, static_cast<char>('a' + random() % 8));
      if (random() % 4 == 0 && state.contains(code)) {
        writes.push_back(Delete(*core, code));
        state.erase(code);
      } else {
        state[code] = R"({"code":")" + code + R"(","size":)" + std::to_string(random() % 4) + "}";
        writes.push_back(Put(*core, state[code]));
      }
    }
    const CommitVersion before = core->View().version;
    REQUIRE_OK_AND_ASSIGN(const CommitVersion after, Commit(core.get(), writes));
    if (after != before) states.push_back(state);
    REQUIRE(states.size() == after.value() + 1);
  }
  for (int round = 0; round < 200; ++round) {
    const uint64_t from = random() % states.size();
    const uint64_t to = random() % states.size();
    CAPTURE(from, to);
    State expected;
    for (char c = 'a'; c < 'i'; ++c) {
      const std::string code(1, c);
      const auto at = [&](uint64_t version) {
        return states[version].contains(code) ? states[version].at(code) : std::string("-");
      };
      if (at(from) != at(to)) expected[code] = at(from) + at(to);
    }
    REQUIRE_OK_AND_ASSIGN(const txn::ReadView from_view, core->ViewAsOf(CommitVersion(from)));
    REQUIRE_OK_AND_ASSIGN(const txn::ReadView to_view, core->ViewAsOf(CommitVersion(to)));
    audit::DifferenceOptions options;
    options.spill_folder = folder.path();
    if (random() % 2 == 0) options.table = &FirmTable(*core);
    REQUIRE_OK_AND_ASSIGN(const auto difference,
                          audit::Difference::Make(core->View(), from_view, to_view, options));
    State found;
    while (true) {
      REQUIRE_OK_AND_ASSIGN(const bool more, difference->Next());
      if (!more) break;
      const audit::RecordDifference& each = difference->difference();
      found[each.key.values[0].ToString()] =
          (each.before ? ToJson(*each.before) : "-") + (each.after ? ToJson(*each.after) : "-");
    }
    CHECK(found == expected);
  }
}

}  // namespace
}  // namespace daftar::testing
