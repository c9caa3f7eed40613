// Words of a name that writers set or leave out.
#pragma once

#include <string_view>

namespace daftar::names {

// Whether a folded word is an article, a conjunction, a preposition, an ezafe, an ending that
// ZWNJ parted, or a title.
bool IsParticle(std::string_view word);

// Whether a folded word is the Arabic article in Latin letters, or one assimilated to the word
// after it ("ur" Rahman, "ad" Din).
bool IsLatinArticle(std::string_view word);

}  // namespace daftar::names
