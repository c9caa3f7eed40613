// Names and numbers as somebody at the counter has them: in any script, spelling and digits.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daftar/record.h"
#include "daftar/value.h"

namespace daftar {

enum class SearchMode {
  kAny,        // names that are alike, that have the words, that begin or go on so; and numbers
  kWord,       // names that have all words of the text as words, in whichever script
  kSubstring,  // names that have the text anywhere in them, spaces left out of account
};

// What is looked for. Values of the schema's `$search` fields are names; numbers are looked up in
// primary keys and indexes.
struct SearchQuery {
  std::string text = {};
  std::string table = {};  // empty: all tables
  // Names at this path or below it only, and no numbers; empty: all.
  std::string field = {};
  SearchMode mode = SearchMode::kAny;
  size_t limit = 10;
};

// Why a record was found.
enum class SearchReason {
  kNumber,           // a key or indexed text is the number, in one of the ways to write it
  kExact,            // the name is the text, byte by byte
  kFolded,           // the same letters, typed another way
  kLegalFormApart,   // the same words, but for those of legal form, particles and order
  kTranslation,      // the same name, a word of it in another language
  kTransliteration,  // the same name in another script
  kSpelling,         // the same name, spelled another way
  kWords,            // the name has the words among others
  kWordsAlike,       // the same in another script, language or spelling
  kPrefix,           // words of the name begin with those of the text
  kSubstring,        // the text stands inside the name
  kSimilar,          // less alike than names of one usually are
};
// "number", "exact", "folded", "legal form apart", …
std::string_view SearchReasonName(SearchReason reason);

// A record that was found, by the one of its names that fits best.
struct SearchHit {
  std::string table;
  Key key;
  SearchReason reason = SearchReason::kSimilar;
  // How alike text and name are, 0 to 1; 1 for a number.
  double similarity = 0;
  std::string field;  // the path of the name or number
  std::string text;   // the name, or the number as it is stored
  // From when and until when the name was borne; null: not known, or not over.
  Value from = {};
  Value to = {};
};

struct SearchResult {
  std::vector<SearchHit> hits;  // the best first
  // False when there were more candidates than were looked at, or more hits than `limit`.
  bool complete = true;
  uint64_t entries_read = 0;
  uint64_t names_compared = 0;
};

}  // namespace daftar
