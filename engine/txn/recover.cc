#include "txn/recover.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "txn/read_view.h"
#include "txn/statement.h"
#include "txn/write_set.h"

namespace daftar::txn {
namespace {

// Enough to meet what was in the log.
constexpr uint64_t kTailCommits = 1'000'000;

std::string LostText(const Assessment& assessment) {
  const uint64_t kept = assessment.header.last_commit.value();
  if (!assessment.anchor.has_value()) {
    return "recovered without an anchor: later commits, if there were any, are lost";
  }
  if (assessment.anchor->version.value() <= kept)
    return "recovered: no acknowledged commit is lost";
  return absl::StrCat("recovered: commits ", kept + 1, " to ", assessment.anchor->version.value(),
                      " are lost");
}

}  // namespace

absl::StatusOr<Assessment> Assess(const storage::Store& store) {
  const auto state = storage::NewLiveReader(store);
  DAFTAR_ASSIGN_OR_RETURN(const std::optional<std::string> value, state->Get(HeaderKey()));
  if (!value.has_value()) return NotFound("directory holds no database that has a header");
  Assessment assessment;
  DAFTAR_ASSIGN_OR_RETURN(assessment.header, DecodeHeader(*value));
  const Header& header = assessment.header;
  if (header.format != kFormatVersion) {
    return FailedPrecondition("database is of an older format; run `daftar upgrade`")
        .With("format", header.format);
  }
  DAFTAR_RETURN_IF_ERROR(CheckJournalTail(*state, header.last_commit, kTailCommits));
  if (header.last_commit.value() > 0) {
    DAFTAR_ASSIGN_OR_RETURN(const journal::EntryHead entry, ReadEntry(*state, header.last_commit));
    assessment.end = {journal::HashOf(entry), entry.time};
  }
  const auto bytes = store.ReadAnchor();
  const auto anchor = bytes.ok() && bytes->has_value() ? DecodeAnchor(**bytes)
                      : bytes.ok() ? absl::NotFoundError("the anchor is missing")
                                   : absl::StatusOr<Anchor>(bytes.status());
  if (!anchor.ok()) {
    assessment.cause = std::string(anchor.status().message());
  } else if (anchor->id != header.id) {
    assessment.cause = "the anchor is another database's";
  } else {
    assessment.anchor = *anchor;
    if (anchor->version > header.last_commit) assessment.cause = "acknowledged commits are missing";
  }
  return assessment;
}

absl::Status CloseGap(storage::Store* store, const Assessment& assessment,
                      const CommitOptions& options, int64_t time) {
  Header header = assessment.header;
  CommitVersion last = header.last_commit;
  if (assessment.anchor.has_value()) {
    last = std::max(last, assessment.anchor->version);
    time = std::max(time, assessment.anchor->time);
  }
  time = std::max(time, assessment.end.time);
  header.last_commit = CommitVersion(last.value() + 1);
  CommitOptions stated = options;
  stated.reason =
      absl::StrCat(LostText(assessment), options.reason.empty() ? "" : "; ", options.reason);
  DAFTAR_RETURN_IF_ERROR(CheckStatement(stated, {}));
  storage::Batch batch;
  const WriteSet nothing(nullptr, header.schema, header.last_commit);
  DAFTAR_ASSIGN_OR_RETURN(
      const journal::EntryHead head,
      nothing.AppendEntry(StatementOf(stated), time, assessment.end.hash, &batch));
  batch.Put(HeaderKey(), EncodeHeader(header));
  DAFTAR_RETURN_IF_ERROR(store->Write(batch, storage::Durability::kSynced));
  return store->WriteAnchor(
      EncodeAnchor({header.id, header.last_commit, time, journal::HashOf(head)}),
      storage::Durability::kSynced);
}

}  // namespace daftar::txn
