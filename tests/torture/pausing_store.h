// A store that takes its time over writes, so that commits wait for one another and form groups
// also where the disk is fast.
#pragma once

#include <atomic>
#include <functional>
#include <memory>

#include "storage/forwarding_store.h"

namespace daftar::torture {

// Thread safety: as Store. Lifetime: `pause` may be called until the store is destroyed.
class PausingStore final : public testing::ForwardingStore {
 public:
  // `pause` is called before every Write, by its thread.
  PausingStore(std::unique_ptr<storage::Store> inner, std::function<void()> pause)
      : ForwardingStore(inner.get()), inner_(std::move(inner)), pause_(std::move(pause)) {}

  // How many batches were written.
  size_t writes() const { return writes_; }

  absl::Status Write(const storage::Batch& batch, storage::Durability durability) override {
    ++writes_;
    pause_();
    return ForwardingStore::Write(batch, durability);
  }

 private:
  const std::unique_ptr<storage::Store> inner_;
  const std::function<void()> pause_;
  std::atomic<size_t> writes_ = 0;
};

}  // namespace daftar::torture
