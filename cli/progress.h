// How far a long command has come, on standard error.
#pragma once

#include <cstdint>
#include <string>

namespace daftar::cli {

// Shows how far each walk through a table has come: a line on a terminal that is written over;
// elsewhere a line for each tenth on the way.
class ProgressLines {
 public:
  ProgressLines();

  // `what` is done, as "building byGate of visit".
  void Show(const std::string& what, double fraction, uint64_t records);
  // Before anything else is printed.
  void End();

 private:
  const bool on_terminal_;
  std::string what_;
  int shown_ = 0;
};

}  // namespace daftar::cli
