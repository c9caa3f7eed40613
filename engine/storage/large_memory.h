// Large pieces of memory.
#pragma once

#include <cstddef>
#include <memory_resource>

namespace daftar::storage {

// Asks the kernel to back what of `memory` is large enough by huge pages: what is filled once, from
// front to end, is then met by one page fault for each 2 MiB of it instead of one for each 4 KiB.
// It is only advice: nothing depends on whether the kernel follows it.
void AdviseHugePages(void* memory, size_t bytes);

// The heap, with huge pages for large pieces. Lifetime: that of the program. Thread safety: may be
// used from many threads.
std::pmr::memory_resource* LargeMemory();

}  // namespace daftar::storage
