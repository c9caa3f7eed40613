#include "index/entries.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "catalog/resolve.h"
#include "codec/keyspace.h"
#include "record/sample.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

constexpr const char* kSchema = R"(
  struct Well @0xb000000000000001
      $Daftar.table(name = "well", key = ["district", "licence desc"])
      $Daftar.index(name = "byState", on = ["state"])
      $Daftar.index(name = "byTown", on = ["place.town desc", "depth"])
      $Daftar.index(name = "bySeal", on = ["seal"], unique = true, covering = ["depth", "state"])
      $Daftar.index(name = "running", on = ["licence"],
                    where = "state = active and depth is not null")
      $Daftar.index(name = "byHs", on = ["hs"])
      $Daftar.index(name = "byCode", on = ["tests.code", "state"], covering = ["licence"])
      $Daftar.index(name = "byTag", on = ["tests.tags desc", "tests.code"])
      $Daftar.index(name = "byResult", on = ["tests.results.value", "tests.results.unit"])
      $Daftar.index(name = "byLaw", on = ["law.decree"], where = "law.decree is not null") {
    district @0 :Text;
    licence @1 :UInt32;
    place @2 :Place;
    depth :union { none @3 :Void; metres @4 :Int32 $Daftar.decimal(2); }
    seal @5 :Data;
    state @6 :State;
    hs @7 :List(Text);
    tests @8 :List(Test);
    law :union { unknown @9 :Void; decree @10 :Text; }
  }
  struct Place @0xb000000000000002 { town @0 :Text; }
  struct Test @0xb000000000000003 {
    code @0 :Text; tags @1 :List(Text); results @2 :List(Result); }
  struct Result @0xb000000000000004 { value @0 :Int16; unit @1 :Text; }
  enum State @0xb000000000000005 { unspecified @0; active @1; })";

const catalog::Catalog& TestCatalog() {
  static const catalog::Catalog catalog = catalog::NewCatalog(Sample(kSchema).set()).value();
  return catalog;
}

const catalog::TableDef& Well() { return TestCatalog().tables[0]; }

std::string ShowTuple(const std::vector<catalog::Term>& terms, std::string_view* bytes) {
  const auto values = codec::TakeTuple(catalog::PartsOf(terms), bytes);
  REQUIRE_OK(values);
  std::vector<std::string> texts;
  for (size_t i = 0; i < terms.size(); ++i) {
    const Value value = terms[i].path.type().ToValue(ToView((*values)[i]));
    texts.push_back(value.is_null() ? "null" : value.ToString());
  }
  return absl::StrJoin(texts, ",");
}

// An entry as "tuple" or "tuple covering values", with "?" when it has a null.
std::string Show(const catalog::IndexDef& index, const index::Entry& entry,
                 std::string_view primary_key) {
  std::string_view key = entry.key.view();
  const std::string prefix = codec::IndexPrefix(index.id);
  REQUIRE(key.starts_with(prefix));
  std::string_view tuple = key.substr(prefix.size());
  std::string text = ShowTuple(index.on, &tuple);
  CHECK(tuple == primary_key);
  CHECK(key.substr(entry.tuple_bytes) == primary_key);
  std::string_view covered = entry.covered;
  if (!index.covering.empty()) absl::StrAppend(&text, " + ", ShowTuple(index.covering, &covered));
  CHECK(covered.empty());
  return text + (entry.has_null ? "?" : "");
}

std::string ShowEntries(const char* index_name, const char* json) {
  const catalog::IndexDef& index = *Well().FindIndex(index_name);
  const auto entries = index::EntriesOf(index, "pk", MakeRecord(Well().schema, json));
  REQUIRE_OK(entries);
  return absl::StrJoin(*entries, " | ", [&](std::string* out, const index::Entry& entry) {
    *out += Show(index, entry, "pk");
  });
}

