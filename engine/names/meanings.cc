#include "names/meanings.h"

#include <array>

namespace daftar::names {
namespace {

// English, then Persian, Urdu (which often writes the English word), Arabic, and Latin spellings
// of those.
constexpr auto kMeanings = std::to_array<Meaning>({
    {"oil|petroleum|نفت|تیل|آئل|پٹرولیم|پیٹرولیم|النفط|نفط|naft"},
    {"gas|گاز|گیس|الغاز|غاز|gaz"},
    {"petrochemical|petrochemicals|petrochem|پتروشیمی|پیٹروکیمیکل|پیٹرو کیمیکل|پیٹروکیمیکلز|"
     "البتروكيماويات|petroshimi"},
    {"chemical|chemicals|chem|chemistry|شیمیایی|شیمی|کیمیکل|کیمیکلز|کیمیاوی|كيماويات|shimi"},
    {"refinery|refining|پالایش|پالایشگاه|ریفائنری|ریفائننگ|مصفاة|palayesh|palayeshgah"},
    {"bank|banking|بانک|بینک|بنک|بینکنگ|البنك|مصرف|المصرف|banque"},
    {"insurance|assurance|بیمه|بیمہ|انشورنس|تأمين|التأمين|takaful|bimeh"},
    {"industry|industries|industrial|صنعت|صنایع|صنعتی|صنعتي|انڈسٹری|انڈسٹریز|انڈسٹریل|الصناعات|"
     "صناعات|صناعية|الصناعية|sanat|sanaye|sanati"},
    {"steel|فولاد|اسٹیل|سٹیل|الصلب|الفولاذ|foolad|foulad"},
    {"iron|آهن|آئرن|لوہا|الحديد|حديد|ahan"},
    {"copper|مس|تانبا|کاپر|النحاس|mes"},
    {"aluminium|aluminum|آلومینیوم|آلومینیم|ایلومینیم|الألمنيوم|ألمنيوم"},
    {"metal|metals|فلزات|فلز|دھات|میٹل|میٹلز|معادن"},
    {"cement|سیمان|سیمنٹ|اسمنت|الأسمنت|siman"},
    {"development|توسعه|عمران|ترقی|ترقیاتی|ڈویلپمنٹ|ڈیولپمنٹ|التنمية|تنمية|tosee|towseeh"},
    {"trading|trade|commerce|commercial|تجارت|تجارتی|بازرگانی|تجاری|ٹریڈنگ|ٹریڈرز|traders|التجارة|"
     "تجارة|التجارية|تجارية|bazargani|tejarat|tejari"},
    {"international|intl|int'l|بین‌المللی|بینالمللی|بین‌الملل|بین "
     "الاقوامی|انٹرنیشنل|الدولية|دولية|"
     "العالمية|beynolmelali|beinolmelal|bein al melal"},
    {"national|ملی|قومی|نیشنل|الوطنية|وطنية|الوطني|melli|qaumi|qomi"},
    {"shipping|shipping line|shipping lines|کشتیرانی|کشتی رانی|شپنگ|جہاز "
     "رانی|جہازرانی|الملاحة|ملاحة|keshtirani"},
    {"port|ports|بندر|بنادر|پورٹ|بندرگاہ|ميناء|الموانئ"},
    {"mine|mines|mining|معدن|معادن|معدنی|کان کنی|مائننگ|التعدين|madan|maadan|madani"},
    {"mineral|minerals|مواد معدنی|معدنیات|معدنیاتی|منرل|منرلز|المعادن"},
    {"iran|iranian|ایران|ایرانی|ایرانیان|إيران|الإيرانية|iranians"},
    {"pakistan|pakistani|پاکستان|پاکستانی|باكستان|الباكستانية"},
    {"islamic|اسلامی|اسلامك|اسلامک|الإسلامي|الإسلامية|eslami|islami"},
    {"investment|investments|invest|سرمایه گذاری|سرمایه‌گذاری|سرمایہ "
     "کاری|انویسٹمنٹ|الاستثمار|"
     "استثمار|للاستثمار|sarmayegozari|sarmayeh gozari"},
    {"engineering|مهندسی|مهندسین|انجینئرنگ|انجنیئرنگ|الهندسة|هندسة|mohandesi"},
    {"construction|constructions|ساختمان|ساختمانی|ساختمان‌سازی|"
     "تعمیرات|"
     "تعمیراتی|"
     "کنسٹرکشن|"
     "البناء|"
     "للإنشاءات|sakhteman|sakhtemani"},
    {"building|builders|بلڈرز|بلڈنگ|ابنیه"},
    {"agriculture|agricultural|agro|agri|کشاورزی|زراعت|زرعی|ایگریکلچر|ایگرو|الزراعة|زراعية|"
     "keshavarzi"},
    {"food|foods|foodstuff|غذایی|مواد غذایی|غذا|فوڈ|فوڈز|خوراک|الأغذية|ghazaei|ghazayi"},
    {"sugar|شکر|قند|شوگر|چینی|السكر|ghand"},
    {"textile|textiles|نساجی|منسوجات|ٹیکسٹائل|ٹیکسٹائلز|پارچہ|النسيج|nassaji"},
    {"mill|mills|ملز|مل|کارخانه|کارخانجات|factory|factories|فیکٹری|فیکٹریز|مصنع|plant|plants|پلانٹ|"
     "karkhaneh"},
    {"fertilizer|fertilizers|fertiliser|کود|فرٹیلائزر|فرٹیلائزرز|کھاد|الأسمدة"},
    {"pharmaceutical|pharmaceuticals|pharma|drug|دارویی|داروسازی|دارو|فارما|فارماسیوٹیکل|"
     "فارماسیوٹیکلز|ادویات|الأدوية|darou|daroo|daroupakhsh"},
    {"power|برق|نیرو|بجلی|پاور|electricity|electric|electrical|الکتریک|الیکٹرک|الكهرباء|niroo|"
     "bargh"},
    {"energy|انرژی|توانائی|انرجی|الطاقة|enerji"},
    {"water|آب|پانی|واٹر|المياه"},
    {"transport|transportation|حمل و نقل|ترابری|ٹرانسپورٹ|النقل|haml o naghl"},
    {"services|service|خدمات|خدماتی|سروسز|سروس|الخدمات|khadamat"},
    {"production|products|productive|تولیدی|تولید|محصولات|"
     "فرآورده‌های|"
     "پروڈکٹس|"
     "پیداوار|"
     "المنتجات|tolidi|towlidi"},
    {"manufacturing|manufacturer|manufacturers|سازی|سازنده|مینوفیکچرنگ|التصنيع"},
    {"car|automobile|automotive|auto|motors|motor|خودرو|خودروسازی|موٹرز|موٹر|موتور|آٹو|آٹوموبائل|"
     "السيارات|khodro"},
    {"electronic|electronics|الکترونیک|الیکٹرانکس|الإلكترونيات"},
    {"telecommunication|telecommunications|telecom|مخابرات|ٹیلی کام|ٹیلی کمیونیکیشن|مواصلات|"
     "الاتصالات|mokhaberat"},
    {"airline|airlines|air lines|airways|هواپیمایی|هواپیمائی|ایئرلائنز|ایئر لائنز|ایئرویز|الطيران|"
     "havapeymaei"},
    {"railway|railways|rail|راه آهن|راه‌آهن|ریلوے|ریلویز|سكة حديد"},
    {"export|exports|exporters|صادرات|صادراتی|برآمدات|ایکسپورٹ|ایکسپورٹس|التصدير|saderat"},
    {"import|imports|واردات|درآمدات|امپورٹ|امپورٹس|الاستيراد"},
    {"technology|technologies|فناوری|فن آوری|تکنولوژی|ٹیکنالوجی|ٹیکنالوجیز|التكنولوجيا|fanavari"},
    {"city|شهر|شہر|سٹی|مدينة"},
    {"university|دانشگاه|یونیورسٹی|جامعہ|جامعة|daneshgah"},
    {"hospital|بیمارستان|ہسپتال|اسپتال|مستشفى|bimarestan"},
    {"authority|organization|organisation|سازمان|اتھارٹی|ادارہ|هيئة|sazman"},
    {"free zone|free trade zone|منطقه آزاد|فری زون|المنطقة الحرة"},
    {"zone|zones|منطقه|زون|منطقة|mantagheh"},
    {"special|ویژه|خصوصی|اسپیشل|خاصة|vizheh"},
    {"economic|اقتصادی|معاشی|اکنامک|الاقتصادية|eghtesadi"},
    {"park|پارک|حديقة"},
    {"new|نو|نوین|نیا|نیو|جديد|novin"},
    {"paper|کاغذ|پیپر|الورق|kaghaz"},
    {"glass|شیشه|گلاس|شیشہ|الزجاج|shisheh"},
    {"tile|tiles|کاشی|ٹائل|ٹائلز|kashi"},
    {"plastic|plastics|پلاستیک|پلاسٹک|البلاستيك"},
    {"rubber|tire|tyre|لاستیک|ٹائر|ربڑ|المطاط|lastik"},
    {"wood|چوب|لکڑی|الخشب"},
    {"leather|چرم|لیدر|چمڑا|الجلود|charm"},
    {"carpet|carpets|فرش|قالین|کارپٹ|قالی|السجاد|farsh"},
    {"rice|برنج|چاول|رائس|الأرز"},
    {"fish|fisheries|شیلات|ماہی گیری|فشریز|الأسماك|shilat"},
    {"dairy|لبنیات|ڈیری|دامداری|الألبان|labaniat"},
    {"south|southern|جنوب|جنوبی|جنوبي|سدرن|ساؤتھ"},
    {"north|northern|شمال|شمالی|شمالي|نادرن|نارتھ"},
    {"east|eastern|شرق|مشرق|مشرقی|شرقی|شرقي|ایسٹرن|ایسٹ"},
    {"west|western|غرب|مغرب|مغربی|غربی|غربي|ویسٹرن|ویسٹ"},
    {"central|مرکزی|سنٹرل|المركزي|markazi"},
    {"gulf|persian gulf|خلیج|خلیج فارس|الخليج"},
    {"sea|marine|maritime|دریا|دریایی|دریائی|بحری|سمندری|بحرية"},
    {"brothers|bros|sons|برادران|برادرز|إخوان|baradaran"},
    {"drilling|حفاری|ڈرلنگ|الحفر|haffari"},
    {"pipe|pipes|لوله|پائپ|پائپس|أنابيب|looleh"},
    {"machine|machinery|machines|ماشین|ماشین "
     "آلات|ماشین‌آلات|ماشین‌سازی|مشینری|الآلات"},
    {"land|lands|زمین|لینڈ|اراضی"},
    {"housing|مسکن|ہاؤسنگ|الإسكان|maskan"},
    {"gold|طلا|سونا|گولڈ|الذهب"},
    {"complex|مجتمع|کمپلیکس|mojtama"},
    {"tractor|tractors|تراکتور|ٹریکٹر|ٹریکٹرز|traktor"},
    {"white|سفید|sefid"},
    {"state|اسٹیٹ|سٹیٹ"},
    {"republic|جمهوری|جمہوریہ|الجمهورية|jomhouri"},
    {"province|استان|صوبہ|ولایت|محافظة|ostan"},
    {"county|district|شهرستان|ضلع|shahrestan"},
    {"island|islands|جزیره|جزایر|جزیرہ|جزائر|جزيرة|جزر|jazireh"},
    // Titles, which are names as well.
    {"syed|seyed|seyyed|sayed|sayyed|sayyid|saiyid|سید"},
    {"sheikh|shaikh|شیخ|shaykh"},
    {"chaudhry|chaudhri|chaudhary|chaudhury|choudhry|choudhary|choudhury|چوہدری|چودھری"},
    {"logistics|logistic|لجستیک|لاجسٹکس|اللوجستية"},
});

}  // namespace

std::span<const Meaning> Meanings() { return kMeanings; }

}  // namespace daftar::names
