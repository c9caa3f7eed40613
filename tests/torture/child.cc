#include "torture/child.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <stdexcept>

#include "absl/strings/str_cat.h"

namespace daftar::torture {
namespace {

ChildEnd Decode(int status) {
  ChildEnd end;
  end.exited = WIFEXITED(status);
  if (end.exited) end.code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
  return end;
}

int RunBody(absl::FunctionRef<int()> body) {
  try {
    return body();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "child: %s\n", error.what());
    return 3;
  }
}

}  // namespace

std::string ChildEnd::Describe() const {
  if (exited) return absl::StrCat("exit code ", code);
  if (signal == SIGALRM) return "no progress";
  return absl::StrCat("signal ", signal, " (", strsignal(signal), ")");
}

pid_t StartChild(absl::FunctionRef<int()> body) {
  std::fflush(nullptr);  // Or the child would print it again.
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child > 0) return child;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(3);  // It died before the line above.
  const int code = RunBody(body);
  std::fflush(nullptr);
  _exit(code);
}

ChildEnd WaitFor(pid_t child) {
  int status = 0;
  if (waitpid(child, &status, 0) != child) throw std::runtime_error("waitpid failed");
  return Decode(status);
}

bool HasEnded(pid_t child) {
  siginfo_t info = {};
  return waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid == child;
}

std::optional<ChildEnd> EndOf(pid_t child) {
  int status = 0;
  const pid_t ended = waitpid(child, &status, WNOHANG);
  if (ended == 0) return std::nullopt;
  if (ended != child) throw std::runtime_error("waitpid failed");
  return Decode(status);
}

void ExpectProgressWithin(unsigned seconds) { alarm(seconds); }

}  // namespace daftar::torture
