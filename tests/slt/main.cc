// Runs the .test files of sqllogictest: `daftar_slt FOLDER|FILE…`. Prints the counts of each file.
// Exit code 0: nothing failed; 1: something did, or nothing passed; 77: there is no such folder,
// nothing was run.

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "slt/runner.h"

namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr int kAbsent = 77;  // CTest counts it as skipped

// A folder that is gone with the program.
class Scratch {
 public:
  Scratch()
      : path_(std::filesystem::temp_directory_path() / ("daftar-slt-" + std::to_string(getpid()))) {
    std::filesystem::create_directories(path_);
  }
  ~Scratch() {
    std::error_code ignored;  // what is left there harms nobody
    std::filesystem::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  const std::filesystem::path path_;
};

std::vector<std::filesystem::path> FilesOf(const std::filesystem::path& place) {
  if (!std::filesystem::is_directory(place)) return {place};
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(place)) {
    if (entry.path().extension() == ".test") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

struct Total {
  int passed = 0;
  bool failed = false;
};

void RunFile(const std::filesystem::path& file, Total* total) {
  std::ifstream in(file, std::ios::binary);
  const std::string script(std::istreambuf_iterator<char>(in), {});
  const Scratch scratch;
  const auto counts = daftar::slt::Runner(scratch.path()).Run(script);
  if (!counts.ok()) {
    std::cout << file.filename().string() << ": " << counts.status().message() << "\n";
    total->failed = true;
    return;
  }
  int skipped = 0;
  for (const auto& [reason, count] : counts->skipped) skipped += count;
  std::cout << file.filename().string() << ": " << counts->passed << " passed, " << counts->failed
            << " failed, " << skipped << " skipped\n";
  for (const auto& [reason, count] : counts->skipped) {
    std::cout << "  skipped " << count << ": " << reason << "\n";
  }
  for (const std::string& failure : counts->failures) std::cout << "  " << failure << "\n";
  total->passed += counts->passed;
  total->failed = total->failed || counts->failed > 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: daftar_slt FOLDER|FILE…\n";
    return kUsage;
  }
  Total total;
  for (int i = 1; i < argc; ++i) {
    if (!std::filesystem::exists(argv[i])) {
      std::cout << "skipped: there is no " << argv[i] << "\n";
      return kAbsent;
    }
    for (const auto& file : FilesOf(argv[i])) RunFile(file, &total);
  }
  // Nothing passed: then nothing was shown.
  return total.failed || total.passed == 0 ? kFailed : 0;
}
