#include "identifier/written.h"

#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/digits.h"
#include "base/status.h"
#include "base/utf8.h"

namespace daftar::identifier {
namespace {

bool IsSpaceOrMark(int32_t c) {
  switch (c) {
    case ' ':
    case '\t':
    case '\r':
    case '\n':
    case 0x00A0:  // no-break space
    case 0x2009:  // thin space
    case 0x202F:  // narrow no-break space
    case 0x200C:  // zero width non-joiner
    case 0x200D:  // zero width joiner
    case 0x200E:  // left-to-right mark
    case 0x200F:  // right-to-left mark
    case 0xFEFF:  // byte order mark
      return true;
    default:
      return false;
  }
}

// Hyphens, dashes and dots.
bool IsSeparator(int32_t c) { return c == '-' || c == '.' || (c >= 0x2010 && c <= 0x2013); }

// The character that counts for `c`, or 0.
char Fold(int32_t c) {
  c = AsciiDigit(c);
  if (c < 0 || c > 0x7F) return 0;
  const auto byte = static_cast<unsigned char>(c);
  return absl::ascii_isalnum(byte) ? absl::ascii_toupper(byte) : '\0';
}

absl::Status MisplacedSeparator(size_t position) {
  return InvalidArgument("a separator must stand between two characters of the number")
      .With("position", position);
}

struct Run {
  size_t count;
  char kind;
};

// Takes the next "<count><kind>" off the form.
Run NextRun(std::string_view* form) {
  size_t count = 0;
  while (absl::ascii_isdigit(static_cast<unsigned char>(form->front()))) {
    count = count * 10 + static_cast<size_t>(form->front() - '0');
    form->remove_prefix(1);
  }
  const char kind = form->front();
  DAFTAR_CHECK(count > 0 && (kind == 'n' || kind == 'a' || kind == 'c'));
  form->remove_prefix(1);
  return {count, kind};
}

bool IsOfKind(char c, char kind) {
  const bool is_digit = c >= '0' && c <= '9';
  return kind == 'c' || is_digit == (kind == 'n');
}

}  // namespace

absl::StatusOr<Written> ReadWritten(std::string_view text) {
  Written written;
  size_t position = 0;
  size_t separator = 0;  // where one waits for the character after it, or 0
  for (size_t offset = 0; offset < text.size();) {
    const int32_t character = NextCharacter(text, &offset);
    ++position;
    if (IsSpaceOrMark(character)) continue;
    if (IsSeparator(character)) {
      if (written.text.empty() || separator != 0) return MisplacedSeparator(position);
      separator = position;
      continue;
    }
    const char folded = Fold(character);
    if (folded == 0) {
      auto error = InvalidArgument("the number has a character that is neither digit nor letter");
      if (character < 0) return std::move(error).With("position", position);
      return std::move(error)
          .With("position", position)
          .With("found",
                absl::AsciiStrToUpper(absl::StrCat("u+", absl::Hex(character, absl::kZeroPad4))));
    }
    written.text += folded;
    written.positions.push_back(position);
    separator = 0;
  }
  if (separator != 0) return MisplacedSeparator(separator);
  return written;
}

absl::Status CheckForm(const Written& written, std::string_view form) {
  size_t expected = 0;
  for (std::string_view rest = form; !rest.empty();) expected += NextRun(&rest).count;
  const size_t length = written.text.size();
  if (length != expected) {
    return InvalidArgument(length < expected ? "the number is too short" : "the number is too long")
        .With("characters", length)
        .With("expected", expected);
  }
  size_t i = 0;
  while (!form.empty()) {
    const Run run = NextRun(&form);
    for (const size_t end = i + run.count; i < end; ++i) {
      if (IsOfKind(written.text[i], run.kind)) continue;
      return InvalidArgument(run.kind == 'n' ? "the number has a letter where a digit must stand"
                                             : "the number has a digit where a letter must stand")
          .With("position", written.positions[i])
          .With("found", written.text.substr(i, 1));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckEnd(const Written& written, std::string_view expected) {
  if (absl::EndsWith(written.text, expected)) return absl::OkStatus();
  const size_t start = written.text.size() - expected.size();
  return InvalidArgument(expected.size() == 1
                             ? "the check digit does not fit the rest of the number"
                             : "the check digits do not fit the rest of the number")
      .With("found", written.text.substr(start))
      .With("expected", expected);
}

}  // namespace daftar::identifier
