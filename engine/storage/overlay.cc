#include "storage/overlay.h"

#include <utility>

#include "base/status.h"

namespace daftar::storage {
namespace {

// Walks the changes and the base side by side; where both have a key, the change counts.
class OverlayIterator final : public Iterator {
 public:
  OverlayIterator(std::unique_ptr<Iterator> base, std::shared_ptr<const PendingChanges> changes,
                  const KeyRange& range, bool reverse)
      : base_(std::move(base)), changes_(std::move(changes)), range_(range), reverse_(reverse) {
    if (!reverse_) {
      change_ = changes_->lower_bound(range_.lower);
    } else {
      change_ = range_.upper.empty() ? changes_->end() : changes_->lower_bound(range_.upper);
      StepBack();
    }
  }

  absl::StatusOr<bool> Next() override {
    while (true) {
      DAFTAR_RETURN_IF_ERROR(LoadBase());
      const bool has_change = HasChange();
      if (!has_base_ && !has_change) return false;
      const int order = !has_change ? -1 : !has_base_ ? 1 : Compare(base_->key(), change_->first);
      if (order < 0) {
        from_base_ = true;
        base_loaded_ = false;
        return true;
      }
      if (order == 0) base_loaded_ = false;  // The base's value is replaced or deleted.
      const auto taken = change_;
      PassChange();
      if (!taken->second.value.has_value()) continue;
      from_base_ = false;
      current_ = taken;
      return true;
    }
  }

  void Seek(std::string_view key) override {
    base_->Seek(key);
    base_loaded_ = false;
    at_front_ = false;
    if (!reverse_) {
      change_ = changes_->lower_bound(std::max<std::string_view>(key, range_.lower));
      return;
    }
    change_ = !range_.upper.empty() && key >= range_.upper ? changes_->lower_bound(range_.upper)
                                                           : changes_->upper_bound(key);
    StepBack();
  }

  std::string_view key() const override { return from_base_ ? base_->key() : current_->first; }
  std::string_view value() const override {
    return from_base_ ? base_->value() : *current_->second.value;
  }

 private:
  int Compare(std::string_view a, std::string_view b) const {
    return reverse_ ? b.compare(a) : a.compare(b);
  }

  // The base's entry stays where it is while smaller changes go by.
  absl::Status LoadBase() {
    if (base_loaded_) return absl::OkStatus();
    DAFTAR_ASSIGN_OR_RETURN(has_base_, base_->Next());
    base_loaded_ = true;
    return absl::OkStatus();
  }

  bool HasChange() const {
    if (reverse_) return !at_front_ && change_->first >= range_.lower;
    return change_ != changes_->end() && (range_.upper.empty() || change_->first < range_.upper);
  }
  void PassChange() {
    if (reverse_) {
      StepBack();
    } else {
      ++change_;
    }
  }
  // To the entry before; there is none before the first.
  void StepBack() {
    at_front_ = change_ == changes_->begin();
    if (!at_front_) --change_;
  }

  const std::unique_ptr<Iterator> base_;
  const std::shared_ptr<const PendingChanges> changes_;
  const KeyRange range_;
  const bool reverse_;
  PendingChanges::const_iterator change_;
  PendingChanges::const_iterator current_;
  bool at_front_ = false;
  bool base_loaded_ = false;
  bool has_base_ = false;
  bool from_base_ = false;
};

class OverlayReader final : public Reader {
 public:
  OverlayReader(std::shared_ptr<const Reader> base, std::shared_ptr<const PendingChanges> changes)
      : base_(std::move(base)), changes_(std::move(changes)) {}

  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const override {
    const auto change = changes_->find(key);
    if (change == changes_->end()) return base_->Get(key);
    return std::optional<std::string>(change->second.value);
  }

  absl::StatusOr<std::vector<std::optional<std::string>>> MultiGet(
      const std::vector<std::string_view>& keys, const GetOptions& options) const override {
    std::vector<std::optional<std::string>> values(keys.size());
    std::vector<std::string_view> asked;
    std::vector<size_t> places;
    for (size_t i = 0; i < keys.size(); ++i) {
      const auto change = changes_->find(keys[i]);
      if (change != changes_->end()) {
        values[i] = std::optional<std::string>(change->second.value);
      } else {
        asked.push_back(keys[i]);
        places.push_back(i);
      }
    }
    DAFTAR_ASSIGN_OR_RETURN(auto found, base_->MultiGet(asked, options));
    for (size_t i = 0; i < places.size(); ++i) values[places[i]] = std::move(found[i]);
    return values;
  }

  std::unique_ptr<Iterator> NewIterator(const KeyRange& range,
                                        const ScanOptions& options) const override {
    return std::make_unique<OverlayIterator>(base_->NewIterator(range, options), changes_, range,
                                             options.reverse);
  }

 private:
  const std::shared_ptr<const Reader> base_;
  const std::shared_ptr<const PendingChanges> changes_;
};

}  // namespace

std::shared_ptr<const Reader> NewOverlayReader(std::shared_ptr<const Reader> base,
                                               std::shared_ptr<const PendingChanges> changes) {
  return std::make_shared<const OverlayReader>(std::move(base), std::move(changes));
}

}  // namespace daftar::storage
