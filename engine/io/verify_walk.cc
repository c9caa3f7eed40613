#include "io/verify_walk.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "codec/keyspace.h"
#include "history/history_key.h"

namespace daftar::io {

VersionWalk::VersionWalk(VerifyRun* run, const catalog::TableDef& table)
    : run_(run),
      prefix_(codec::RecordPrefix(table.id)),
      start_(run->HistoryStart(table)),
      present_(run->IteratePrefix(prefix_)),
      past_(run->IteratePrefix(history::HistoryPrefix(prefix_))) {}

absl::StatusOr<bool> VersionWalk::Next() {
  DAFTAR_RETURN_IF_ERROR(LoadPresent());
  DAFTAR_RETURN_IF_ERROR(LoadPast());
  if (!has_present_ && !has_past_) return false;
  // What a key held earlier comes before what it holds now.
  if (has_past_ && (!has_present_ || past_version_.key <= present_->key())) {
    version_ = past_version_;
    past_loaded_ = false;
    ++run_->report().old_versions;
  } else {
    version_ = {present_->key(), kPresent, present_->value()};
    present_loaded_ = false;
    ++run_->report().records;
  }
  run_->Progress();
  return true;
}

absl::Status VersionWalk::LoadPresent() {
  if (present_loaded_) return absl::OkStatus();
  DAFTAR_ASSIGN_OR_RETURN(has_present_, present_->Next());
  present_loaded_ = true;
  return absl::OkStatus();
}

absl::Status VersionWalk::LoadPast() {
  while (!past_loaded_) {
    DAFTAR_ASSIGN_OR_RETURN(has_past_, past_->Next());
    past_loaded_ = true;
    if (!has_past_) break;
    const auto id = history::ParseHistoryKey(past_->key());
    if (id.ok() && id->live_key.starts_with(prefix_)) {
      past_version_ = {id->live_key, id->ended, past_->value()};
      past_loaded_ = !MayBeGone(id->ended, start_);
    } else {
      run_->Report({.kind = ProblemKind::kUnknownKey,
                    .key = absl::StrCat("0x", absl::BytesToHexString(past_->key())),
                    .message = "the key is none of the history"});
      past_loaded_ = false;
    }
  }
  return absl::OkStatus();
}

}  // namespace daftar::io
