#include "history/as_of_reader.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "codec/keyspace.h"
#include "history/history_key.h"

namespace daftar::history {
namespace {

using storage::GetOptions;
using storage::Iterator;
using storage::KeyRange;
using storage::Reader;
using storage::ScanOptions;

// After so many steps within the history of one key, seeking past the rest is cheaper.
constexpr int kStepsBeforeSeek = 8;

constexpr CommitVersion kLatest(UINT64_MAX);

CommitVersion After(CommitVersion version) { return CommitVersion(version.value() + 1); }

// The value of `live_key` at `version` that has moved to the history, read by `past`, an iterator
// over the history that walks forwards.
absl::StatusOr<std::optional<std::string>> FindPast(Iterator* past, std::string_view live_key,
                                                    CommitVersion version) {
  past->Seek(HistoryKey(live_key, After(version)));
  DAFTAR_ASSIGN_OR_RETURN(const bool found, past->Next());
  if (!found) return std::nullopt;
  DAFTAR_ASSIGN_OR_RETURN(const HistoryId id, ParseHistoryKey(past->key()));
  if (id.live_key != live_key) return std::nullopt;
  DAFTAR_ASSIGN_OR_RETURN(const CommitVersion created, CreatedBy(live_key, past->value()));
  if (created > version) return std::nullopt;
  return std::string(past->value());
}

// Walks present and history side by side, one live key after the other. Live keys do not continue
// one another, so that both walk through them in the same order.
class AsOfIterator final : public Iterator {
 public:
  AsOfIterator(std::shared_ptr<const Reader> base, CommitVersion version, const KeyRange& range,
               const ScanOptions& options)
      : base_(std::move(base)),
        version_(version),
        range_(range),
        options_(options),
        live_(base_->NewIterator(range, options)),
        past_(base_->NewIterator(HistoryRange(range), options)) {
    StartAt(options_.reverse ? range_.upper : range_.lower, !options_.reverse);
    if (options_.reverse && !range_.upper.empty()) SeekPast(range_.upper);
  }

  absl::StatusOr<bool> Next() override {
    while (true) {
      DAFTAR_RETURN_IF_ERROR(LoadLive());
      DAFTAR_RETURN_IF_ERROR(LoadPast());
      if (!has_live_ && !has_past_) return false;
      const int order = !has_past_ ? -1 : !has_live_ ? 1 : Compare(live_->key(), past_key_);
      key_.assign(order <= 0 ? live_->key() : std::string_view(past_key_));
      bool found = false;
      if (order <= 0) {
        DAFTAR_ASSIGN_OR_RETURN(found, TakeLive());
        live_loaded_ = false;
      }
      if (order >= 0) {
        if (!found) {
          DAFTAR_ASSIGN_OR_RETURN(found, TakePast());
        }
        DAFTAR_RETURN_IF_ERROR(LeavePast());
      }
      if (found) return true;
    }
  }

  void Seek(std::string_view key) override {
    live_->Seek(key);
    live_loaded_ = false;
    if (options_.reverse) {
      const bool inside = range_.upper.empty() || key < range_.upper;
      StartAt(inside ? key : std::string_view(range_.upper), inside);
    } else {
      StartAt(std::max<std::string_view>(key, range_.lower), true);
    }
    SeekPast(start_);
  }

  std::string_view key() const override { return key_; }
  std::string_view value() const override { return value_; }

 private:
  int Compare(std::string_view a, std::string_view b) const {
    return options_.reverse ? b.compare(a) : a.compare(b);
  }

  // Where the walk begins: no live key before it counts. An empty start is that of all keys.
  void StartAt(std::string_view start, bool included) {
    start_.assign(start);
    start_included_ = included;
  }
  bool BeforeStart(std::string_view key) const {
    if (start_.empty()) return false;
    const int order = Compare(key, start_);
    return order < 0 || (order == 0 && !start_included_);
  }
  bool BeyondEnd(std::string_view key) const {
    if (options_.reverse) return key < range_.lower;
    return !range_.upper.empty() && key >= range_.upper;
  }

  void SeekPast(std::string_view key) {
    past_->Seek(options_.reverse ? HistoryKey(key, kLatest) : HistoryPrefix(key));
    past_loaded_ = false;
  }

  absl::Status LoadLive() {
    if (live_loaded_) return absl::OkStatus();
    DAFTAR_ASSIGN_OR_RETURN(has_live_, live_->Next());
    live_loaded_ = true;
    return absl::OkStatus();
  }

  // The history's next live key from the start on.
  absl::Status LoadPast() {
    while (!past_loaded_) {
      DAFTAR_RETURN_IF_ERROR(StepPast());
      if (!has_past_ || !BeforeStart(past_key_)) {
        CheckEnd();
      } else if (options_.reverse) {
        // It is the start, or goes on behind it, as then all do that lie between.
        past_->Seek(HistoryPrefix(start_));
      } else {
        // The start goes on behind it.
        past_->Seek(HistoryKey(past_key_, kLatest));
      }
    }
    return absl::OkStatus();
  }

