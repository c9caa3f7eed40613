// Import maps for real public files: the language must be able to express them.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <chrono>
#include <tuple>

#include "io/import.h"
#include "io/test_sink.h"
#include "support/status_matchers.h"
#include "support/temp_dir.h"
#include "support/test_data.h"

namespace daftar::io {
namespace {

std::string MapText(std::string_view name) {
  return testing::ReadFile(std::filesystem::path(DAFTAR_SOURCE_DIR) / "tests/io/maps" / name);
}

ImportReport ImportFile(const std::filesystem::path& file, std::string_view map,
                        std::string_view table, TestSink* sink) {
  ImportOptions options;
  options.map = MapText(map);
  auto bytes = OpenFileSource(file);
  REQUIRE_OK(bytes);
  auto report = RunImport({*std::move(bytes), file.filename().string()}, table, options, *sink);
  REQUIRE_OK(report);
  REQUIRE(sink->finished);
  return *std::move(report);
}

TEST_CASE("real data: every file becomes the records that it describes", "[io][real]") {
  const auto [file, map, target, rows, records, flagged] =
      GENERATE(table<const char*, const char*, const char*, uint64_t, uint64_t, size_t>({
          {"gem-iran-pakistan/cement-plants.csv", "gem-cement.json", "project", 116, 116, 2},
          {"gem-iran-pakistan/cement-plants.csv", "gem-cement.json", "shareholding", 116, 113, 0},
          {"gem-iran-pakistan/cement-plants.csv", "gem-cement.json", "firm", 116, 113, 0},
          {"gem-iran-pakistan/steel-plants.csv", "gem-steel.json", "project", 55, 55, 1},
          {"gem-iran-pakistan/steel-capacity-status.csv", "gem-steel.json", "capacity", 84, 55, 0},
          {"gem-iran-pakistan/chemical-plants.csv", "gem-chemical.json", "project", 44, 44, 0},
          {"nyc-restaurant-inspections/establishments.csv", "nyc.json", "firm", 25860, 25860, 0},
          {"un-locode/iran-pakistan.csv", "un-locode.json", "crossing", 368, 368, 0},
          {"country-codes/country-codes.csv", "codes.json", "country-codes", 249, 249, 0},
          {"currency-codes/codes-all.csv", "codes.json", "currency-codes", 449, 446, 0},
          {"isic-rev4/isic-rev4.csv", "codes.json", "isic", 766, 766, 0},
          {"harmonized-system/harmonized-system.csv", "codes.json", "hs", 6940, 6940, 0},
          {"harmonized-system/sections.csv", "codes.json", "hs-sections", 21, 21, 0},
      }));
  const std::filesystem::path path = testing::SharedData(file);
  DAFTAR_REQUIRE_FOLDER(path.parent_path());
  CAPTURE(file, target);
  TestSink sink;
  const ImportReport report = ImportFile(path, map, target, &sink);
  CHECK(report.rows_read == rows);
  CHECK(report.records_written == records);
  CHECK(report.flagged.size() == flagged);
  CHECK(report.rows_rejected == 0);
  CHECK(report.bytes_read == std::filesystem::file_size(path));
}

TEST_CASE("real data: 480,621 inspections in a few seconds", "[io][real]") {
  const std::filesystem::path path =
      testing::SharedData("nyc-restaurant-inspections/inspections.csv");
  DAFTAR_REQUIRE_FOLDER(path.parent_path());
  CountingSink sink;
  ImportOptions options;
  options.map = MapText("nyc.json");
  auto bytes = OpenFileSource(path);
  REQUIRE_OK(bytes);
  const auto start = std::chrono::steady_clock::now();
  REQUIRE_OK_AND_ASSIGN(const ImportReport report, RunImport({*std::move(bytes), "inspections.csv"},
                                                             "permit_event", options, sink));
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  CHECK(report.rows_skipped == 1054);
  CHECK(report.rows_read == 480621);
  CHECK(report.records_written + report.rows_skipped == 480621);
  CHECK(sink.count == report.records_written);
  INFO("taken: " << taken.count() << " s");
  CHECK(taken.count() < 60);  // A guard against work per row that belongs before the first one.
}

}  // namespace
}  // namespace daftar::io
