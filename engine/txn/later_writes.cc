#include "txn/later_writes.h"

#include <utility>

#include "absl/hash/hash.h"
#include "base/status.h"

namespace daftar::txn {
namespace {

constexpr size_t kPileWrites = 256;
// These bound what waits in memory.
constexpr size_t kPilesWaiting = 4;

}  // namespace

LaterWrites::~LaterWrites() {
  absl::MutexLock lock(&mutex_);
  is_over_ = true;
}

bool LaterWrites::MayHave(std::string_view key) const { return keys_.contains(absl::HashOf(key)); }

absl::Status LaterWrites::status() const {
  absl::MutexLock lock(&mutex_);
  return status_;
}

size_t LaterWrites::bytes() const {
  absl::MutexLock lock(&mutex_);
  return bytes_;
}

absl::Status LaterWrites::Add(RecordWrite write, std::optional<std::string> stored) {
  if (gathered_.size() == kPileWrites) DAFTAR_RETURN_IF_ERROR(HandOver());
  keys_.insert(absl::HashOf(write.key.view()));
  gathered_.push_back({std::move(write), std::move(stored)});
  return absl::OkStatus();
}

absl::Status LaterWrites::HandOver() {
  DAFTAR_RETURN_IF_ERROR(status());
  piles_.push_back(std::make_unique<Pile>(std::exchange(gathered_, {})));
  gathered_.reserve(kPileWrites);
  if (team_ == nullptr) {
    team_ = std::make_unique<storage::ScanTeam>(&threads_, 1, [this] { Work(); });
  }
  if (team_->size() == 0) {
    Apply(*piles_.back());
    return status();
  }
  absl::MutexLock lock(&mutex_);
  const auto has_room = [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return waiting_.size() < kPilesWaiting;
  };
  mutex_.Await(absl::Condition(&has_room));
  waiting_.push_back(piles_.back().get());
  return status_;
}

void LaterWrites::Apply(const Pile& pile) {
  absl::Status status = this->status();
  for (const Item& item : pile) {
    if (!status.ok()) break;
    status = changes_.ApplyTo(item.stored, item.write);
  }
  absl::MutexLock lock(&mutex_);
  bytes_ = changes_.bytes();
  status_ = std::move(status);
}

void LaterWrites::Work() {
  const auto is_needed = [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return is_over_ || !waiting_.empty();
  };
  while (true) {
    const Pile* pile = nullptr;
    {
      absl::MutexLock lock(&mutex_);
      is_applying_ = false;
      mutex_.Await(absl::Condition(&is_needed));
      if (is_over_) return;
      pile = waiting_.front();
      waiting_.pop_front();
      is_applying_ = true;
    }
    Apply(*pile);
  }
}

absl::Status LaterWrites::Settle(std::vector<RecordWrite>* writes) {
  if (team_ != nullptr) {
    absl::MutexLock lock(&mutex_);
    const auto is_idle = [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
      return waiting_.empty() && !is_applying_;
    };
    mutex_.Await(absl::Condition(&is_idle));
  }
  piles_.push_back(std::make_unique<Pile>(std::exchange(gathered_, {})));
  Apply(*piles_.back());
  for (const auto& pile : piles_) {
    for (Item& item : *pile) writes->push_back(std::move(item.write));
  }
  piles_.clear();
  return status();
}

}  // namespace daftar::txn