TEST_CASE("entries: of each kind of index", "[index][unit]") {
  const auto [name, index, json,
              expected] = GENERATE(table<const char*, const char*, const char*, const char*>({
      {"plain", "byState", R"({"state": "active"})", "active"},
      {"default is a value", "byState", "{}", "unspecified"},
      {"nested and optional", "byTown", R"({"place": {"town": "T"}, "depth": 1})", "T,1.00"},
      {"nested struct unset", "byTown", R"({"depth": 1})", "null,1.00?"},
      {"all null", "byTown", "{}", "null,null?"},
      {"empty is not null", "byTown", R"({"place": {"town": ""}, "depth": 0})", ",0.00"},
      {"covering", "bySeal", R"({"seal": "YQ==", "depth": 2, "state": "active"})",
       "61 + 2.00,active"},
      {"covered null", "bySeal", R"({"seal": "YQ=="})", "61 + null,unspecified"},
      {"unique null", "bySeal", "{}", "null + null,unspecified?"},
      {"partial met", "running", R"({"licence": 5, "state": "active", "depth": 0})", "5"},
      {"partial half met", "running", R"({"licence": 5, "state": "active"})", ""},
      {"partial not met", "running", R"({"licence": 5, "depth": 0})", ""},
      {"member of a union", "byLaw", R"({"law": {"decree": "d"}})", "d"},
      {"other member", "byLaw", "{}", ""},
      {"list unset", "byHs", "{}", ""},
      {"empty list", "byHs", R"({"hs": []})", ""},
      {"list", "byHs", R"({"hs": ["b", "a", ""]})", " | a | b"},
      {"same element twice", "byHs", R"({"hs": ["a", "b", "a"]})", "a | b"},
      {"list of structs", "byCode", R"({"licence": 5, "tests": [{"code": "b"}, {"code": "a"}]})",
       "a,unspecified + 5 | b,unspecified + 5"},
      {"null in a list", "byCode", R"({"tests": [{}, {"code": "a"}, {}]})",
       "null,unspecified + 0? | a,unspecified + 0"},
      {"list in a list", "byTag",
       R"({"tests": [{"code": "x", "tags": ["a", "b"]}, {"code": "y", "tags": ["b"]}]})",
       "b,x | b,y | a,x"},
      {"inner list empty", "byTag", R"({"tests": [{"code": "x"}, {"code": "y", "tags": []}]})", ""},
      {"values of one element", "byResult",
       R"({"tests": [{"results": [{"value": 2, "unit": "m"}, {"value": 1}]},
                         {"results": [{"value": -1, "unit": "s"}, {"value": 1}]}]})",
       "-1,s | 1,null? | 2,m"},
  }));
  CAPTURE(name);
  CHECK(ShowEntries(index, json) == expected);
}

TEST_CASE("entries: come in key order, each once", "[index][unit]") {
  const catalog::IndexDef& index = *Well().FindIndex("byHs");
  std::string json = R"({"hs": [)";
  for (int i = 0; i < 500; ++i)
    absl::StrAppend(&json, i == 0 ? "" : ",", "\"", i * 7919 % 100, "\"");
  REQUIRE_OK_AND_ASSIGN(const auto entries,
                        index::EntriesOf(index, "pk", MakeRecord(Well().schema, json + "]}")));
  REQUIRE(entries.size() == 100);
  for (size_t i = 1; i < entries.size(); ++i) CHECK(entries[i - 1].key < entries[i].key);
}

TEST_CASE("entries: 10000 elements are accepted, one more is ResourceExhausted", "[index][unit]") {
  const catalog::IndexDef& index = *Well().FindIndex("byCode");
  const auto record = [](size_t count) {
    std::string json = R"({"tests": [)";
    for (size_t i = 0; i < count; ++i) {
      absl::StrAppend(&json, i == 0 ? "" : ",", R"({"code":")", i, "\"}");
    }
    return MakeRecord(Well().schema, json + "]}");
  };
  REQUIRE_OK_AND_ASSIGN(const auto entries,
                        index::EntriesOf(index, "pk", record(index::kEntriesPerRecordMax)));
  CHECK(entries.size() == index::kEntriesPerRecordMax);
  CHECK_THAT(index::EntriesOf(index, "pk", record(index::kEntriesPerRecordMax + 1)),
             StatusIs(absl::StatusCode::kResourceExhausted,
                      "record has too many entries in one index; index=byCode; limit=10000"));
}

TEST_CASE("record key: the prefix of its table and the key's values", "[index][unit]") {
  const record::Message record = MakeRecord(Well().schema, R"({"district": "P", "licence": 5})");
  REQUIRE_OK_AND_ASSIGN(const codec::EncodedKey key, index::RecordKey(Well(), record));
  std::string_view bytes = key.view();
  const std::string prefix = codec::RecordPrefix(Well().id);
  REQUIRE(bytes.starts_with(prefix));
  bytes.remove_prefix(prefix.size());
  CHECK(ShowTuple(Well().key, &bytes) == "P,5");
  CHECK(bytes.empty());
  CHECK_THAT(index::RecordKey(Well(), MakeRecord(Well().schema, R"({"licence": 5})")),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "key field is not set; give it a value; table=well; field=district"));
}

TEST_CASE("entry value: gives back version and covered fields", "[index][unit]") {
  const auto [version, covered] = GENERATE(
      table<uint64_t, const char*>({{1, ""}, {247, "x"}, {248, "covered"}, {UINT64_MAX, "\x01"}}));
  const std::string value = index::EncodeEntryValue(CommitVersion(version), covered);
  REQUIRE_OK_AND_ASSIGN(const index::EntryValue decoded, index::DecodeEntryValue(value));
  CHECK(decoded.created == CommitVersion(version));
  CHECK(decoded.covered == covered);
  CHECK_THAT(index::DecodeEntryValue(""),
             StatusIs(absl::StatusCode::kDataLoss, "number is missing"));
}

}  // namespace
}  // namespace daftar::testing
