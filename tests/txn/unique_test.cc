#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>
#include <tuple>

#include "support/status_matchers.h"
#include "txn/firm_table.h"

namespace daftar::testing {
namespace {

// "A s x,y": firm A with seal s and tags x and y; "-" for no seal; "A" alone deletes it.
txn::RecordWrite Write(const txn::Core& core, const std::string& text) {
  const size_t seal_at = text.find(' ');
  const std::string code = text.substr(0, seal_at);
  if (seal_at == std::string::npos) return Delete(core, code);
  const size_t tags_at = text.find(' ', seal_at + 1);
  const std::string seal = text.substr(seal_at + 1, tags_at - seal_at - 1);
  std::string json = R"({"code": ")" + code + "\"";
  if (seal != "-") json += R"(, "seal": ")" + seal + "\"";
  if (tags_at != std::string::npos) {
    json += R"(, "tags": [)";
    for (size_t i = tags_at + 1; i < text.size(); i += 2) {
      json += (i == tags_at + 1 ? "\"" : ",\"") + text.substr(i, 1) + "\"";
    }
    json += "]";
  }
  return Put(core, json + "}");
}

std::vector<txn::RecordWrite> WritesOf(const txn::Core& core,
                                       const std::vector<std::string>& texts) {
  std::vector<txn::RecordWrite> writes;
  for (const std::string& text : texts) writes.push_back(Write(core, text));
  return writes;
}

TEST_CASE("unique: only the state after the whole batch counts", "[txn][unit]") {
  using Texts = std::vector<std::string>;
  const auto [name, before, batch, message] =
      GENERATE(table<const char*, Texts, Texts, const char*>({
          {"another value", {"A s"}, {"B t"}, ""},
          {"taken in the store",
           {"A s"},
           {"B s"},
           "another record has these values of a unique index; table=firm; index=bySeal; "
           "values=seal 's'; key=B; other key=A"},
          {"taken in the batch", {}, {"A s", "B s"}, "index=bySeal; values=seal 's'; key=A"},
          {"own value again", {"A s"}, {"A s x"}, ""},
          {"two nulls", {"A -"}, {"B -"}, ""},
          {"empty text is a value", {"A "}, {"B "}, "values=seal ''"},
          {"exchanged", {"A s", "B t"}, {"A t", "B s"}, ""},
          {"exchanged in a ring", {"A s", "B t", "C u"}, {"A t", "B u", "C s"}, ""},
          {"half an exchange", {"A s", "B t"}, {"A t"}, "values=seal 't'; key=A; other key=B"},
          {"freed later", {"A s"}, {"B s", "A t"}, ""},
          {"freed before", {"A s"}, {"A t", "B s"}, ""},
          {"freed by a delete", {"A s"}, {"B s", "A"}, ""},
          {"freed and taken again", {"A s"}, {"A t", "B s", "A s"}, "values=seal 's'"},
          {"taken and given up", {"A s"}, {"B s", "B t"}, ""},
          {"taken and deleted", {"A s"}, {"B s", "B"}, ""},
          {"deleted and made anew", {"A s"}, {"A", "A s"}, ""},
          {"replaced by another", {"A s"}, {"A", "B s"}, ""},
          {"element of a list",
           {"A - x,y"},
           {"B - y,z"},
           "index=byTag; values=tags 'y'; key=B; other key=A"},
          {"elements that differ", {"A - x,y"}, {"B - z"}, ""},
          {"element twice in one record", {}, {"A - x,x"}, ""},
          {"elements exchanged", {"A - x,y", "B - z"}, {"A - z", "B - y,x"}, ""},
          {"element moved to a new record", {"A - x,y"}, {"A - x", "B - y"}, ""},
          {"element in a longer one's beginning", {"A s"}, {"B ss"}, ""},
      }));
  CAPTURE(name);
  const auto core = NewFirmDatabase();
  REQUIRE_OK(Commit(core.get(), WritesOf(*core, before)));
  const Model old = Contents(core->store());
  const auto version = Commit(core.get(), WritesOf(*core, batch));
  if (std::string_view(message).empty()) {
    REQUIRE_OK(version);
  } else {
    CHECK_THAT(version, StatusIs(absl::StatusCode::kAlreadyExists, message));
    CHECK(Contents(core->store()) == old);
  }
  CheckedFirms(core->store());
}

}  // namespace
}  // namespace daftar::testing
