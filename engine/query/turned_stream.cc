#include "query/turned_stream.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/status.h"
#include "codec/keyspace.h"

namespace daftar::query {
namespace {

using storage::KeyRange;

struct HeldEntry {
  std::string key;
  std::string value;
};

class TurnedStream final : public EntryStream {
 public:
  TurnedStream(const storage::Reader& reader, const Plan& plan, std::vector<ScanPart> parts,
               uint64_t* entries_read)
      : reader_(reader),
        plan_(plan),
        terms_(plan.EntryTerms()),
        prefix_bytes_(plan.index != nullptr ? codec::IndexPrefix(plan.index->id).size()
                                            : codec::RecordPrefix(plan.query.table->id).size()),
        parts_(std::move(parts)),
        entries_read_(*entries_read) {}

  absl::StatusOr<StreamStep> Next() override {
    while (true) {
      if (inner_ != nullptr) {
        DAFTAR_ASSIGN_OR_RETURN(const bool found, Read(inner_.get()));
        if (found) return StreamStep::kEntry;
        inner_.reset();
      }
      if (gives_held_) {
        held_.pop_back();
        gives_held_ = !held_.empty();
        if (gives_held_) return StreamStep::kEntry;
      }
      if (outer_ == nullptr) {
        if (next_part_ == parts_.size()) return StreamStep::kEnd;
        BeginPart(parts_[next_part_++]);
        continue;
      }
      return ReadGroup();
    }
  }
  std::string_view key() const override { return inner_ ? inner_->key() : held_.back().key; }
  std::string_view value() const override { return inner_ ? inner_->value() : held_.back().value; }

 private:
  absl::StatusOr<bool> Read(storage::Iterator* entries) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, entries->Next());
    if (found) ++entries_read_;
    return found;
  }

  void BeginPart(const ScanPart& part) {
    range_ = part.range;
    outer_ = reader_.NewIterator(range_, {.reverse = plan_.reverse});
    has_ahead_ = false;
    if (part.group.has_value()) {
      inner_ = reader_.NewIterator(*part.group, {.reverse = !plan_.reverse});
    }
  }

  // One step towards the next group: holds one more of its entries, or finds that it holds all.
  absl::StatusOr<StreamStep> ReadGroup() {
    if (has_ahead_) {
      has_ahead_ = false;
      DAFTAR_RETURN_IF_ERROR(BeginGroup(std::move(ahead_)));
    }
    DAFTAR_ASSIGN_OR_RETURN(const bool found, Read(outer_.get()));
    if (!found) {
      outer_.reset();
      gives_held_ = !held_.empty();
      return gives_held_ ? StreamStep::kEntry : StreamStep::kNothing;
    }
    HeldEntry entry{std::string(outer_->key()), std::string(outer_->value())};
    if (held_.empty()) {
      DAFTAR_RETURN_IF_ERROR(BeginGroup(std::move(entry)));
      if (!plan_.query.reads_ahead) WalkGroup();
      return StreamStep::kNothing;
    }
    if (!entry.key.starts_with(group_)) {
      ahead_ = std::move(entry);
      has_ahead_ = true;
      gives_held_ = true;
      return StreamStep::kEntry;
    }
    if (held_.size() < kHeldEntriesMax) {
      held_.push_back(std::move(entry));
    } else {
      WalkGroup();
    }
    return StreamStep::kNothing;
  }

  absl::Status BeginGroup(HeldEntry entry) {
    std::string_view rest = std::string_view(entry.key).substr(prefix_bytes_);
    for (size_t i = 0; i < plan_.turn_at; ++i) {
      DAFTAR_RETURN_IF_ERROR(codec::SkipPart(terms_[i].part, &rest));
    }
    group_ = entry.key.substr(0, entry.key.size() - rest.size());
    held_.push_back(std::move(entry));
    return absl::OkStatus();
  }

  // The group is large: walks it anew, the other way, and goes on behind it.
  void WalkGroup() {
    held_.clear();
    const std::string end = codec::PrefixEnd(group_);
    const KeyRange group{std::max(group_, range_.lower), std::min(end, range_.upper)};
    inner_ = reader_.NewIterator(group, {.reverse = !plan_.reverse});
    // Nothing stands at `group_` itself: every entry goes on behind it.
    outer_->Seek(plan_.reverse ? group_ : end);
  }

  const storage::Reader& reader_;
  const Plan& plan_;
  const std::vector<catalog::Term> terms_;
  const size_t prefix_bytes_;
  const std::vector<ScanPart> parts_;
  uint64_t& entries_read_;
  size_t next_part_ = 0;
  KeyRange range_;
  std::unique_ptr<storage::Iterator> outer_;  // over the groups
  std::unique_ptr<storage::Iterator> inner_;  // within a large group, the other way
  std::string group_;                         // what all keys of the group begin with
  std::vector<HeldEntry> held_;               // a small group, given from the back
  bool gives_held_ = false;
  HeldEntry ahead_;  // the first entry of the group after the one that is held
  bool has_ahead_ = false;
};

}  // namespace

std::unique_ptr<EntryStream> NewTurnedStream(const storage::Reader& reader, const Plan& plan,
                                             std::vector<ScanPart> parts, uint64_t* entries_read) {
  return std::make_unique<TurnedStream>(reader, plan, std::move(parts), entries_read);
}

}  // namespace daftar::query
