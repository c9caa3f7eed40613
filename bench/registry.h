// The registry of the comparison as files: zones, firms, and the permits of permits.h.
#pragma once

#include <cstdint>
#include <filesystem>

#include "bench/permits.h"

namespace daftar::bench {

struct Dataset {
  uint64_t permits = 0;
  uint64_t firms = 0;
  std::filesystem::path folder;  // of the files

  std::filesystem::path zones_csv() const { return folder / "zones.csv"; }
  std::filesystem::path firms_csv() const { return folder / "firms.csv"; }
  std::filesystem::path permits_csv() const { return folder / "permits.csv"; }
};

// The registry with so many permits, whose files are in `folder` or will be.
Dataset DatasetOf(uint64_t permits, const std::filesystem::path& folder);
// Ends the program with a message when a file cannot be written.
void WriteFiles(const Dataset& dataset);
// "id,name,province,capital" of so many firms, ditto.
void WriteFirms(const std::filesystem::path& file, uint64_t firms);

// Permit `number` as one that is added to the dataset: its firm is one of the dataset.
// Requires: number >= dataset.permits.
Permit NewPermit(const Dataset& dataset, uint64_t number);

}  // namespace daftar::bench
