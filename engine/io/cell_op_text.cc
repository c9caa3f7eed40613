#include <unicode/uchar.h>

#include <unordered_set>

#include "absl/strings/str_replace.h"
#include "base/digits.h"
#include "base/status.h"
#include "base/utf8.h"
#include "io/cell_op_factory.h"

namespace daftar::io {
namespace {

using record::JsonValue;

// White space, and the invisible marks that spreadsheets leave around names: byte order mark and
// the left-to-right and right-to-left marks.
bool IsTrimmed(int32_t c) {
  return c == 0x200E || c == 0x200F || c == 0xFEFF || (c >= 0 && u_isUWhiteSpace(c) != 0);
}

void Trim(std::string* text) {
  size_t begin = 0;
  size_t end = 0;
  bool blank = true;
  for (size_t i = 0; i < text->size();) {
    const size_t start = i;
    if (IsTrimmed(NextCharacter(*text, &i))) continue;
    if (blank) begin = start;
    blank = false;
    end = i;
  }
  text->erase(end);
  text->erase(0, begin);
}

// A function on each character; malformed bytes cannot come here (CheckCells).
template <typename Function>
CellOp OnCharacters(Function function) {
  return CellOp::OnText(
      [function](std::string* text, JsonValue*) {
        std::string result;
        for (size_t i = 0; i < text->size();) {
          AppendCharacter(function(NextCharacter(*text, &i)), &result);
        }
        *text = std::move(result);
        return absl::OkStatus();
      },
      false);
}

}  // namespace

absl::StatusOr<CellOp> MakeTrim(const Spec& argument) {
  DAFTAR_RETURN_IF_ERROR(argument.True());
  return CellOp::OnText(
      [](std::string* text, JsonValue*) {
        Trim(text);
        return absl::OkStatus();
      },
      false);
}

absl::StatusOr<CellOp> MakeNullIf(const Spec& argument) {
  DAFTAR_ASSIGN_OR_RETURN(const std::vector<std::string> texts, argument.Texts());
  return CellOp::OnText(
      [set = std::unordered_set<std::string>(texts.begin(), texts.end())](std::string* text,
                                                                          JsonValue* value) {
        if (set.contains(*text)) value->SetNull();
        return absl::OkStatus();
      },
      false);
}

absl::StatusOr<CellOp> MakeStripPrefix(const Spec& argument) {
  DAFTAR_ASSIGN_OR_RETURN(std::vector<std::string> prefixes, argument.Texts());
  return CellOp::OnText(
      [prefixes = std::move(prefixes)](std::string* text, JsonValue*) {
        for (const std::string& prefix : prefixes) {
          if (!text->starts_with(prefix)) continue;
          text->erase(0, prefix.size());
          break;
        }
        return absl::OkStatus();
      },
      false);
}

absl::StatusOr<CellOp> MakeStripSuffix(const Spec& argument) {
  DAFTAR_ASSIGN_OR_RETURN(std::vector<std::string> suffixes, argument.Texts());
  return CellOp::OnText(
      [suffixes = std::move(suffixes)](std::string* text, JsonValue*) {
        for (const std::string& suffix : suffixes) {
          if (!text->ends_with(suffix)) continue;
          text->erase(text->size() - suffix.size());
          break;
        }
        return absl::OkStatus();
      },
      false);
}

absl::StatusOr<CellOp> MakeLower(const Spec& argument) {
  DAFTAR_RETURN_IF_ERROR(argument.True());
  return OnCharacters([](int32_t c) { return u_tolower(c); });
}

absl::StatusOr<CellOp> MakeUpper(const Spec& argument) {
  DAFTAR_RETURN_IF_ERROR(argument.True());
  return OnCharacters([](int32_t c) { return u_toupper(c); });
}

absl::StatusOr<CellOp> MakeLatinDigits(const Spec& argument) {
  DAFTAR_RETURN_IF_ERROR(argument.True());
  return OnCharacters(&AsciiDigit);
}

absl::StatusOr<CellOp> MakeReplace(const Spec& argument) {
  DAFTAR_ASSIGN_OR_RETURN(const auto members, argument.Members());
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const auto& [from, spec] : members) {
    if (from.empty()) return spec.Wrong("nothing cannot be replaced");
    DAFTAR_ASSIGN_OR_RETURN(std::string to, spec.Text());
    pairs.emplace_back(from, std::move(to));
  }
  return CellOp::OnText(
      [pairs = std::move(pairs)](std::string* text, JsonValue*) {
        for (const auto& [from, to] : pairs) absl::StrReplaceAll({{from, to}}, text);
        return absl::OkStatus();
      },
      false);
}

absl::StatusOr<CellOp> MakePad(const Spec& argument) {
  DAFTAR_ASSIGN_OR_RETURN(const auto members, argument.Members());
  int64_t width = 0;
  std::string with;
  for (const auto& [name, spec] : members) {
    if (name == "width") {
      DAFTAR_ASSIGN_OR_RETURN(width, spec.Integer());
      if (width < 1 || width > 100) return spec.Wrong("it must be from 1 to 100");
    } else if (name == "with") {
      DAFTAR_ASSIGN_OR_RETURN(with, spec.Text());
      if (CountCharacters(with) != 1) return spec.Wrong("it must be one character");
    } else {
      return spec.Wrong("unknown name; known are width, with");
    }
  }
  if (width == 0 || with.empty()) return argument.Wrong("width and with are both needed");
  return CellOp::OnText(
      [width = static_cast<size_t>(width), with](std::string* text, JsonValue*) {
        std::string padded;
        for (size_t count = CountCharacters(*text); count < width; ++count) padded += with;
        text->insert(0, padded);
        return absl::OkStatus();
      },
      false);
}

}  // namespace daftar::io
