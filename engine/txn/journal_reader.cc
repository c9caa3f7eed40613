#include "txn/journal_reader.h"

#include <utility>

#include "base/status.h"
#include "codec/key.h"
#include "codec/keyspace.h"

namespace daftar::txn {
namespace {

// Part 0 of every entry between two commits, both included.
storage::KeyRange EntryRange(CommitVersion first, CommitVersion last) {
  return {std::string(journal::EncodePartKey({first, 0}).view()),
          std::string(journal::EncodePartKey({last, 1}).view())};
}

absl::Status Missing(CommitVersion version) {
  return DataLoss("journal lacks the entry of a commit; run `daftar recover --dry-run`")
      .With("commit", version.value());
}

// Accepts the step from the entry of `before` to the one of `head`.
absl::Status CheckStep(const journal::EntryHead& before, const journal::EntryHead& head) {
  if (head.previous == journal::HashOf(before)) return absl::OkStatus();
  return DataLoss("journal has a gap; run `daftar recover --dry-run`")
      .With("after commit", before.version.value())
      .With("before commit", head.version.value());
}

}  // namespace

absl::StatusOr<std::optional<journal::EntryHead>> FindEntry(const storage::Reader& reader,
                                                            CommitVersion version) {
  const codec::EncodedKey key = journal::EncodePartKey({version, 0});
  DAFTAR_ASSIGN_OR_RETURN(const std::optional<std::string> value, reader.Get(key.view()));
  if (!value.has_value()) return std::optional<journal::EntryHead>();
  DAFTAR_ASSIGN_OR_RETURN(journal::HeadPart part, journal::DecodeHead(key.view(), *value));
  return std::optional<journal::EntryHead>(std::move(part.head));
}

absl::StatusOr<journal::EntryHead> ReadEntry(const storage::Reader& reader, CommitVersion version) {
  DAFTAR_ASSIGN_OR_RETURN(std::optional<journal::EntryHead> head, FindEntry(reader, version));
  if (!head.has_value()) return Missing(version);
  return *std::move(head);
}

absl::StatusOr<std::optional<journal::EntryHead>> FirstEntryFrom(const storage::Reader& reader,
                                                                 CommitVersion version,
                                                                 CommitVersion last) {
  if (version > last) return std::optional<journal::EntryHead>();
  const auto entries = reader.NewIterator(EntryRange(version, last), {});
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, entries->Next());
    if (!found) return std::optional<journal::EntryHead>();
    DAFTAR_ASSIGN_OR_RETURN(const journal::PartId id, journal::DecodePartKey(entries->key()));
    if (id.part != 0) continue;
    DAFTAR_ASSIGN_OR_RETURN(journal::HeadPart part,
                            journal::DecodeHead(entries->key(), entries->value()));
    return std::optional<journal::EntryHead>(std::move(part.head));
  }
}

EntryWalk::EntryWalk(std::shared_ptr<const storage::Reader> reader, const CommitRange& commits)
    : reader_(std::move(reader)), commits_(commits) {
  if (commits.first > commits.last) return;
  parts_ =
      reader_->NewIterator(EntryRange(commits.first, commits.last), {.reverse = commits.backwards});
}

absl::StatusOr<std::optional<journal::EntryHead>> EntryWalk::HeadHere(journal::PartId here) const {
  if (here.part == 0) {
    DAFTAR_ASSIGN_OR_RETURN(journal::HeadPart part,
                            journal::DecodeHead(parts_->key(), parts_->value()));
    return std::optional<journal::EntryHead>(std::move(part.head));
  }
  // Backwards, the last part comes first. Forwards, heads do, so that this one has none.
  if (!commits_.backwards) return std::optional<journal::EntryHead>();
  return FindEntry(*reader_, here.version);
}

void EntryWalk::LeaveParts(journal::PartId here, const journal::EntryHead& head) {
  const uint64_t version = here.version.value();
  if (!commits_.backwards && head.part_count > 1) {
    parts_->Seek(journal::EncodePartKey({CommitVersion(version + 1), 0}).view());
  } else if (commits_.backwards && here.part > 0) {
    parts_->Seek(journal::EncodePartKey({CommitVersion(version - 1), UINT32_MAX}).view());
  }
}

