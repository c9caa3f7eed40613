#include "io/version_stream.h"

#include "base/status.h"
#include "codec/key.h"
#include "codec/keyspace.h"
#include "history/history_key.h"
#include "io/entry_spans.h"

namespace daftar::io {

VersionStream::VersionStream(const txn::ReadView& view, const catalog::TableDef& table,
                             const std::string& from)
    : prefix_(codec::RecordPrefix(table.id)) {
  const storage::KeyRange range{from, codec::PrefixEnd(prefix_)};
  const auto start = view.history_starts->find(table.id);
  if (start != view.history_starts->end()) start_ = start->second;
  present_ = view.reader->NewIterator(range, {.fill_cache = false});
  past_ = view.reader->NewIterator(history::HistoryRange(range), {.fill_cache = false});
}

absl::StatusOr<bool> VersionStream::Next() {
  if (uses_past_) DAFTAR_RETURN_IF_ERROR(LoadPast());
  if (uses_present_) {
    DAFTAR_ASSIGN_OR_RETURN(has_present_, present_->Next());
  }
  // What a key held earlier comes before what it holds now.
  uses_past_ = has_past_ && (!has_present_ || past_key_ <= present_->key());
  uses_present_ = !uses_past_ && has_present_;
  return uses_past_ || uses_present_;
}

CommitVersion VersionStream::ended() const { return uses_past_ ? past_ended_ : kPresent; }

absl::Status VersionStream::LoadPast() {
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(has_past_, past_->Next());
    if (!has_past_) return absl::OkStatus();
    DAFTAR_ASSIGN_OR_RETURN(const history::HistoryId id, history::ParseHistoryKey(past_->key()));
    has_past_ = id.live_key.starts_with(prefix_);
    if (!has_past_) return absl::OkStatus();
    if (MayBeGone(id.ended, start_)) continue;
    past_key_ = id.live_key;
    past_ended_ = id.ended;
    return absl::OkStatus();
  }
}

}  // namespace daftar::io
