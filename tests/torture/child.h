// Child processes that may die.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "absl/functional/function_ref.h"

namespace daftar::torture {

// How a child ended.
struct ChildEnd {
  bool exited = false;  // by itself, with `code`
  int code = 0;
  int signal = 0;  // that ended it otherwise

  bool clean() const { return exited && code == 0; }
  // "exit code 3", "signal 6 (Aborted)".
  std::string Describe() const;
};

// Runs `body` in a child, whose exit code is what it returns; an exception is code 3. The child
// ends with its parent. Requires: this process has no other threads, so that the child may do
// anything; in particular it never opened a store of RocksDB, which keeps threads for good.
pid_t StartChild(absl::FunctionRef<int()> body);
ChildEnd WaitFor(pid_t child);
// Whether it has, without taking note of how.
bool HasEnded(pid_t child);
// Nothing while it runs.
std::optional<ChildEnd> EndOf(pid_t child);

// Ends the calling process by SIGALRM when it does not call this again in time.
void ExpectProgressWithin(unsigned seconds);

}  // namespace daftar::torture
