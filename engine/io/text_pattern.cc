#include "io/text_pattern.h"

#include "base/status.h"

namespace daftar::io {

absl::StatusOr<TextPattern> ParseTextPattern(std::string_view text) {
  TextPattern pattern{{""}, {}};
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool doubled = i + 1 < text.size() && text[i + 1] == c;
    if ((c == '{' || c == '}') && doubled) {
      pattern.literals.back().push_back(c);
      ++i;
    } else if (c == '{') {
      const size_t end = text.find_first_of("{}", i + 1);
      if (end == text.npos || text[end] == '{') {
        return InvalidArgument("pattern has an opening brace without a closing one");
      }
      if (end == i + 1) return InvalidArgument("pattern has an empty name");
      pattern.names.emplace_back(text.substr(i + 1, end - i - 1));
      pattern.literals.emplace_back();
      i = end;
    } else if (c == '}') {
      return InvalidArgument("pattern has a closing brace without an opening one");
    } else {
      pattern.literals.back().push_back(c);
    }
  }
  return pattern;
}

std::optional<std::vector<std::string_view>> MatchTextPattern(const TextPattern& pattern,
                                                              std::string_view text) {
  if (pattern.names.empty()) {
    if (text == pattern.literals[0]) return std::vector<std::string_view>();
    return std::nullopt;
  }
  if (!text.starts_with(pattern.literals.front())) return std::nullopt;
  text.remove_prefix(pattern.literals.front().size());
  if (!text.ends_with(pattern.literals.back())) return std::nullopt;
  text.remove_suffix(pattern.literals.back().size());
  std::vector<std::string_view> parts(pattern.names.size());
  for (size_t i = parts.size() - 1; i > 0; --i) {
    const std::string& before = pattern.literals[i];
    const size_t at = text.rfind(before);
    if (at == text.npos) return std::nullopt;
    parts[i] = text.substr(at + before.size());
    text = text.substr(0, at);
  }
  parts[0] = text;
  return parts;
}

}  // namespace daftar::io
