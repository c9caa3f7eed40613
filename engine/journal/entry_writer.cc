#include "journal/entry_writer.h"

#include <utility>

#include "base/check.h"
#include "base/status.h"
#include "journal/entry_frame.h"

namespace daftar::journal {

EntryWriter::EntryWriter(CommitVersion version, Sink sink, size_t part_change_bytes)
    : version_(version), sink_(std::move(sink)), part_change_bytes_(part_change_bytes) {
  value_.assign(kFrameBytes, '\0');
}

absl::Status EntryWriter::Add(const Change& change) {
  DAFTAR_CHECK(!finished_);
  if (change.key <= last_key_) {
    return Internal("journal changes are out of order").WithBytes("key", change.key);
  }
  last_key_ = change.key;
  const size_t begin = value_.size();
  AppendChange(change, &value_);
  changes_hash_.Update(std::string_view(value_).substr(begin));
  ++change_count_;
  if (value_.size() - kFrameBytes <= part_change_bytes_) return absl::OkStatus();
  return ClosePart();
}

absl::Status EntryWriter::ClosePart() {
  const uint32_t part = closed_parts_++;
  if (part == 0) {
    first_ = value_.substr(kFrameBytes);
  } else {
    const codec::EncodedKey key = EncodePartKey({version_, part});
    SealFrame(key.view(), &value_);
    DAFTAR_RETURN_IF_ERROR(sink_(key.view(), value_));
  }
  value_.assign(kFrameBytes, '\0');
  return absl::OkStatus();
}

absl::StatusOr<EntryHead> EntryWriter::Finish(const Statement& statement, int64_t time,
                                              const Hash& previous) {
  DAFTAR_CHECK(!finished_);
  finished_ = true;
  DAFTAR_RETURN_IF_ERROR(CheckStatement(statement));
  // An entry without changes still has its part 0, and no part after it is empty.
  if (closed_parts_ == 0 || value_.size() > kFrameBytes) DAFTAR_RETURN_IF_ERROR(ClosePart());
  EntryHead head;
  head.version = version_;
  head.time = time;
  head.actor = statement.actor;
  head.reason = statement.reason;
  head.decision = statement.decision;
  head.previous = previous;
  head.change_count = change_count_;
  head.part_count = closed_parts_;
  head.changes_hash = changes_hash_.Finish();
  AppendHeadFields(head, &value_);
  value_ += first_;
  const codec::EncodedKey key = EncodePartKey({version_, 0});
  SealFrame(key.view(), &value_);
  DAFTAR_RETURN_IF_ERROR(sink_(key.view(), value_));
  return head;
}

}  // namespace daftar::journal
