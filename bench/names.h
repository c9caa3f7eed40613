// Names of firms as the search benchmark asks for them: made up, and the same for each seed.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace daftar::bench {

// A word in Latin and in Arabic script.
struct Word {
  std::string latin;
  std::string arabic;
};

// Words of few stand in many names and most in few, as in a real book. Thread safety: none.
class NameMaker {
 public:
  explicit NameMaker(uint64_t seed);

  // The words of one name, two to four.
  std::vector<const Word*> Words();
  // The name in one script, with a word of legal form.
  std::string Name(const std::vector<const Word*>& words, bool arabic);
  // The name with a letter of a long word other than it was.
  std::string Misspelled(const std::vector<const Word*>& words);
  // Letters from inside the name, so many at most.
  std::string Part(const std::vector<const Word*>& words, bool arabic, size_t letters);
  size_t Below(size_t n) { return static_cast<size_t>(random_() % n); }

 private:
  const Word& AnyWord();

  std::mt19937_64 random_;
  std::vector<Word> words_;
};

}  // namespace daftar::bench
