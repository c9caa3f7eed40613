#include "torture/board.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace daftar::torture {

void Board::AddViolation(std::string_view text) {
  const uint64_t number = state_->violations++;
  if (number >= kTextsMax) return;
  const size_t bytes = std::min(text.size(), kTextBytes - 1);
  std::memcpy(state_->texts[number], text.data(), bytes);
}

std::string Board::Counts() const {
  std::string text;
  for (size_t i = 0; i < names_.size(); ++i) {
    absl::StrAppend(&text, i == 0 ? "" : ", ", names_[i], " ", count(i));
  }
  return text;
}

std::vector<std::string> Board::Texts() const {
  std::vector<std::string> texts;
  for (size_t i = 0; i < std::min<size_t>(violations(), kTextsMax); ++i) {
    texts.emplace_back(state_->texts[i]);
  }
  return texts;
}

}  // namespace daftar::torture
