// What is near a place: against measuring every record, at every moment.

#include <algorithm>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cmath>
#include <map>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "api/fixtures.h"

namespace daftar {
namespace {

using testing::MakeDatabase;
using testing::StatusIs;
using testing::TempDir;

constexpr const char* kSchema = R"(
struct Gate $Daftar.table(name = "gate", key = ["country", "no desc"])
    $Daftar.point(name = "place", latitude = "latitude", longitude = "longitude")
    $Daftar.point(name = "open", latitude = "yard.north", longitude = "yard.east",
                  where = "closed = false") {
  country @0 :Text;
  no @1 :UInt32;
  latitude :union { none @2 :Void; degrees @3 :Int32 $Daftar.decimal(7); }
  longitude :union { none @4 :Void; degrees @5 :Int32 $Daftar.decimal(7); }
  yard @6 :Yard;
  closed @7 :Bool;
}
struct Yard { north @0 :Float64; east @1 :Float32; }
)";

struct Gate {
  int64_t north = 0;  // in ten millionths of a degree
  int64_t east = 0;
  bool placed = true;

  Point point() const {
    return {static_cast<double>(north) / 1e7, static_cast<double>(east) / 1e7};
  }
};

using Gates = std::map<std::pair<std::string, int>, Gate>;

std::string ToJson(const std::string& country, int no, const Gate& gate) {
  std::string json = absl::StrCat(R"({"country":")", country, R"(","no":)", no);
  if (gate.placed) {
    absl::StrAppend(&json, R"(,"latitude":)", Value(Decimal{gate.north, 7}).ToString(),
                    R"(,"longitude":)", Value(Decimal{gate.east, 7}).ToString());
  }
  return json + "}";
}

// "IR 3 at 1234.567" for each row.
std::string Shown(const std::vector<NearRow>& rows) {
  std::string text;
  for (const NearRow& row : rows) {
    absl::StrAppend(&text, row.record.Get("country")->ToString(), " ",
                    row.record.Get("no")->ToString(), absl::StrFormat(" at %.3f\n", row.metres));
  }
  return text;
}

std::string Expected(const Gates& gates, const Point& centre, const NearOptions& options) {
  std::vector<std::tuple<double, std::string, int>> found;
  for (const auto& [key, gate] : gates) {
    if (!gate.placed) continue;
    // The condition that the test may ask for.
    if (!options.where.empty() && !(key.first == "IR" && key.second > 20)) continue;
    const double metres = DistanceMetres(centre, gate.point()).value();
    if (options.within_metres.has_value() && metres > *options.within_metres) continue;
    found.emplace_back(metres, key.first, -key.second);  // the key is descending in the number
  }
  std::sort(found.begin(), found.end());
  if (options.limit.has_value() && found.size() > *options.limit) found.resize(*options.limit);
  std::string text;
  for (const auto& [metres, country, no] : found) {
    absl::StrAppend(&text, country, " ", -no, absl::StrFormat(" at %.3f\n", metres));
  }
  return text;
}

class Random {
 public:
  explicit Random(uint32_t seed) : random_(seed) {}
  int64_t Below(int64_t n) { return std::uniform_int_distribution<int64_t>(0, n - 1)(random_); }

  // All over the Earth, or close together around the meeting of meridians or one town.
  Gate AnyGate() {
    constexpr int64_t kDegree = 10'000'000;
    Gate gate{Below(180 * kDegree) - 90 * kDegree, Below(360 * kDegree) - 180 * kDegree, true};
    switch (Below(5)) {
      case 0:
        gate.north = 90 * kDegree - Below(kDegree);
        break;
      case 1:
        gate.east = (Below(2) == 0 ? 1 : -1) * (180 * kDegree - Below(kDegree));
        gate.north = Below(2 * kDegree);
        break;
      case 2:
        gate.north = 253'000'000 + Below(kDegree / 10);
        gate.east = 606'000'000 + Below(kDegree / 10);
        break;
      case 3:
        gate.placed = Below(3) > 0;
        break;
      default:
        break;
    }
    return gate;
  }

