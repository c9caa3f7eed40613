// Makes synthetic firms, projects and permits of any number, as JSON lines that `daftar import`
// reads. One seed always gives the same lines. Every number starts with SYN- and every firm name
// ends with "(synthetic)": nothing here is about a real firm.

#include <cstdint>
#include <iostream>
#include <random>
#include <string>

#include "CLI/CLI.hpp"

namespace {

constexpr const char* kZones[] = {"IR-CHABAHAR", "IR-KISH",      "IR-QESHM",   "IR-ARAS",
                                  "IR-ANZALI",   "PK-GWADAR-FZ", "PK-RASHAKAI"};
constexpr const char* kActivities[] = {"0112", "1040", "1410", "2394", "2410", "4610", "5210"};
constexpr const char* kFirstNames[] = {"پارس",   "مهر",   "دریا",   "کوثر",  "سپهر",
                                       "Makran", "Indus", "Hamoun", "Sahil", "Karwan"};
constexpr const char* kTrades[] = {"سیمان",  "فولاد",    "تجارت",     "شیلات",
                                   "Cement", "Textiles", "Logistics", "Fisheries"};
constexpr const char* kPermitStates[] = {"submitted", "underReview", "approved", "issued",
                                         "active",    "active",      "active",   "suspended",
                                         "revoked",   "lapsed"};
constexpr const char* kPermitKinds[] = {"activity", "establishment", "operation", "building"};
constexpr const char* kStages[] = {"proposed", "approved", "construction", "operating"};

// std::uniform_int_distribution differs between libraries; the output must not.
class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}
  uint64_t Below(uint64_t n) { return engine_() % n; }
  template <typename T, size_t N>
  T Pick(T const (&values)[N]) {
    return values[Below(N)];
  }

 private:
  std::mt19937_64 engine_;
};

std::string Padded(uint64_t number, size_t width) {
  std::string text = std::to_string(number);
  return std::string(width > text.size() ? width - text.size() : 0, '0') + text;
}

// A day from 2015 to 2030; up to the 28th, so that every month has it.
std::string Day(Random& random, uint64_t year_from, uint64_t years) {
  // One after the other: the operands of + are computed in any order.
  const uint64_t year = year_from + random.Below(years);
  const uint64_t month = 1 + random.Below(12);
  const uint64_t day = 1 + random.Below(28);
  return std::to_string(year) + "-" + Padded(month, 2) + "-" + Padded(day, 2);
}

std::string FirmNo(uint64_t number) { return "SYN-F" + Padded(number, 7); }

void Firm(Random& random, uint64_t number) {
  std::cout << R"({"registryNo":")" << FirmNo(number) << R"(","names":[{"lang":"und","text":")"
            << random.Pick(kFirstNames) << " " << random.Pick(kTrades) << " " << number
            << R"~( (synthetic)"}],"homeCountry":")~" << (random.Below(3) == 0 ? "PK" : "IR")
            << R"(","status":")" << (random.Below(12) == 0 ? "suspended" : "active")
            << R"(","identifiers":[{"scheme":"synthetic","value":")"
            << Padded(random.Below(1u << 30), 10)
            << R"("}],"activities":[{"scheme":"isic","version":"4","code":")"
            << random.Pick(kActivities) << R"("}],"registeredOn":")" << Day(random, 2015, 10)
            << R"(","source":"synthetic"})"
            << "\n";
}

void Project(Random& random, uint64_t number, uint64_t firms) {
  const uint64_t share = 10000 * (1 + random.Below(99));
  std::cout << R"({"no":"SYN-P)" << Padded(number, 7) << R"(","zone":")" << random.Pick(kZones)
            << R"(","stage":")" << random.Pick(kStages)
            << R"(","equityState":"exact","parties":[{"holder":")" << FirmNo(random.Below(firms))
            << R"(","role":"owner","share":)" << share << R"(},{"holder":")"
            << FirmNo(random.Below(firms)) << R"(","role":"owner","share":)" << 1000000 - share
            << R"(}],"source":"synthetic"})"
            << "\n";
}

void Permit(Random& random, uint64_t number, uint64_t firms) {
  std::cout << R"({"no":"SYN-L)" << Padded(number, 8) << R"(","authority":"SYN","kind":")"
            << random.Pick(kPermitKinds) << R"(","year":1403,"serial":)" << number << R"(,"firm":")"
            << FirmNo(random.Below(firms)) << R"(","zone":")" << random.Pick(kZones)
            << R"(","state":")" << random.Pick(kPermitStates) << R"(","stateSince":")"
            << Day(random, 2020, 5) << R"(","validFrom":")" << Day(random, 2018, 6)
            << R"(","validTo":")" << Day(random, 2024, 6) << R"(","source":"synthetic"})"
            << "\n";
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Makes synthetic registry records as JSON lines", "daftar_generate");
  std::string kind;
  uint64_t count = 0;
  uint64_t firms = 0;
  uint64_t seed = 1;
  app.add_option("KIND", kind, "firm, project or permit")
      ->required()
      ->check(CLI::IsMember({"firm", "project", "permit"}));
  app.add_option("COUNT", count, "how many records")->required();
  app.add_option("--firms", firms, "how many firms projects and permits refer to; default: COUNT");
  app.add_option("--seed", seed, "the same seed gives the same records")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  if (firms == 0) firms = count == 0 ? 1 : count;
  Random random(seed);
  for (uint64_t i = 0; i < count && std::cout; ++i) {
    if (kind == "firm") Firm(random, i);
    if (kind == "project") Project(random, i, firms);
    if (kind == "permit") Permit(random, i, firms);
  }
  return std::cout.flush() ? 0 : 1;
}
