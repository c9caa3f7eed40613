// Rows of a file of separated values.
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace daftar::testing {

// The fields of one line; a field in quotes may hold the separator, no field holds a line break.
inline std::vector<std::string> SplitLine(const std::string& line, char separator) {
  std::vector<std::string> fields(1);
  bool is_quoted = false;
  for (const char c : line) {
    if (c == '"') {
      is_quoted = !is_quoted;
    } else if (c == separator && !is_quoted) {
      fields.emplace_back();
    } else if (c != '\r') {
      fields.back() += c;
    }
  }
  return fields;
}

// All rows below the first, by the names in it.
inline std::vector<std::map<std::string, std::string>> ReadRows(const std::filesystem::path& path,
                                                                char separator) {
  CAPTURE(path.string());
  std::ifstream file(path);
  std::string line;
  REQUIRE(std::getline(file, line));
  const std::vector<std::string> names = SplitLine(line, separator);
  std::vector<std::map<std::string, std::string>> rows;
  while (std::getline(file, line)) {
    const std::vector<std::string> fields = SplitLine(line, separator);
    REQUIRE(fields.size() == names.size());
    auto& row = rows.emplace_back();
    for (size_t i = 0; i < names.size(); ++i) row[names[i]] = fields[i];
  }
  return rows;
}

}  // namespace daftar::testing
