#include "txn/follower_reader.h"

#include <utility>

#include "base/status.h"
#include "history/as_of_reader.h"

namespace daftar::txn {
namespace {

// Whether the store has kept what a view rests on. Thread safety: full.
class Watch {
 public:
  Watch(const storage::Store& store, const Moves& moves, CommitVersion version,
        SchemaVersion schema, std::shared_ptr<const HistoryStarts> known)
      : live_(storage::NewLiveReader(store)),
        moves_(moves),
        version_(version),
        schema_(schema),
        known_(std::move(known)) {}

  // Called after something was read: the start of a table's history is moved before anything is
  // removed, so that what was read is whole when the start is still early enough.
  absl::Status Check() const {
    const uint64_t moves = moves_;
    if (moves == seen_) return absl::OkStatus();
    DAFTAR_ASSIGN_OR_RETURN(const HistoryStarts starts, ReadHistoryStarts(*live_));
    for (const auto& [table, start] : starts) {
      // What was known before is refused table by table.
      const auto known = known_->find(table);
      if (start > version_ && (known == known_->end() || known->second != start)) {
        return FailedPrecondition("the process that writes has removed history; take a new view")
            .With("table number", table.value())
            .With("as of commit", version_.value())
            .With("first commit kept", start.value());
      }
    }
    // Another schema may lack indexes, whose entries go once it is in force.
    DAFTAR_ASSIGN_OR_RETURN(const std::optional<std::string> stored, live_->Get(HeaderKey()));
    if (!stored.has_value()) return DataLoss("database has lost its header");
    DAFTAR_ASSIGN_OR_RETURN(const Header header, DecodeHeader(*stored));
    if (header.schema != schema_) {
      return FailedPrecondition("the process that writes has changed the schema; take a new view")
          .With("schema of the view", schema_.value())
          .With("schema in force", header.schema.value());
    }
    // While the store moves, more may come of which the starts do not tell yet.
    if (moves % 2 == 0 && moves == moves_) seen_ = moves;
    return absl::OkStatus();
  }

 private:
  const std::shared_ptr<const storage::Reader> live_;
  const Moves& moves_;
  const CommitVersion version_;
  const SchemaVersion schema_;
  const std::shared_ptr<const HistoryStarts> known_;
  mutable std::atomic<uint64_t> seen_ = UINT64_MAX;  // when all was well last; at first never
};

class WatchedIterator final : public storage::Iterator {
 public:
  WatchedIterator(std::unique_ptr<storage::Iterator> inner, std::shared_ptr<const Watch> watch)
      : inner_(std::move(inner)), watch_(std::move(watch)) {}

  absl::StatusOr<bool> Next() override {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, inner_->Next());
    DAFTAR_RETURN_IF_ERROR(watch_->Check());
    return found;
  }
  void Seek(std::string_view key) override { inner_->Seek(key); }
  std::string_view key() const override { return inner_->key(); }
  std::string_view value() const override { return inner_->value(); }

 private:
  const std::unique_ptr<storage::Iterator> inner_;
  const std::shared_ptr<const Watch> watch_;
};

class FollowerReader final : public storage::Reader {
 public:
  FollowerReader(const storage::Store& store, const Moves& moves, CommitVersion version,
                 SchemaVersion schema, std::shared_ptr<const HistoryStarts> starts)
      : inner_(history::NewAsOfReader(storage::NewLiveReader(store), version)),
        watch_(std::make_shared<const Watch>(store, moves, version, schema, std::move(starts))) {}

  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const override {
    DAFTAR_ASSIGN_OR_RETURN(std::optional<std::string> value, inner_->Get(key));
    DAFTAR_RETURN_IF_ERROR(watch_->Check());
    return value;
  }
  absl::StatusOr<std::vector<std::optional<std::string>>> MultiGet(
      const std::vector<std::string_view>& keys,
      const storage::GetOptions& options) const override {
    DAFTAR_ASSIGN_OR_RETURN(std::vector<std::optional<std::string>> values,
                            inner_->MultiGet(keys, options));
    DAFTAR_RETURN_IF_ERROR(watch_->Check());
    return values;
  }
  std::unique_ptr<storage::Iterator> NewIterator(
      const storage::KeyRange& range, const storage::ScanOptions& options) const override {
    return std::make_unique<WatchedIterator>(inner_->NewIterator(range, options), watch_);
  }

 private:
  const std::shared_ptr<const storage::Reader> inner_;
  // Shared with iterators, which may outlive the reader.
  const std::shared_ptr<const Watch> watch_;
};

}  // namespace

std::shared_ptr<const storage::Reader> NewFollowerReader(
    const storage::Store& store, const Moves& moves, CommitVersion version, SchemaVersion schema,
    std::shared_ptr<const HistoryStarts> starts) {
  return std::make_shared<const FollowerReader>(store, moves, version, schema, std::move(starts));
}

}  // namespace daftar::txn
