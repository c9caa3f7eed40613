#include "names/legal_forms.h"

#include <array>

namespace daftar::names {
namespace {

using enum LegalForm;

constexpr auto kPhrases = std::to_array<LegalFormPhrase>({
    {"شرکت", "fa", kCompany},
    {"شرکت‌های", "fa", kCompany},
    {"کمپانی", "fa", kCompany},
    {"سهامی", "fa", kCorporation},
    {"سهامی خاص", "fa", kPrivate},
    {"سهامی عام", "fa", kPublic},
    {"با مسئولیت محدود", "fa", kLimited},
    {"مسئولیت محدود", "fa", kLimited},
    {"بامسئولیت محدود", "fa", kLimited},
    {"تضامنی", "fa", kPartnership},
    {"تعاونی", "fa", kCooperative},
    {"شرکت تعاونی", "fa", kCooperative},
    {"موسسه", "fa", kFirm},
    {"گروه", "fa", kGroup},
    {"هلدینگ", "fa", kGroup},

    {"کمپنی", "ur", kCompany},
    {"کمپنیز", "ur", kCompany},
    {"لمیٹڈ", "ur", kLimited},
    {"لمٹیڈ", "ur", kLimited},
    {"لیمیٹڈ", "ur", kLimited},
    {"پرائیویٹ", "ur", kPrivate},
    {"پرائیوٹ", "ur", kPrivate},
    {"پبلک", "ur", kPublic},
    {"کارپوریشن", "ur", kCorporation},
    {"گروپ", "ur", kGroup},
    {"ہولڈنگ", "ur", kGroup},
    {"ہولڈنگز", "ur", kGroup},

    {"شركة", "ar", kCompany},
    {"الشركة", "ar", kCompany},
    {"ذ.م.م", "ar", kLimited},
    {"ذات مسؤولية محدودة", "ar", kLimited},
    {"محدودة", "ar", kLimited},
    {"المحدودة", "ar", kLimited},
    {"ش.م.ع", "ar", kPublic},
    {"مساهمة عامة", "ar", kPublic},
    {"مساهمة خاصة", "ar", kPrivate},
    {"مجموعة", "ar", kGroup},
    {"مؤسسة", "ar", kFirm},

    {"company", "en", kCompany},
    {"companies", "en", kCompany},
    {"co", "en", kCompany},
    {"cos", "en", kCompany},
    {"firm", "en", kFirm},
    {"ltd", "en", kLimited},
    {"limited", "en", kLimited},
    {"llc", "en", kLimited},
    {"l.l.c", "en", kLimited},
    {"limited liability", "en", kLimited},
    {"llp", "en", kPartnership},
    {"lp", "en", kPartnership},
    {"pvt", "en", kPrivate},
    {"pte", "en", kPrivate},
    {"private", "en", kPrivate},
    {"private joint stock", "en", kPrivate},
    {"pjs", "en", kPrivate},
    {"pjsc", "en", kPublic},
    {"p.j.s", "en", kPublic},
    {"public", "en", kPublic},
    {"public joint stock", "en", kPublic},
    {"psc", "en", kPublic},
    {"plc", "en", kPublic},
    {"p.l.c", "en", kPublic},
    {"joint stock", "en", kCorporation},
    {"jsc", "en", kCorporation},
    {"inc", "en", kCorporation},
    {"incorporated", "en", kCorporation},
    {"corp", "en", kCorporation},
    {"corporation", "en", kCorporation},
    {"group", "en", kGroup},
    {"holding", "en", kGroup},
    {"holdings", "en", kGroup},
    {"cooperative", "en", kCooperative},
    {"co-operative", "en", kCooperative},
    {"gmbh", "de", kLimited},
    {"ag", "de", kPublic},

    // Persian in Latin letters.
    {"sherkat", "fa-Latn", kCompany},
    {"sherkat-e", "fa-Latn", kCompany},
    {"sahami", "fa-Latn", kCorporation},
    {"sahami khas", "fa-Latn", kPrivate},
    {"sahami-ye khas", "fa-Latn", kPrivate},
    {"sahami am", "fa-Latn", kPublic},
    {"sahami-ye am", "fa-Latn", kPublic},
    {"masouliyat mahdoud", "fa-Latn", kLimited},
    {"masouliat mahdoud", "fa-Latn", kLimited},
    {"taavoni", "fa-Latn", kCooperative},
    {"gorouh", "fa-Latn", kGroup},
    {"gorooh", "fa-Latn", kGroup},
    {"goruh", "fa-Latn", kGroup},
});

}  // namespace

std::span<const LegalFormPhrase> LegalFormPhrases() { return kPhrases; }

}  // namespace daftar::names
