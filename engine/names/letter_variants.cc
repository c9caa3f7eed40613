#include "names/letter_variants.h"

#include <algorithm>
#include <array>

namespace daftar::names {
namespace {

struct Variant {
  int32_t character;
  std::string_view folded;
};

// In order of `character`.
constexpr auto kVariants = std::to_array<Variant>({
    // Apostrophes inside a word are left out by as many writers as set them.
    {0x0027, kNothing},                                                         // apostrophe
    {0x0060, kNothing},                                                         // grave accent
    {0x00AD, kNothing},                                                         // soft hyphen
    {0x00B4, kNothing},                                                         // acute accent
    {0x00E6, "ae"},     {0x00F0, "d"},                                          // eth
    {0x00F8, "o"},                                                              // o with stroke
    {0x00FE, "th"},                                                             // thorn
    {0x0111, "d"},      {0x0127, "h"},      {0x0131, "i"},                      // dotless i
    {0x0142, "l"},      {0x0153, "oe"},     {0x0167, "t"},      {0x01DD, "e"},  // turned e
    {0x0259, "a"},  // schwa, of Azerbaijani
    {0x02B9, kNothing}, {0x02BB, kNothing}, {0x02BC, kNothing}, {0x02BD, kNothing},
    {0x02BE, kNothing},  // hamza in scholarly transliteration
    {0x02BF, kNothing},  // ain
    {0x02C8, kNothing}, {0x02D0, kNothing}, {0x0621, kNothing},  // hamza
    {0x0629, "ه"},                                               // teh marbuta
    {0x0640, kNothing},                                          // tatweel
    {0x0643, "ک"},      {0x0649, "ی"},                           // alef maqsura
    {0x064A, "ی"},      {0x066E, "ب"},                           // dotless beh
    {0x066F, "ق"},                                               // dotless qaf
    {0x0671, "ا"},                                               // alef wasla
    {0x0672, "ا"},      {0x0673, "ا"},      {0x0674, kNothing},  // high hamza
    {0x06A9, "ک"},      {0x06AA, "ک"},      {0x06AB, "گ"},       // Pashto gaf
    {0x06AC, "ک"},      {0x06B0, "گ"},      {0x06BA, "ن"},       // noon ghunna
    {0x06BE, "ه"},                                               // heh doachashmee
    {0x06C1, "ه"},                                               // heh goal
    {0x06C3, "ه"},                                               // teh marbuta goal
    {0x06C4, "و"},      {0x06C5, "و"},      {0x06C6, "و"},      {0x06C7, "و"},
    {0x06C8, "و"},      {0x06C9, "و"},      {0x06CA, "و"},      {0x06CB, "و"},
    {0x06CD, "ی"},      {0x06CE, "ی"},      {0x06CF, "و"},      {0x06D0, "ی"},
    {0x06D1, "ی"},      {0x06D2, "ی"},  // yeh barree
    {0x06D5, "ه"},                      // ae
    {0x06FF, "ه"},      {0x0762, "ک"},      {0x0763, "ک"},      {0x0764, "ک"},
    {0x2018, kNothing}, {0x2019, kNothing},  // right single quotation mark
});
static_assert(std::is_sorted(kVariants.begin(), kVariants.end(),
                             [](const Variant& a, const Variant& b) {
                               return a.character < b.character;
                             }));

}  // namespace

std::string_view LetterVariant(int32_t character) {
  const auto* const found =
      std::lower_bound(kVariants.begin(), kVariants.end(), character,
                       [](const Variant& variant, int32_t c) { return variant.character < c; });
  const bool known = found != kVariants.end() && found->character == character;
  return known ? found->folded : std::string_view();
}

}  // namespace daftar::names
