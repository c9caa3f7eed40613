#include "storage/reader.h"

namespace daftar::storage {
namespace {

class StoreReader final : public Reader {
 public:
  StoreReader(const Store& store, std::unique_ptr<Snapshot> snapshot)
      : store_(store), snapshot_(std::move(snapshot)) {}

  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const override {
    return store_.Get(key, {snapshot_.get(), true});
  }
  absl::StatusOr<std::vector<std::optional<std::string>>> MultiGet(
      const std::vector<std::string_view>& keys, const GetOptions& options) const override {
    return store_.MultiGet(keys, {snapshot_.get(), true, options.keep_values});
  }
  std::unique_ptr<Iterator> NewIterator(const KeyRange& range,
                                        const ScanOptions& options) const override {
    return store_.NewIterator(range, {snapshot_.get(), options.reverse, options.fill_cache});
  }

 private:
  const Store& store_;
  const std::unique_ptr<Snapshot> snapshot_;  // null: the state at each call
};

}  // namespace

std::shared_ptr<const Reader> NewSnapshotReader(const Store& store) {
  return std::make_shared<const StoreReader>(store, store.NewSnapshot());
}

std::shared_ptr<const Reader> NewLiveReader(const Store& store) {
  return std::make_shared<const StoreReader>(store, nullptr);
}

}  // namespace daftar::storage
