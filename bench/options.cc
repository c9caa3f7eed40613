#include "bench/options.h"

#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "bench/workspace.h"

namespace daftar::bench {
namespace {

std::optional<std::string_view> ValueOf(std::string_view argument, std::string_view name) {
  if (!absl::ConsumePrefix(&argument, "--") || !absl::ConsumePrefix(&argument, name) ||
      !absl::ConsumePrefix(&argument, "=")) {
    return std::nullopt;
  }
  return argument;
}

template <typename T>
bool TakeNumber(std::string_view argument, std::string_view name,
                bool (*parse)(absl::string_view, T*), T* value) {
  const auto text = ValueOf(argument, name);
  if (!text.has_value()) return false;
  if (!parse(*text, value)) Fail(absl::StrCat("no number: ", argument));
  return true;
}

}  // namespace

bool Take(std::string_view argument, std::string_view name, uint64_t* value) {
  return TakeNumber<uint64_t>(argument, name, absl::SimpleAtoi<uint64_t>, value);
}

bool Take(std::string_view argument, std::string_view name, int* value) {
  return TakeNumber<int>(argument, name, absl::SimpleAtoi<int>, value);
}

bool Take(std::string_view argument, std::string_view name, double* value) {
  return TakeNumber<double>(argument, name, absl::SimpleAtod, value);
}

bool Take(std::string_view argument, std::string_view name, bool* value) {
  if (!absl::ConsumePrefix(&argument, "--") || argument != name) return false;
  *value = true;
  return true;
}

bool Take(std::string_view argument, std::string_view name, std::string* value) {
  const auto text = ValueOf(argument, name);
  if (text.has_value()) *value = std::string(*text);
  return text.has_value();
}

bool Take(std::string_view argument, std::string_view name, std::filesystem::path* value) {
  const auto text = ValueOf(argument, name);
  if (text.has_value()) *value = *text;
  return text.has_value();
}

void ParseOptions(int argc, char** argv, const std::function<bool(std::string_view)>& take) {
  for (int i = 1; i < argc; ++i) {
    if (!take(argv[i])) Fail(absl::StrCat("unknown option ", argv[i]));
  }
}

}  // namespace daftar::bench
