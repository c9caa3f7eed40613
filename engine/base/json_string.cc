#include "base/json_string.h"

#include "base/utf8.h"

namespace daftar {
namespace {

void AppendEscaped(char c, std::string* out) {
  constexpr char kDigits[] = "0123456789abcdef";
  switch (c) {
    case '"':
      out->append("\\\"");
      return;
    case '\\':
      out->append("\\\\");
      return;
    case '\b':
      out->append("\\b");
      return;
    case '\f':
      out->append("\\f");
      return;
    case '\n':
      out->append("\\n");
      return;
    case '\r':
      out->append("\\r");
      return;
    case '\t':
      out->append("\\t");
      return;
    default:
      out->append("\\u00");
      out->push_back(kDigits[(c >> 4) & 0xf]);
      out->push_back(kDigits[c & 0xf]);
  }
}

void AppendEscapedText(std::string_view text, std::string* out) {
  size_t run = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out->append(text.substr(run, i - run));
    AppendEscaped(text[i], out);
    run = i + 1;
  }
  out->append(text.substr(run));
}

}  // namespace

void AppendJsonString(std::string_view text, std::string* out) {
  out->push_back('"');
  while (const auto bad = ValidateUtf8(text)) {
    AppendEscapedText(text.substr(0, *bad), out);
    out->append("\xEF\xBF\xBD");
    size_t next = *bad;
    NextCharacter(text, &next);
    text.remove_prefix(next);
  }
  AppendEscapedText(text, out);
  out->push_back('"');
}

}  // namespace daftar
