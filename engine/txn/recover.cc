#include "txn/recover.h"

#include <algorithm>
#include <limits>

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
  const uint64_t kept = assessment.kept.value();
  if (!assessment.anchor.has_value()) {
    return absl::StrCat("recovered without an anchor (", assessment.cause,
                        "): later commits, if there were any, are lost");
  }
  if (assessment.anchor->version.value() <= kept)
    return "recovered: no acknowledged commit is lost";
  return absl::StrCat("recovered: commits ", kept + 1, " to ", assessment.anchor->version.value(),
                      " are lost");
}

// Compares the anchor with the journal.
absl::Status AssessAnchor(const storage::Store& store, const storage::Reader& state,
                          Assessment* assessment) {
  const Header& header = assessment->header;
  const auto bytes = store.ReadAnchor();
  const auto anchor = bytes.ok() && bytes->has_value() ? DecodeAnchor(**bytes)
                      : bytes.ok() ? absl::NotFoundError("the anchor is missing")
                                   : absl::StatusOr<Anchor>(bytes.status());
  if (!anchor.ok()) {
    // One that cannot be read now, or not by this library, is not lost.
    if (!absl::IsNotFound(anchor.status()) && !absl::IsDataLoss(anchor.status())) {
      return anchor.status();
    }
    assessment->cause = std::string(anchor.status().message());
    return absl::OkStatus();
  }
  if (anchor->id != header.id) {
    assessment->cause = "the anchor is another database's";
    return absl::OkStatus();
  }
  if (anchor->version > header.last_commit) {
    assessment->cause = "acknowledged commits are missing";
  } else if (anchor->version.value() > 0) {
    DAFTAR_ASSIGN_OR_RETURN(const auto entry, FindEntry(state, anchor->version));
    if (!entry.has_value()) {
      // The journal accounts for the gap, but the anchor was not renewed any more.
      assessment->cause = "a recovery did not end";
      DAFTAR_ASSIGN_OR_RETURN(
          assessment->kept, CommitAt(state, anchor->version, std::numeric_limits<int64_t>::max()));
      assessment->kept_time = 0;
      if (assessment->kept.value() > 0) {
        DAFTAR_ASSIGN_OR_RETURN(const auto kept, ReadEntry(state, assessment->kept));
        assessment->kept_time = kept.time;
      }
    } else if (journal::HashOf(*entry) != anchor->entry) {
      assessment->cause = "the journal is not the one that the anchor knows";
      return absl::OkStatus();
    }
  }
  assessment->anchor = *anchor;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Assessment> Assess(const storage::Store& store) {
  const auto state = storage::NewLiveReader(store);
  DAFTAR_ASSIGN_OR_RETURN(const std::optional<std::string> value, state->Get(HeaderKey()));
  if (!value.has_value()) return NotFound("directory holds no database that has a header");
  Assessment assessment;
  DAFTAR_ASSIGN_OR_RETURN(assessment.header, DecodeHeader(*value));
  const Header& header = assessment.header;
  if (header.format < kOldestFormat) {
    return FailedPrecondition("database is of an older format; run `daftar upgrade`")
        .With("format", header.format);
  }
  DAFTAR_RETURN_IF_ERROR(CheckJournalTail(*state, header.last_commit, kTailCommits));
  if (header.last_commit.value() > 0) {
    DAFTAR_ASSIGN_OR_RETURN(const journal::EntryHead entry, ReadEntry(*state, header.last_commit));
    assessment.end = {journal::HashOf(entry), entry.time};
  }
  assessment.kept = header.last_commit;
  assessment.kept_time = assessment.end.time;
  DAFTAR_RETURN_IF_ERROR(AssessAnchor(store, *state, &assessment));
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
