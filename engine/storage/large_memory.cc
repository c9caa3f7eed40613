#include "storage/large_memory.h"

#include <sys/mman.h>

#include <cstdint>
#include <new>

namespace daftar::storage {
namespace {

constexpr size_t kHugePageBytes = size_t{2} << 20;

class LargeMemoryResource final : public std::pmr::memory_resource {
 private:
  static std::align_val_t Alignment(size_t bytes, size_t alignment) {
    return std::align_val_t(bytes < kHugePageBytes ? alignment : kHugePageBytes);
  }

  void* do_allocate(size_t bytes, size_t alignment) override {
    void* const memory = ::operator new(bytes, Alignment(bytes, alignment));
    AdviseHugePages(memory, bytes);
    return memory;
  }
  void do_deallocate(void* memory, size_t bytes, size_t alignment) override {
    ::operator delete(memory, Alignment(bytes, alignment));
  }
  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
    return this == &other;
  }
};

}  // namespace

void AdviseHugePages(void* memory, size_t bytes) {
  const auto begin = reinterpret_cast<uintptr_t>(memory);
  const uintptr_t first = (begin + kHugePageBytes - 1) / kHugePageBytes * kHugePageBytes;
  const uintptr_t end = (begin + bytes) / kHugePageBytes * kHugePageBytes;
  if (first >= end) return;
  // Refused by kernels without huge pages, which serve as well.
  static_cast<void>(madvise(reinterpret_cast<void*>(first), end - first, MADV_HUGEPAGE));
}

std::pmr::memory_resource* LargeMemory() {
  static auto* const resource = new LargeMemoryResource;
  return resource;
}

}  // namespace daftar::storage
