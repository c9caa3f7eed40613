#include "cli/progress.h"

#include <unistd.h>

#include <cstdio>

namespace daftar::cli {

ProgressLines::ProgressLines() : on_terminal_(isatty(STDERR_FILENO) != 0) {}

void ProgressLines::Show(const std::string& what, double fraction, uint64_t records) {
  if (what != what_) {
    End();
    what_ = what;
  }
  const int percent = static_cast<int>(fraction * 100);
  const int step = on_terminal_ ? 1 : 10;
  if (percent / step <= shown_ || percent >= 100) return;
  shown_ = percent / step;
  std::fprintf(stderr, "%s%s: %d %%, %llu records%s", on_terminal_ ? "\r" : "", what.c_str(),
               percent, static_cast<unsigned long long>(records), on_terminal_ ? "" : "\n");
}

void ProgressLines::End() {
  if (on_terminal_ && shown_ > 0) std::fprintf(stderr, "\n");
  shown_ = 0;
}

}  // namespace daftar::cli
