#include "journal/entry.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <functional>
#include <string>
#include <tuple>
#include <vector>

#include "codec/hex.h"
#include "journal/sample.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

using absl::StatusCode;
using journal::EntryHead;
using journal::EntryWriter;
using journal::PartId;

absl::Status Take(std::string_view, std::string_view) { return absl::OkStatus(); }

TEST_CASE("journal key: sorts by version, then part, and reads back", "[journal][unit]") {
  const auto [name, id, hex] = GENERATE(table<const char*, PartId, const char*>({
      {"the first head", {CommitVersion(1), 0}, "06000000000000000100000000"},
      {"one of its parts", {CommitVersion(1), 258}, "06000000000000000100000102"},
      {"the next head", {CommitVersion(2), 0}, "06000000000000000200000000"},
      {"the last of all", {CommitVersion(UINT64_MAX), UINT32_MAX}, "06ffffffffffffffffffffffff"},
  }));
  CAPTURE(name);
  const codec::EncodedKey key = journal::EncodePartKey(id);
  CHECK(Hex(key.view()) == hex);
  REQUIRE_OK_AND_ASSIGN(const PartId decoded, journal::DecodePartKey(key.view()));
  CHECK(decoded == id);
  const PartId lower{CommitVersion(1), 1};
  CHECK((lower < id) == (journal::EncodePartKey(lower) < key));
}

TEST_CASE("journal key: other keys are DataLoss", "[journal][unit]") {
  const auto [name, hex] = GENERATE(table<const char*, const char*>({
      {"empty", ""},
      {"the space alone", "06"},
      {"another space", "02000000000000000100000000"},
      {"too short", "060000000000000001000000"},
      {"too long", "0600000000000000010000000000"},
  }));
  CAPTURE(name);
  const std::string key = Unhex(hex);
  const auto damaged =
      StatusIs(StatusCode::kDataLoss, "journal entry does not verify; cause=wrong");
  CHECK_THAT(journal::DecodePartKey(key), damaged);
  CHECK_THAT(journal::DecodeHead(key, ""), damaged);
  CHECK_THAT(journal::DecodePart(key, ""), damaged);
}

TEST_CASE("journal statement: what is refused, and by which field", "[journal][unit]") {
  using namespace std::string_literals;
  const auto [name, field, text, cause] =
      GENERATE(table<const char*, std::string, std::string, std::string>({
          {"longest actor", "actor", std::string(1024, 'a'), ""},
          {"long actor", "actor", std::string(1025, 'a'), "too long; bytes=1025; limit=1024"},
          {"longest decision", "decision", std::string(1024, 'a'), ""},
          {"long decision", "decision", std::string(1025, 'a'), "too long; bytes=1025; limit=1024"},
          {"longest reason", "reason", std::string(65536, 'a'), ""},
          {"long reason", "reason", std::string(65537, 'a'), "too long; bytes=65537; limit=65536"},
          {"other scripts", "actor", "ثبت شرکت‌ها", ""},
          {"not UTF-8", "actor", "ab\xff", "not UTF-8; offset=2"},
          {"NUL", "decision", "a\0b"s, "control character; offset=1"},
          {"lines in a reason", "reason", "a\n\tb", ""},
          {"return in a reason", "reason", "a\r\n", "control character; offset=1"},
          {"lines in an actor", "actor", "a\nb", "control character; offset=1"},
          {"tab in a decision", "decision", "\t", "control character; offset=0"},
          {"DEL", "reason", "é\x7f", "control character; offset=2"},
          {"C1", "reason", "\u0085", "control character; offset=0"},
          {"first after C1", "reason", "\u00a0", ""},
      }));
  CAPTURE(name);
  journal::Statement statement;
  (field == "actor"    ? statement.actor
   : field == "reason" ? statement.reason
                       : statement.decision) = text;
  EntryWriter writer(CommitVersion(1), Take);
  const auto finished = writer.Finish(statement, 0, {});
  CHECK(finished.status() == journal::CheckStatement(statement));
  if (cause.empty()) {
    REQUIRE_OK(finished);
  } else {
    CHECK_THAT(finished, StatusIs(StatusCode::kInvalidArgument,
                                  "what the commit states cannot be stored; field=" + field +
                                      "; cause=" + cause));
  }
}