absl::StatusOr<bool> EntryWalk::Next() {
  while (parts_ != nullptr) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, parts_->Next());
    if (!found) break;
    DAFTAR_ASSIGN_OR_RETURN(const journal::PartId here, journal::DecodePartKey(parts_->key()));
    DAFTAR_ASSIGN_OR_RETURN(std::optional<journal::EntryHead> head, HeadHere(here));
    if (!head.has_value()) continue;
    LeaveParts(here, *head);
    head_ = *std::move(head);
    return true;
  }
  parts_ = nullptr;
  return false;
}

absl::StatusOr<CommitVersion> CommitAt(const storage::Reader& reader, CommitVersion last,
                                       int64_t time) {
  // Invariant: the commit `low` is early enough, or zero; those after `high` are too late.
  uint64_t low = 0;
  uint64_t high = last.value();
  while (low < high) {
    const uint64_t middle = low + (high - low + 1) / 2;
    DAFTAR_ASSIGN_OR_RETURN(const std::optional<journal::EntryHead> head,
                            FirstEntryFrom(reader, CommitVersion(middle), CommitVersion(high)));
    if (head.has_value() && head->time <= time) {
      low = head->version.value();
    } else {
      high = middle - 1;
    }
  }
  return CommitVersion(low);
}

absl::Status CheckJournalTail(const storage::Reader& reader, CommitVersion last, uint64_t count) {
  if (last.value() == 0) return absl::OkStatus();
  const auto entries = reader.NewIterator(EntryRange(CommitVersion(0), last),
                                          {.reverse = true, .fill_cache = false});
  std::optional<journal::EntryHead> after;
  CommitVersion expected = last;
  uint64_t checked = 0;
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, entries->Next());
    if (!found) break;
    DAFTAR_ASSIGN_OR_RETURN(const journal::PartId id, journal::DecodePartKey(entries->key()));
    if (id.part != 0) continue;
    if (!after.has_value() && id.version != last) return Missing(last);
    DAFTAR_ASSIGN_OR_RETURN(journal::HeadPart part,
                            journal::DecodeHead(entries->key(), entries->value()));
    // Hashing every head would take longer than reading it; only gaps need it.
    if (id.version != expected) DAFTAR_RETURN_IF_ERROR(CheckStep(part.head, *after));
    expected = CommitVersion(id.version.value() - 1);
    after = std::move(part.head);
    if (++checked > count) return absl::OkStatus();
  }
  if (!after.has_value()) return Missing(last);
  // All entries were read: the oldest must be the first of all.
  return after->previous == journal::Hash{} ? absl::OkStatus() : Missing(expected);
}

EntryChanges::EntryChanges(std::shared_ptr<const storage::Reader> reader,
                           const journal::EntryHead& head)
    : reader_(std::move(reader)), head_(head) {}

absl::StatusOr<bool> EntryChanges::NextPart() {
  if (next_part_ == head_.part_count) return false;
  const codec::EncodedKey key = journal::EncodePartKey({head_.version, next_part_});
  DAFTAR_ASSIGN_OR_RETURN(std::optional<std::string> value, reader_->Get(key.view()));
  if (!value.has_value()) {
    return DataLoss("journal entry lacks a part")
        .With("commit", head_.version.value())
        .With("part", next_part_);
  }
  value_ = *std::move(value);
  std::string_view changes;
  if (next_part_ == 0) {
    DAFTAR_ASSIGN_OR_RETURN(const journal::HeadPart part, journal::DecodeHead(key.view(), value_));
    changes = part.changes;
  } else {
    DAFTAR_ASSIGN_OR_RETURN(const journal::ChangesPart part,
                            journal::DecodePart(key.view(), value_));
    changes = part.changes;
  }
  hash_.Update(changes);
  changes_.emplace(changes);
  ++next_part_;
  return true;
}

absl::StatusOr<bool> EntryChanges::Next() {
  while (true) {
    if (changes_.has_value()) {
      DAFTAR_ASSIGN_OR_RETURN(const bool found, changes_->Next());
      if (found) {
        ++changes_read_;
        return true;
      }
    }
    DAFTAR_ASSIGN_OR_RETURN(const bool more, NextPart());
    if (more) continue;
    if (changes_read_ != head_.change_count || hash_.Finish() != head_.changes_hash) {
      return DataLoss("journal entry has other changes than its head says")
          .With("commit", head_.version.value());
    }
    changes_.reset();
    return false;
  }
}

}  // namespace daftar::txn
