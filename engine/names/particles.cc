#include "names/particles.h"

#include <algorithm>
#include <array>

namespace daftar::names {
namespace {

using Word = std::string_view;

constexpr auto kParticles = std::to_array<Word>(
    {// English.
     "the", "of", "and", "for", "in", "de", "mr", "mrs", "ms", "dr", "eng", "messrs",
     // Persian and Arabic names in Latin letters.
     "e", "i", "ye", "yi", "o", "va", "wa", "bin", "ibn", "ben", "bint", "haj", "hajj",
     // Persian.
     "و", "در", "از", "به", "برای", "ها", "های", "هاي", "ی", "اقای", "خانم", "دکتر", "مهندس", "حاج",
     // Urdu; folded, so that yeh barree is yeh.
     "کا", "کی", "اور", "اینڈ", "اف", "دی", "جناب", "ڈاکٹر",
     // Arabic.
     "ال", "بن", "ابن", "بنت", "فی", "من"});

constexpr auto kArticles =
    std::to_array<Word>({"al", "el", "ul", "ol",  "il",  "ur", "ud", "us", "uz", "un", "ar", "ad",
                         "as", "az", "an", "ash", "ush", "er", "ed", "es", "ez", "or", "od"});

}  // namespace

bool IsLatinArticle(std::string_view word) {
  return std::find(kArticles.begin(), kArticles.end(), word) != kArticles.end();
}

bool IsParticle(std::string_view word) {
  return IsLatinArticle(word) ||
         std::find(kParticles.begin(), kParticles.end(), word) != kParticles.end();
}

}  // namespace daftar::names
