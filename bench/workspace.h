// What every benchmark program needs: a folder to work in, and an end with a message.
#pragma once

#include <filesystem>
#include <string>

namespace daftar::bench {

#if defined(__OPTIMIZE__) && defined(NDEBUG)
inline constexpr bool kMeasurable = true;
#else
inline constexpr bool kMeasurable = false;
#endif

// Ends the program with a message.
[[noreturn]] void Fail(const std::string& message);

// A build that is not optimized, or that checks assertions, measures nothing: ends the program with
// code 2, which tests take for skipped.
void RequireMeasurable();

// "model name, N cores".
std::string MachineName();

// A folder of its own inside another one, removed with everything in it.
class Workspace {
 public:
  explicit Workspace(const std::filesystem::path& parent);
  ~Workspace();
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  const std::filesystem::path& folder() const { return folder_; }
  // An empty folder, replacing the one of this name.
  std::filesystem::path Fresh(const std::string& name) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace daftar::bench
