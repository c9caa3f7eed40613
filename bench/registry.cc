#include "bench/registry.h"

#include <cstdio>
#include <fstream>

#include "bench/workspace.h"

namespace daftar::bench {
namespace {

constexpr uint64_t kPermitsPerFirm = 4;
constexpr uint64_t kProvinces = 31;

void Close(std::ofstream& out, const std::filesystem::path& file) {
  out.close();
  if (!out) Fail("cannot write " + file.string());
}

void WriteZones(const std::filesystem::path& file) {
  std::ofstream out(file, std::ios::binary);
  out << "id,name,country\n";
  for (const std::string_view id : ZoneIds()) {
    out << id << ",Free zone of " << id.substr(3) << ',' << id.substr(0, 2) << '\n';
  }
  Close(out, file);
}

}  // namespace

Dataset DatasetOf(uint64_t permits, const std::filesystem::path& folder) {
  return {permits, permits / kPermitsPerFirm + 1, folder};
}

void WriteFirms(const std::filesystem::path& file, uint64_t firms) {
  std::ofstream out(file, std::ios::binary);
  out << "id,name,province,capital\n";
  for (uint64_t i = 0; i < firms; ++i) {
    char id[32];
    std::snprintf(id, sizeof id, "F%08llu", static_cast<unsigned long long>(i));
    out << id << ",Firm " << i << " of the zone,"
        << "P" << i * 7919 % kProvinces << ',' << i * 104729 % 5000000 << '\n';
  }
  Close(out, file);
}

void WriteFiles(const Dataset& dataset) {
  WriteZones(dataset.zones_csv());
  WriteFirms(dataset.firms_csv(), dataset.firms);
  if (!WriteCsv(dataset.permits_csv(), dataset.permits)) {
    Fail("cannot write " + dataset.permits_csv().string());
  }
}

Permit NewPermit(const Dataset& dataset, uint64_t number) {
  Permit permit = MakePermit(number);
  permit.firm = MakePermit(number % dataset.permits).firm;
  return permit;
}

}  // namespace daftar::bench