 private:
  std::mt19937 random_;
};

TEST_CASE("near: finds what measuring every record finds, at every moment", "[api][property]") {
  const uint32_t seed = Catch::getSeed();
  CAPTURE(seed);
  Random random(seed);
  const TempDir directory;
  OpenOptions open;
  open.in_memory = true;
  REQUIRE_OK_AND_ASSIGN(const auto database, MakeDatabase(directory, kSchema, open));
  Gates gates;
  std::vector<std::pair<CommitVersion, Gates>> states;
  for (int i = 0; i < 12; ++i) {
    Batch batch = database->NewBatch();
    std::map<std::pair<std::string, int>, bool> touched;
    for (int j = 0; j < 25; ++j) {
      const std::pair<std::string, int> key(random.Below(2) == 0 ? "IR" : "PK",
                                            static_cast<int>(random.Below(80)));
      if (!touched.emplace(key, true).second) continue;
      if (gates.contains(key) && random.Below(4) == 0) {
        REQUIRE_OK(batch.Delete("gate", {key.first, key.second}));
        gates.erase(key);
        continue;
      }
      gates[key] = random.AnyGate();
      REQUIRE_OK(batch.Put("gate", ToJson(key.first, key.second, gates[key])));
    }
    REQUIRE_OK_AND_ASSIGN(const CommitVersion version, database->Commit(std::move(batch)));
    states.emplace_back(version, gates);
  }
  for (const auto& [version, state] : states) {
    REQUIRE_OK_AND_ASSIGN(const ReadView view, database->View(AsOf::Commit(version)));
    for (int i = 0; i < 40; ++i) {
      const Point centre = random.AnyGate().point();
      NearOptions options;
      options.index = "place";
      const bool has_limit = random.Below(2) == 0;
      if (has_limit) options.limit = static_cast<size_t>(random.Below(20));
      if (!has_limit || random.Below(2) == 0) {
        options.within_metres = std::pow(10, static_cast<double>(random.Below(800)) / 100);
      }
      if (random.Below(3) == 0) options.where = {"country = IR", "no > 20"};
      CAPTURE(options.where, version.value(), centre.latitude, centre.longitude);
      REQUIRE_OK_AND_ASSIGN(const auto rows, database->Near(view, "gate", centre, options));
      REQUIRE(Shown(rows) == Expected(state, centre, options));
    }
  }
  REQUIRE_OK_AND_ASSIGN(const VerifyReport report, database->Verify());
  CHECK(report.problems.empty());
}

struct Opened {
  TempDir directory;
  std::unique_ptr<Database> database = [this] {
    OpenOptions open;
    open.in_memory = true;
    return MakeDatabase(directory, kSchema, open).value();
  }();

  absl::StatusOr<std::vector<NearRow>> Near(NearOptions options) const {
    return database->Near(database->View(), "gate", {25.3, 60.6}, options);
  }
};

TEST_CASE("near: floats, conditions and what is nowhere", "[api]") {
  Opened opened;
  const char* const records[] = {
      R"({"country":"IR","no":1,"yard":{"north":25.3,"east":60.5},"closed":false})",
      R"({"country":"IR","no":2,"yard":{"north":25.3,"east":60.4},"closed":true})",
      R"({"country":"IR","no":3,"yard":{"north":"NaN","east":60.4}})",
      R"({"country":"IR","no":4,"yard":{"north":95.5,"east":60.4}})",
      R"({"country":"IR","no":5})",
      R"({"country":"IR","no":6,"latitude":25.3,"longitude":190})",
      R"({"country":"IR","no":7,"latitude":25.3})",
  };
  for (const char* record : records) REQUIRE_OK(opened.database->Put("gate", record));
  REQUIRE_OK_AND_ASSIGN(const auto open, opened.Near({.limit = 10, .index = "open"}));
  CHECK(open.size() == 1);
  REQUIRE_OK_AND_ASSIGN(const auto placed, opened.Near({.limit = 10, .index = "place"}));
  CHECK(placed.empty());
  REQUIRE_OK_AND_ASSIGN(const Point point, opened.database->PointOf(opened.database->View(), "gate",
                                                                    {"IR", 2}, "open"));
  CHECK(point == Point{25.3, static_cast<double>(60.4F)});
  CHECK_THAT(opened.database->PointOf(opened.database->View(), "gate", {"IR", 4}, "open"),
             StatusIs(absl::StatusCode::kFailedPrecondition, "the record is nowhere"));
  CHECK_THAT(opened.database->PointOf(opened.database->View(), "gate", {"IR", 9}, "open"),
             StatusIs(absl::StatusCode::kNotFound, "no record with this key"));
}

TEST_CASE("near: says what it needs", "[api]") {
  Opened opened;
  CHECK_THAT(opened.Near({.index = "place"}),
             StatusIs(absl::StatusCode::kInvalidArgument, "say how far to look"));
  CHECK_THAT(opened.Near({.limit = 1}),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "several indexes of points; name one; table=gate; indexes=place, open"));
  CHECK_THAT(opened.Near({.limit = 1, .index = "x"}),
             StatusIs(absl::StatusCode::kNotFound, "no such index of points"));
  CHECK_THAT(opened.Near({.within_metres = -1, .index = "place"}),
             StatusIs(absl::StatusCode::kInvalidArgument, "a distance is 0 or greater"));
  CHECK_THAT(
      opened.database->Near(opened.database->View(), "gate", {91, 0}, {.limit = 1}),
      StatusIs(absl::StatusCode::kInvalidArgument, "this is no place on the Earth; latitude=91"));
  CHECK_THAT(
      opened.database->Run(Query("gate").UseIndex("place")),
      StatusIs(absl::StatusCode::kInvalidArgument, "an index of points answers what is near"));
}

}  // namespace
}  // namespace daftar