TEST_CASE("journal hash: changing any field changes it", "[journal][unit]") {
  const EntryHead head = WriteEntry({ChangeOf("a", false)}, 100).head;
  const auto [name, change] = GENERATE(table<const char*, std::function<void(EntryHead&)>>({
      {"version", [](EntryHead& h) { h.version = CommitVersion(301); }},
      {"time", [](EntryHead& h) { ++h.time; }},
      {"actor", [](EntryHead& h) { h.actor += "x"; }},
      {"reason", [](EntryHead& h) { h.reason += "x"; }},
      {"decision", [](EntryHead& h) { h.decision += "x"; }},
      {"previous", [](EntryHead& h) { h.previous[31] ^= 1; }},
      {"change count", [](EntryHead& h) { ++h.change_count; }},
      {"part count", [](EntryHead& h) { ++h.part_count; }},
      {"changes hash", [](EntryHead& h) { h.changes_hash[0] ^= 0x80; }},
      // The same text, divided otherwise.
      {"borders", [](EntryHead& h) {
         h.reason.insert(h.reason.begin(), h.actor.back());
         h.actor.pop_back();
       }},
  }));
  CAPTURE(name);
  EntryHead other = head;
  CHECK(journal::HashOf(other) == journal::HashOf(head));
  change(other);
  CHECK_FALSE(other == head);
  CHECK(journal::HashOf(other) != journal::HashOf(head));
}

TEST_CASE("journal hash: changes_hash follows every change", "[journal][unit]") {
  const auto hash_of = [](const std::vector<journal::Change>& changes) {
    return WriteEntry(changes, 100).head.changes_hash;
  };
  const journal::Hash hash = hash_of({ChangeOf("a", false), ChangeOf("b", true)});
  CHECK(hash_of({ChangeOf("a", false)}) != hash);
  CHECK(hash_of({ChangeOf("a", false), ChangeOf("b", false)}) != hash);
  CHECK(hash_of({ChangeOf("a", false), ChangeOf("c", true)}) != hash);
  journal::Change other = ChangeOf("a", false);
  other.digest[0] ^= 1;
  CHECK(hash_of({other, ChangeOf("b", true)}) != hash);
}

TEST_CASE("journal writer: keys have to increase", "[journal][unit]") {
  const auto [name, second] =
      GENERATE(table<const char*, const char*>({{"again", "b"}, {"before", "a"}, {"prefix", ""}}));
  CAPTURE(name);
  EntryWriter writer(CommitVersion(1), Take);
  REQUIRE_OK(writer.Add(ChangeOf("b", false)));
  CHECK_THAT(writer.Add(ChangeOf(second, false)),
             StatusIs(StatusCode::kInternal, "journal changes are out of order; key=0x0201"));
}

TEST_CASE("journal writer: an error of the sink ends it", "[journal][fault]") {
  // Three parts are handed out: 1, 2 and 0.
  const int failing = GENERATE(0, 1, 2);
  CAPTURE(failing);
  int calls = 0;
  EntryWriter writer(
      CommitVersion(1),
      [&](std::string_view, std::string_view) {
        return calls++ == failing ? absl::DataLossError("disk") : absl::OkStatus();
      },
      0);
  REQUIRE_OK(writer.Add(ChangeOf("a", false)));
  const auto write_rest = [&]() -> absl::Status {
    for (const char* name : {"b", "c"}) {
      if (absl::Status added = writer.Add(ChangeOf(name, false)); !added.ok()) return added;
    }
    return writer.Finish({}, 0, {}).status();
  };
  CHECK_THAT(write_rest(), StatusIs(StatusCode::kDataLoss, "disk"));
  CHECK(calls == failing + 1);
}

}  // namespace
}  // namespace daftar::testing
