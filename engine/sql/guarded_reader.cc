#include "sql/guarded_reader.h"

#include <utility>

#include "base/status.h"

namespace daftar::sql {
namespace {

// How often the sign is looked at, in entries.
constexpr uint32_t kCheckInterval = 256;

class GuardedIterator : public storage::Iterator {
 public:
  GuardedIterator(std::unique_ptr<storage::Iterator> base, const StopSign* sign)
      : base_(std::move(base)), sign_(sign) {}

  absl::StatusOr<bool> Next() override {
    if (++steps_ % kCheckInterval == 0) DAFTAR_RETURN_IF_ERROR(sign_->Check());
    return base_->Next();
  }
  void Seek(std::string_view key) override { base_->Seek(key); }
  std::string_view key() const override { return base_->key(); }
  std::string_view value() const override { return base_->value(); }

 private:
  const std::unique_ptr<storage::Iterator> base_;
  const StopSign* const sign_;
  uint32_t steps_ = 0;
};

class GuardedReader : public storage::Reader {
 public:
  GuardedReader(std::shared_ptr<const storage::Reader> base, const StopSign* sign)
      : base_(std::move(base)), sign_(sign) {}

  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const override {
    return base_->Get(key);
  }
  absl::StatusOr<std::vector<std::optional<std::string>>> MultiGet(
      const std::vector<std::string_view>& keys,
      const storage::GetOptions& options) const override {
    return base_->MultiGet(keys, options);
  }
  std::unique_ptr<storage::Iterator> NewIterator(
      const storage::KeyRange& range, const storage::ScanOptions& options) const override {
    return std::make_unique<GuardedIterator>(base_->NewIterator(range, options), sign_);
  }

 private:
  const std::shared_ptr<const storage::Reader> base_;
  const StopSign* const sign_;
};

}  // namespace

void StopSign::Reset(std::optional<std::chrono::milliseconds> time_max) {
  interrupted_.store(false, std::memory_order_relaxed);
  deadline_.reset();
  if (!time_max.has_value()) return;
  time_max_ = *time_max;
  deadline_ = std::chrono::steady_clock::now() + *time_max;
}

absl::Status StopSign::Check() const {
  if (interrupted_.load(std::memory_order_relaxed)) {
    return Unavailable("the statement was interrupted");
  }
  if (deadline_.has_value() && std::chrono::steady_clock::now() >= *deadline_) {
    return ResourceExhausted("the statement ran out of its time; bound it more, or give it longer")
        .With("limit ms", time_max_.count());
  }
  return absl::OkStatus();
}

std::shared_ptr<const storage::Reader> NewGuardedReader(std::shared_ptr<const storage::Reader> base,
                                                        const StopSign* sign) {
  return std::make_shared<GuardedReader>(std::move(base), sign);
}

}  // namespace daftar::sql
