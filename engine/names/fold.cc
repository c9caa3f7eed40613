#include "names/fold.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include <cstdint>

#include "base/check.h"
#include "base/utf8.h"
#include "names/letter_variants.h"

namespace daftar::names {
namespace {

// More marks than any orthography puts on one letter; composing is linear only when they are few.
constexpr int kMarksMax = 30;

const icu::Normalizer2& Compatibility() {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* const normalizer = icu::Normalizer2::getNFKDInstance(error);
  DAFTAR_CHECK(U_SUCCESS(error) != 0);
  return *normalizer;
}

bool IsMark(UChar32 c) { return (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0; }

// A mark that only says how a letter sounds. Those of other scripts, as of India, are letters in
// all but name.
bool IsDiacritic(UChar32 c) {
  UErrorCode error = U_ZERO_ERROR;
  const UScriptCode script = uscript_getScript(c, &error);
  return script == USCRIPT_INHERITED || script == USCRIPT_ARABIC || script == USCRIPT_LATIN;
}

// Builds a folded text out of characters.
class Folder {
 public:
  void Add(UChar32 c) {
    if (c < 0) return AddSpace();
    if (c < 0x80) return AddSimple(u_tolower(c));
    icu::UnicodeString text;
    if (!compatibility_.getDecomposition(c, text)) text = icu::UnicodeString(c);
    text.foldCase();
    for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
      AddFoldedCase(text.char32At(i));
    }
  }

  std::string Finish() && {
    if (composes_) Compose();
    return std::move(text_);
  }

 private:
  // Folding case gives composed letters at times.
  void AddFoldedCase(UChar32 c) {
    icu::UnicodeString text;
    if (!compatibility_.getDecomposition(c, text)) return AddSimple(c);
    for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) AddSimple(text.char32At(i));
  }

  // Takes a character that has neither case nor decomposition.
  void AddSimple(UChar32 c) {
    const std::string_view variant = LetterVariant(c);
    if (!variant.empty()) {
      if (variant != kNothing) AddText(variant);
      return;
    }
    if (IsMark(c)) return AddMark(c);
    if (u_charType(c) == U_FORMAT_CHAR && c != 0x200C) return;  // Invisible; ZWNJ parts words.
    const int32_t digit = u_charDigitValue(c);
    if (digit >= 0) return AddText(std::string(1, static_cast<char>('0' + digit)));
    if (!u_isalnum(c) && (U_GET_GC_MASK(c) & U_GC_N_MASK) == 0) return AddSpace();
    std::string text;
    AppendCharacter(c, &text);
    AddText(text);
    if (c >= 0x0900) composes_ = true;
  }

  void AddMark(UChar32 c) {
    if (IsDiacritic(c) || ++marks_ > kMarksMax) return;
    if (space_) return;  // A mark on nothing.
    AppendCharacter(c, &text_);
    composes_ = true;
  }

  void AddText(std::string_view text) {
    if (space_ && !text_.empty()) text_ += ' ';
    space_ = false;
    marks_ = 0;
    text_ += text;
  }

  void AddSpace() { space_ = true; }

  void Compose() {
    UErrorCode error = U_ZERO_ERROR;
    const icu::Normalizer2* const normalizer = icu::Normalizer2::getNFCInstance(error);
    DAFTAR_CHECK(U_SUCCESS(error) != 0);
    const icu::UnicodeString composed =
        normalizer->normalize(icu::UnicodeString::fromUTF8(text_), error);
    DAFTAR_CHECK(U_SUCCESS(error) != 0);
    text_.clear();
    composed.toUTF8String(text_);
  }

  const icu::Normalizer2& compatibility_ = Compatibility();
  std::string text_;
  int marks_ = 0;
  bool space_ = true;
  bool composes_ = false;
};

}  // namespace

std::string Fold(std::string_view utf8) {
  Folder folder;
  for (size_t i = 0; i < utf8.size();) folder.Add(NextCharacter(utf8, &i));
  return std::move(folder).Finish();
}

}  // namespace daftar::names