  absl::Status StepPast() {
    DAFTAR_ASSIGN_OR_RETURN(has_past_, past_->Next());
    if (!has_past_) return absl::OkStatus();
    DAFTAR_ASSIGN_OR_RETURN(const HistoryId id, ParseHistoryKey(past_->key()));
    past_key_.assign(id.live_key);
    past_ended_ = id.ended;
    return absl::OkStatus();
  }

  // Whether the present value already held at the version.
  absl::StatusOr<bool> TakeLive() {
    DAFTAR_ASSIGN_OR_RETURN(const CommitVersion created, CreatedBy(key_, live_->value()));
    if (created > version_) return false;
    value_.assign(live_->value());
    return true;
  }

  absl::StatusOr<bool> TakePast() {
    if (!options_.reverse && past_ended_ > version_) {
      // The first old value that ended later: the one that held, if it was there yet.
      DAFTAR_ASSIGN_OR_RETURN(const CommitVersion created, CreatedBy(key_, past_->value()));
      if (created > version_) return false;
      value_.assign(past_->value());
      return true;
    }
    if (options_.reverse && past_ended_ <= version_) return false;  // All others ended before.
    if (lookup_ == nullptr) lookup_ = base_->NewIterator(HistoryRange(range_), {false, true});
    DAFTAR_ASSIGN_OR_RETURN(std::optional<std::string> value,
                            FindPast(lookup_.get(), key_, version_));
    if (value.has_value()) value_ = *std::move(value);
    return value.has_value();
  }

  // Moves the history to the next live key.
  absl::Status LeavePast() {
    for (int step = 0; step < kStepsBeforeSeek; ++step) {
      DAFTAR_RETURN_IF_ERROR(StepPast());
      if (!has_past_ || past_key_ != key_) {
        CheckEnd();
        return absl::OkStatus();
      }
    }
    past_->Seek(options_.reverse ? HistoryPrefix(key_) : HistoryKey(key_, kLatest));
    past_loaded_ = false;
    return absl::OkStatus();
  }

  // What StepPast found counts only when it is inside the range.
  void CheckEnd() {
    if (has_past_ && BeyondEnd(past_key_)) has_past_ = false;
    past_loaded_ = true;
  }

  const std::shared_ptr<const Reader> base_;
  const CommitVersion version_;
  const KeyRange range_;
  const ScanOptions options_;
  const std::unique_ptr<Iterator> live_;
  const std::unique_ptr<Iterator> past_;
  std::unique_ptr<Iterator> lookup_;
  std::string start_;
  bool start_included_ = true;
  bool live_loaded_ = false;
  bool has_live_ = false;
  bool past_loaded_ = false;
  bool has_past_ = false;
  std::string past_key_;
  CommitVersion past_ended_;
  std::string key_;
  std::string value_;
};

// Whether a key's value is one of several over time. The others - the journal, the history itself -
// are only ever added to, and their readers know up to where they look.
bool IsVersioned(std::string_view key) {
  if (key.empty()) return false;
  const char space = key.front();
  return space == static_cast<char>(codec::Space::kRecord) ||
         space == static_cast<char>(codec::Space::kIndex) ||
         space == static_cast<char>(codec::Space::kAggregate);
}

class AsOfReader final : public Reader {
 public:
  AsOfReader(std::shared_ptr<const Reader> base, CommitVersion version)
      : base_(std::move(base)), version_(version) {}

  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const override {
    DAFTAR_ASSIGN_OR_RETURN(std::optional<std::string> value, base_->Get(key));
    return AtVersion(key, std::move(value));
  }

  absl::StatusOr<std::vector<std::optional<std::string>>> MultiGet(
      const std::vector<std::string_view>& keys, const GetOptions& options) const override {
    DAFTAR_ASSIGN_OR_RETURN(auto values, base_->MultiGet(keys, options));
    for (size_t i = 0; i < keys.size(); ++i) {
      DAFTAR_ASSIGN_OR_RETURN(values[i], AtVersion(keys[i], std::move(values[i])));
    }
    return values;
  }

  std::unique_ptr<Iterator> NewIterator(const KeyRange& range,
                                        const ScanOptions& options) const override {
    if (!IsVersioned(range.lower)) return base_->NewIterator(range, options);
    return std::make_unique<AsOfIterator>(base_, version_, range, options);
  }

 private:
  // `present` when it held at the version, else what held then.
  absl::StatusOr<std::optional<std::string>> AtVersion(std::string_view key,
                                                       std::optional<std::string> present) const {
    if (!IsVersioned(key)) return present;
    if (present.has_value()) {
      DAFTAR_ASSIGN_OR_RETURN(const CommitVersion created, CreatedBy(key, *present));
      if (created <= version_) return present;
    }
    const auto past = base_->NewIterator(
        {HistoryKey(key, After(version_)), HistoryKey(key, kLatest)}, {false, true});
    return FindPast(past.get(), key, version_);
  }

  const std::shared_ptr<const Reader> base_;
  const CommitVersion version_;
};

}  // namespace

std::shared_ptr<const Reader> NewAsOfReader(std::shared_ptr<const Reader> base,
                                            CommitVersion version) {
  return std::make_shared<const AsOfReader>(std::move(base), version);
}

}  // namespace daftar::history
