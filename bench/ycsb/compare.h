#pragma once

#include "bench/tasks/tasks.h"

namespace daftar::bench::ycsb {

// Workloads A to F over stores of a tenth as many records as there are permits, a thread each.
void CompareWorkloads(const RunOptions& options, const std::filesystem::path& folder,
                      Report* report);

}  // namespace daftar::bench::ycsb
