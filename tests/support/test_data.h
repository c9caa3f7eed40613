// The public test suites that are not part of the repository.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string_view>

namespace daftar::testing {

// The folder of test suites: environment variable DAFTAR_TESTDATA, else next to the repository.
// `name` is a folder in it. Tests SKIP when it does not exist.
inline std::filesystem::path TestData(std::string_view name) {
  const char* folder = std::getenv("DAFTAR_TESTDATA");
  const std::filesystem::path root =
      folder != nullptr ? std::filesystem::path(folder)
                        : std::filesystem::path(DAFTAR_SOURCE_DIR) / "../shared/testdata";
  return root / name;
}

// The folder of public data sets, found likewise by DAFTAR_DATA.
inline std::filesystem::path SharedData(std::string_view name) {
  const char* folder = std::getenv("DAFTAR_DATA");
  const std::filesystem::path root =
      folder != nullptr ? std::filesystem::path(folder)
                        : std::filesystem::path(DAFTAR_SOURCE_DIR) / "../shared/data";
  return root / name;
}

}  // namespace daftar::testing

// Ends the test case as skipped when the folder is absent.
#define DAFTAR_REQUIRE_FOLDER(path) \
  if (!std::filesystem::is_directory(path)) SKIP("test data is absent: " << (path).string())
