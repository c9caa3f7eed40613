#include <utility>

#include "base/check.h"
#include "storage/batch_log.h"
#include "storage/store.h"

namespace daftar::storage {
namespace {

// What the log puts before a key and a value: a kind, and the two lengths.
constexpr size_t kOperationBytes = 12;

class Visitor final : public rocksdb::WriteBatch::Handler {
 public:
  explicit Visitor(absl::FunctionRef<void(const Batch::Operation&)> visit) : visit_(visit) {}
  void Put(const rocksdb::Slice& key, const rocksdb::Slice& value) override {
    visit_({key.ToStringView(), value.ToStringView()});
  }
  void Delete(const rocksdb::Slice& key) override { visit_({key.ToStringView(), std::nullopt}); }

 private:
  const absl::FunctionRef<void(const Batch::Operation&)> visit_;
};

}  // namespace

Batch::Batch() = default;
Batch::~Batch() = default;
Batch::Batch(Batch&& other) noexcept
    : log_(std::move(other.log_)), bytes_(std::exchange(other.bytes_, 0)) {}
Batch& Batch::operator=(Batch&& other) noexcept {
  log_ = std::move(other.log_);
  bytes_ = std::exchange(other.bytes_, 0);
  return *this;
}

Batch::Log& Batch::log() const {
  if (log_ == nullptr) log_ = std::make_unique<Log>();
  return *log_;
}

// A log refuses only keys and values of 4 GiB, which no record reaches.
void Batch::Put(std::string_view key, std::string_view value) {
  DAFTAR_CHECK(log().Put(key, value).ok());
  bytes_ += key.size() + value.size();
}

void Batch::Delete(std::string_view key) {
  DAFTAR_CHECK(log().Delete(key).ok());
  bytes_ += key.size();
}

void Batch::Set(std::string_view key, std::optional<std::string_view> value) {
  value.has_value() ? Put(key, *value) : Delete(key);
}

void Batch::Append(const Batch& other) {
  Reserve(other.size(), other.bytes());
  other.ForEach([this](const Operation& operation) { Set(operation.key, operation.value); });
}

void Batch::Reserve(size_t operations, size_t bytes) {
  log().Reserve(operations * kOperationBytes + bytes);
}

void Batch::DropIf(size_t first, absl::FunctionRef<bool(std::string_view key)> condition) {
  const Batch all = std::exchange(*this, Batch());
  size_t number = 0;
  all.ForEach([&](const Operation& operation) {
    if (number++ >= first && condition(operation.key)) return;
    Set(operation.key, operation.value);
  });
}

void Batch::ForEach(absl::FunctionRef<void(const Operation& operation)> visit) const {
  if (log_ == nullptr) return;
  Visitor visitor(visit);
  DAFTAR_CHECK(log_->Iterate(&visitor).ok());
}

size_t Batch::size() const { return log_ == nullptr ? 0 : static_cast<size_t>(log_->Count()); }

}  // namespace daftar::storage
