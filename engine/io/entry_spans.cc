#include "io/entry_spans.h"

#include <utility>

#include "base/status.h"

namespace daftar::io {

absl::Status EntrySpans::Add(std::string_view record_key, CommitVersion created,
                             CommitVersion ended, std::vector<index::Entry> entries) {
  if (record_key == record_key_ && created == ended_) {
    DAFTAR_RETURN_IF_ERROR(GoOn(created, std::move(entries)));
  } else {
    DAFTAR_RETURN_IF_ERROR(Close());
    record_key_.assign(record_key);
    const bool may_be_older = created <= start_;
    for (index::Entry& entry : entries) open_.push_back({std::move(entry), created, may_be_older});
  }
  ended_ = ended;
  return absl::OkStatus();
}

absl::Status EntrySpans::GoOn(CommitVersion created, std::vector<index::Entry> entries) {
  std::vector<Open> before = std::exchange(open_, {});
  auto old = before.begin();
  for (index::Entry& entry : entries) {
    for (; old != before.end() && old->entry.key < entry.key; ++old) {
      DAFTAR_RETURN_IF_ERROR(End(*old, created));
    }
    const bool same_key = old != before.end() && old->entry.key == entry.key;
    if (same_key && old->entry.covered == entry.covered) {
      open_.push_back(std::move(*old));
    } else {
      if (same_key) DAFTAR_RETURN_IF_ERROR(End(*old, created));
      open_.push_back({std::move(entry), created, false});
    }
    if (same_key) ++old;
  }
  for (; old != before.end(); ++old) DAFTAR_RETURN_IF_ERROR(End(*old, created));
  return absl::OkStatus();
}

absl::Status EntrySpans::Close() {
  for (const Open& open : open_) DAFTAR_RETURN_IF_ERROR(End(open, ended_));
  open_.clear();
  return absl::OkStatus();
}

}  // namespace daftar::io
