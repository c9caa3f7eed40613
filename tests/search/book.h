// A small book of firms, for tests of search.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "api/fixtures.h"
#include "daftar/database.h"

namespace daftar::testing {

inline constexpr std::string_view kFirmSchema = R"(
  struct Firm @0xb000000000000001
      $Daftar.table(name = "firm", key = ["no"])
      $Daftar.index(name = "byIdentifier", on = ["identifiers.value", "identifiers.scheme"])
      $Daftar.index(name = "bySize", on = ["size"])
      $Daftar.search(name = "names", fields = ["names.text", "tradeName"],
                     from = "names.from", to = "names.to", where = "hidden = false") {
    no @0 :Text;
    names @1 :List(Name);
    tradeName @2 :Text;
    identifiers @3 :List(Identifier);
    size @4 :UInt32;
    hidden @5 :Bool;
  }
  struct Name @0xb000000000000002 {
    text @0 :Text;
    from :union { none @1 :Void; day @2 :Int32 $Daftar.date; }
    to :union { none @3 :Void; day @4 :Int32 $Daftar.date; }
  }
  struct Identifier @0xb000000000000003 { scheme @0 :Text; value @1 :Text; }
  struct Person @0xb000000000000004
      $Daftar.table(name = "person", key = ["id", "part"])
      $Daftar.search(name = "names", fields = ["name"], from = "from") {
    id @0 :UInt32;
    part @1 :Text;
    name @2 :Text;
    from :union { none @3 :Void; day @4 :Int32 $Daftar.date; }
  })";

// A firm of one name as JSON.
inline std::string FirmJson(std::string_view no, std::string_view name) {
  return absl::StrCat(R"({"no": ")", no, R"(", "names": [{"text": ")", name, R"("}]})");
}

// "table key reason" of each hit.
inline std::vector<std::string> Hits(const absl::StatusOr<SearchResult>& result) {
  REQUIRE_OK(result);
  std::vector<std::string> hits;
  for (const SearchHit& hit : result->hits) {
    std::string key;
    for (const Value& part : hit.key)
      absl::StrAppend(&key, key.empty() ? "" : "/", part.ToString());
    hits.push_back(absl::StrCat(hit.table, " ", key, " ", SearchReasonName(hit.reason)));
  }
  return hits;
}

}  // namespace daftar::testing
