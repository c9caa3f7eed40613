#include "bench/permits.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <fstream>

namespace daftar::bench {
namespace {

constexpr std::string_view kZones[] = {"IR-CHABAHAR", "IR-KISH",      "IR-QESHM",   "IR-ARAS",
                                       "IR-ANZALI",   "PK-GWADAR-FZ", "PK-RASHAKAI"};
constexpr std::string_view kKinds[] = {"activity", "establishment", "operation", "building"};
constexpr int32_t kFirstDay = 17897;  // 2019-01-01
constexpr int32_t kDays = 2922;
constexpr int64_t kAreaMax = 50000;
constexpr uint64_t kPermitsPerYear = 20000;
constexpr uint64_t kPermitsPerFirm = 4;
constexpr uint64_t kFnvPrime = 0x100000001b3;

// SplitMix64 (Steele, Lea, Flood 2014): the same everywhere, and as good as free, as every permit
// begins one anew.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t Below(uint64_t n) { return Next() % n; }
  template <size_t N>
  std::string Pick(const std::string_view (&values)[N]) {
    return std::string(values[Below(N)]);
  }

 private:
  uint64_t Next() {
    state_ += 0x9e3779b97f4a7c15;
    uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  uint64_t state_;
};

std::string Padded(char prefix, uint64_t number) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%c%08llu", prefix,
                static_cast<unsigned long long>(number));
  return text.data();
}

template <typename T>
T Number(std::string_view text) {
  T number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

int32_t DaysOf(std::string_view date) {
  const std::chrono::sys_days days = std::chrono::year(Number<int>(date.substr(0, 4))) /
                                     std::chrono::month(Number<unsigned>(date.substr(5, 2))) /
                                     std::chrono::day(Number<unsigned>(date.substr(8, 2)));
  return static_cast<int32_t>(days.time_since_epoch().count());
}

}  // namespace

std::string DateText(int32_t days) {
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(days))};
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text.data();
}

std::span<const std::string_view> ZoneIds() { return kZones; }

Permit MakePermit(uint64_t number) {
  Random random(kSeed + number * 0xd1342543de82ef95);
  Permit permit;
  permit.no = Padded('P', number);
  permit.firm = Padded('F', random.Below(number / kPermitsPerFirm + 1));
  permit.zone = random.Pick(kZones);
  permit.kind = random.Pick(kKinds);
  permit.state = static_cast<uint16_t>(random.Below(std::size(kStates)));
  permit.year = static_cast<int32_t>(1390 + number / kPermitsPerYear);
  permit.serial = static_cast<int32_t>(number % kPermitsPerYear);
  permit.valid_from = kFirstDay + static_cast<int32_t>(random.Below(kDays));
  permit.valid_to = permit.valid_from + 365;
  permit.area_square_metres = static_cast<int64_t>(random.Below(kAreaMax));
  permit.note = "Condition " + std::to_string(random.Below(100)) + " of the zone's rules applies";
  return permit;
}

Questions MakeQuestions(uint64_t rows) {
  constexpr size_t kKeys = 1000;
  constexpr size_t kRanges = 100;
  Random random(kSeed);
  Questions questions;
  for (size_t i = 0; i < kKeys; ++i) questions.keys.push_back(Padded('P', random.Below(rows)));
  for (size_t i = 0; i < kRanges; ++i) {
    const int32_t from = kFirstDay + 365 + static_cast<int32_t>(random.Below(kDays - 30));
    questions.ranges.push_back({random.Pick(kZones), from, from + 30});
  }
  for (std::string_view kind : kKinds) questions.scans.push_back({std::string(kind), 49000});
  return questions;
}

bool WriteCsv(const std::filesystem::path& file, uint64_t rows) {
  std::ofstream out(file, std::ios::binary);
  out << "no,firm,zone,kind,state,year,serial,validFrom,validTo,areaSquareMetres,note\n";
  for (uint64_t i = 0; i < rows; ++i) {
    const Permit permit = MakePermit(i);
    out << permit.no << ',' << permit.firm << ',' << permit.zone << ',' << permit.kind << ','
        << kStates[permit.state] << ',' << permit.year << ',' << permit.serial << ','
        << DateText(permit.valid_from) << ',' << DateText(permit.valid_to) << ','
        << permit.area_square_metres << ',' << permit.note << '\n';
  }
  out.close();
  return out.good();
}

Permit ParseCsvLine(std::string_view line) {
  std::array<std::string_view, 11> cells;
  for (std::string_view& cell : cells) {
    const size_t end = std::min(line.find(','), line.size());
    cell = line.substr(0, end);
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  const auto* const state = std::find(std::begin(kStates), std::end(kStates), cells[4]);
  return {std::string(cells[0]),
          std::string(cells[1]),
          std::string(cells[2]),
          std::string(cells[3]),
          static_cast<uint16_t>(state - std::begin(kStates)),
          Number<int32_t>(cells[5]),
          Number<int32_t>(cells[6]),
          DaysOf(cells[7]),
          DaysOf(cells[8]),
          Number<int64_t>(cells[9]),
          std::string(cells[10])};
}

void Digest::Add(std::string_view text) {
  for (char c : text) row_ = (row_ ^ static_cast<uint8_t>(c)) * kFnvPrime;
  row_ = (row_ ^ 0xff) * kFnvPrime;  // a byte that no UTF-8 text has, between two fields
}

void Digest::Add(int64_t number) {
  row_ = (row_ ^ static_cast<uint64_t>(number)) * kFnvPrime;
  row_ ^= row_ >> 29;
}

void Digest::EndRow() {
  value_ += row_;
  row_ = kFnvBasis;
  ++rows_;
}

}  // namespace daftar::bench
