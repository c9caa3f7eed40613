// Words that say what a firm is before the law, and are no part of what it is called.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace daftar::names {

enum class LegalForm {
  kCompany,
  kLimited,
  kPrivate,
  kPublic,
  kCorporation,
  kGroup,
  kPartnership,
  kCooperative,
  kFirm,
};

struct LegalFormPhrase {
  std::string_view text;      // As people write it; one to three words when folded.
  std::string_view language;  // ISO 639.
  LegalForm form;
};

std::span<const LegalFormPhrase> LegalFormPhrases();

}  // namespace daftar::names
