#include "bench/workspace.h"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iostream>

namespace daftar::bench {

void Fail(const std::string& message) {
  std::cerr << "daftar_bench: " << message << "\n";
  std::exit(1);
}

void RequireMeasurable() {
  if (kMeasurable) return;
  std::cerr << "daftar_bench: this build is not optimized or checks assertions, so its times mean "
               "nothing; use the preset release\n";
  std::exit(2);
}

std::string MachineName() {
  std::ifstream cpuinfo("/proc/cpuinfo");
  std::string line;
  while (std::getline(cpuinfo, line) && !line.starts_with("model name")) {
  }
  const size_t colon = line.find(": ");
  return (colon == std::string::npos ? "unknown" : line.substr(colon + 2)) + ", " +
         std::to_string(sysconf(_SC_NPROCESSORS_ONLN)) + " cores";
}

Workspace::Workspace(const std::filesystem::path& parent) {
  std::string pattern = (parent / "daftar_bench.XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) Fail("cannot make a folder in " + pattern);
  folder_ = pattern;
}

Workspace::~Workspace() { std::filesystem::remove_all(folder_); }

std::filesystem::path Workspace::Fresh(const std::string& name) const {
  std::filesystem::remove_all(folder_ / name);
  std::filesystem::create_directories(folder_ / name);
  return folder_ / name;
}

}  // namespace daftar::bench
