#include "txn/housekeeper.h"

#include "absl/time/time.h"
#include "base/status.h"
#include "codec/key.h"
#include "codec/keyspace.h"

namespace daftar::txn {
namespace {

// How long nobody must have written.
constexpr absl::Duration kRest = absl::Milliseconds(500);
// Less than this is not worth it.
constexpr uint64_t kReplacedBytesMin = uint64_t{256} << 10;
// Merging costs about what is there: it waits until this share of it was replaced.
constexpr uint64_t kShareOfLive = 8;

// Records, index entries and groups: what scans of the present walk over.
storage::KeyRange LiveRange() {
  return {codec::SpacePrefix(codec::Space::kRecord),
          codec::PrefixEnd(codec::SpacePrefix(codec::Space::kAggregate))};
}

}  // namespace

Housekeeper::Housekeeper(storage::Store* store) : store_(store), thread_([this] { Run(); }) {}

Housekeeper::~Housekeeper() {
  {
    absl::MutexLock lock(&mutex_);
    stop_ = true;
  }
  thread_.join();
}

void Housekeeper::NoteWrite(uint64_t replaced_bytes) {
  absl::MutexLock lock(&mutex_);
  replaced_bytes_ += replaced_bytes;
  ++writes_;
}

bool Housekeeper::IsDue(uint64_t replaced_bytes) const {
  if (replaced_bytes < kReplacedBytesMin) return false;
  const auto live_bytes = store_->ApproximateBytes(LiveRange());
  return live_bytes.ok() && replaced_bytes >= *live_bytes / kShareOfLive;
}

void Housekeeper::Run() {
  uint64_t writes_seen = 0;
  while (true) {
    uint64_t replaced_bytes = 0;
    {
      absl::MutexLock lock(&mutex_);
      mutex_.AwaitWithTimeout(absl::Condition(
                                  +[](std::atomic<bool>* stop) { return stop->load(); }, &stop_),
                              kRest);
      if (stop_) return;
      const bool rested = writes_ == writes_seen;
      writes_seen = writes_;
      if (!rested) continue;
      replaced_bytes = replaced_bytes_;
    }
    if (!IsDue(replaced_bytes)) continue;
    // A failure shows at the next write, which the store then refuses; the data is as it was.
    store_->Compact(LiveRange(), &stop_).IgnoreError();
    absl::MutexLock lock(&mutex_);
    replaced_bytes_ -= replaced_bytes;
  }
}

}  // namespace daftar::txn
