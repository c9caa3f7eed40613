#include "io/verify_versions.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "codec/keyspace.h"
#include "history/history_key.h"
#include "txn/write_set.h"

namespace daftar::io {

absl::StatusOr<bool> ChangeStream::Next() {
  DAFTAR_ASSIGN_OR_RETURN(has_change_, changes_->Next());
  if (!has_change_) return false;
  DAFTAR_ASSIGN_OR_RETURN(const history::HistoryId id, history::ParseHistoryKey(changes_->key()));
  key_ = id.live_key;
  commit_ = id.ended;
  const std::string_view digest = changes_->value();
  deleted_ = digest.empty();
  digest_ = {};
  std::copy(digest.begin(), digest.end(), digest_.begin());
  return true;
}

VersionCheck::VersionCheck(VerifyRun* run, const catalog::TableDef& table,
                           const JournalFindings& journal, ChangeStream* changes)
    : run_(run),
      table_(table),
      journal_(journal),
      changes_(changes),
      prefix_(codec::RecordPrefix(table.id)),
      start_(run->HistoryStart(table)) {}

absl::Status VersionCheck::LoadExpected() {
  if (loaded_) return absl::OkStatus();
  loaded_ = true;
  expected_.reset();
  while (changes_->has_change() && changes_->key().starts_with(prefix_)) {
    Expected next{std::string(changes_->key()), changes_->commit(), kPresent, changes_->digest()};
    const bool deleted = changes_->deleted();
    DAFTAR_RETURN_IF_ERROR(changes_->Next().status());
    const bool was_put = next.key == put_key_;
    put_key_ = deleted ? std::string() : next.key;
    if (deleted) {
      if (!was_put && journal_.doubtful.empty()) ReportUnknownDeletion(next);
      continue;
    }
    if (changes_->has_change() && changes_->key() == next.key) next.ended = changes_->commit();
    if (MayBeGone(next.ended, start_)) continue;
    expected_ = std::move(next);
    break;
  }
  return absl::OkStatus();
}

absl::StatusOr<CommitVersion> VersionCheck::Compare(const StoredVersion& version,
                                                    const VersionContent& content) {
  while (true) {
    DAFTAR_RETURN_IF_ERROR(LoadExpected());
    if (!expected_.has_value() ||
        std::tie(expected_->key, expected_->ended) >= std::tie(version.key, version.ended)) {
      break;
    }
    ReportMissing();
    loaded_ = false;
  }
  if (journal_.Doubtful(content.created) || journal_.Doubtful(version.ended)) {
    doubtful_key_.assign(version.key);
  }
  if (expected_.has_value() && expected_->key == version.key && expected_->ended == version.ended) {
    loaded_ = false;
    return CompareContent(version, content);
  }
  Report(ProblemKind::kExtraVersion, version.key, version.ended,
         "the journal knows no such version of the record");
  return content.created;
}

CommitVersion VersionCheck::CompareContent(const StoredVersion& version,
                                           const VersionContent& content) {
  const bool before_journal =
      expected_->created == journal_.first && content.created < journal_.first;
  if (before_journal && journal_.from_the_start && start_ < journal_.first && !old_reported_) {
    old_reported_ = true;
    run_->Report({.kind = ProblemKind::kDamagedStart,
                  .table = table_.name,
                  .message = "records are older than the journal, but history has no start",
                  .commit = start_});
  }
  // A version that does not verify is reported already.
  if (!content.digest.has_value() || doubtful_key_ == version.key) return content.created;
  if (content.created != expected_->created && !before_journal) {
    Report(ProblemKind::kWrongVersion, version.key, version.ended,
           absl::StrCat("it says that commit ", content.created.value(),
                        " made it, the journal says ", expected_->created.value()));
  } else if (*content.digest != expected_->digest) {
    Report(ProblemKind::kWrongVersion, version.key, version.ended,
           "it is not what the journal has the digest of");
  }
  return before_journal ? content.created : expected_->created;
}

void VersionCheck::ReportMissing() {
  Report(ProblemKind::kMissingVersion, expected_->key, expected_->ended,
         absl::StrCat("the version that commit ", expected_->created.value(), " made is missing"));
}

void VersionCheck::ReportUnknownDeletion(const Expected& deletion) {
  Report(ProblemKind::kMissingVersion, deletion.key, deletion.created,
         "the journal deletes a record that it says nothing of before");
}

void VersionCheck::Report(ProblemKind kind, std::string_view key, CommitVersion ended,
                          std::string message) {
  agrees_ = false;
  if (key == doubtful_key_) return;
  run_->Report({.kind = kind,
                .table = table_.name,
                .key = txn::DescribeKey(table_, key.substr(prefix_.size())),
                .message = std::move(message),
                .commit = ended == kPresent ? CommitVersion() : ended});
}

absl::Status VersionCheck::Finish() {
  while (true) {
    DAFTAR_RETURN_IF_ERROR(LoadExpected());
    if (!expected_.has_value()) return absl::OkStatus();
    ReportMissing();
    loaded_ = false;
  }
}

}  // namespace daftar::io
