// Memory that a process and its children share, which a killed child leaves as it was.
#pragma once

#include <sys/mman.h>

#include <new>
#include <stdexcept>

namespace daftar::torture {

// One T, made before the children are forked and gone with the process that made it. Requires: T is
// of the kind that needs no destructor and no pointers: atomics and plain bytes.
template <typename T>
class Shared {
 public:
  Shared() {
    void* memory =
        mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::runtime_error("no shared memory");
    value_ = new (memory) T();
  }
  ~Shared() { munmap(value_, sizeof(T)); }
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;

  T& operator*() const { return *value_; }
  T* operator->() const { return value_; }

 private:
  T* value_;
};

}  // namespace daftar::torture
