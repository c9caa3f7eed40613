#include <sys/ioctl.h>
#include <unistd.h>

#include <fstream>
#include <iostream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "cli/commands.h"

namespace daftar::cli {

ExitCode ExitCodeOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return kOk;
    case absl::StatusCode::kNotFound:
      return kAbsent;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kAborted:
      return kRefused;
    case absl::StatusCode::kDataLoss:
      return kDamaged;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kResourceExhausted:
      return kSystem;
    default:
      return kInternal;
  }
}

absl::StatusOr<std::unique_ptr<Database>> OpenDatabase(const std::string& directory,
                                                       bool read_only) {
  OpenOptions options;
  options.read_only = read_only;
  return Database::Open(directory, options);
}

size_t TerminalWidth() {
  winsize size{};
  if (isatty(STDOUT_FILENO) == 0 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_col;
}

absl::StatusOr<std::string> ReadText(const std::string& path) {
  if (path == "-") {
    std::string text(std::istreambuf_iterator<char>(std::cin), {});
    if (std::cin.bad()) return absl::UnavailableError("standard input cannot be read");
    return text;
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) return absl::NotFoundError(absl::StrCat("file cannot be opened; file=", path));
  std::string text(std::istreambuf_iterator<char>(in), {});
  if (in.bad()) return absl::UnavailableError(absl::StrCat("file cannot be read; file=", path));
  return text;
}

absl::Status PrintPart(std::string_view text) {
  std::cout << text;
  if (!std::cout) return absl::UnavailableError("standard output cannot be written");
  return absl::OkStatus();
}

absl::Status Print(std::string_view text) {
  std::cout << text << std::flush;
  return PrintPart("");
}

Key ToKey(const std::vector<std::string>& texts) {
  Key key;
  for (const std::string& text : texts) key.emplace_back(text);
  return key;
}

}  // namespace daftar::cli
