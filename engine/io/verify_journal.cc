#include "io/verify_journal.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "codec/keyspace.h"
#include "history/history_key.h"
#include "journal/hash.h"

namespace daftar::io {
namespace {

constexpr size_t kSortBytesMax = size_t{32} << 20;

CommitVersion Before(CommitVersion version) { return CommitVersion(version.value() - 1); }
CommitVersion After(CommitVersion version) { return CommitVersion(version.value() + 1); }

// Walks over the parts of all entries in their order.
class JournalCheck {
 public:
  JournalCheck(VerifyRun* run, const txn::Anchor& anchor)
      : run_(run), anchor_(anchor), changes_(run->NewSorter(kSortBytesMax)) {}

  absl::StatusOr<JournalFindings> Run() {
    const CommitVersion newest = run_->view().version;
    findings_.first = After(newest);
    const auto parts = run_->IteratePrefix(codec::SpacePrefix(codec::Space::kJournal));
    while (true) {
      DAFTAR_ASSIGN_OR_RETURN(const bool found, parts->Next());
      if (!found) break;
      DAFTAR_RETURN_IF_ERROR(TakePart(parts->key(), parts->value()));
    }
    CloseEntry();
    const CommitVersion last = entry_.has_value() ? entry_->version : CommitVersion();
    if (last < newest) {
      Damaged(newest, "entries up to that of the newest commit are missing");
      Doubt(After(last), newest);
    }
    DAFTAR_ASSIGN_OR_RETURN(findings_.changes, changes_.Finish());
    return std::move(findings_);
  }

 private:
  struct Entry {
    explicit Entry(CommitVersion commit) : version(commit) {}
    CommitVersion version;
    std::optional<journal::EntryHead> head;  // absent: damaged or missing
    bool damaged = false;                    // something was reported; the rest is not looked at
    uint32_t parts = 0;
    uint64_t change_count = 0;
    journal::Sha256 changes_hash;
    std::string last_key;
  };

  void Damaged(CommitVersion version, std::string message) {
    run_->Report(
        {.kind = ProblemKind::kDamagedJournal, .message = std::move(message), .commit = version});
  }
  // Reports damage of the entry itself.
  void Break(std::string message) {
    Damaged(entry_->version, std::move(message));
    entry_->damaged = true;
  }
  void Doubt(CommitVersion from, CommitVersion to) {
    if (from <= to) findings_.doubtful.emplace_back(from, to);
  }

  absl::Status TakePart(std::string_view key, std::string_view value) {
    const auto id = journal::DecodePartKey(key);
    if (!id.ok() || id->version == CommitVersion()) {
      run_->Report({.kind = ProblemKind::kUnknownKey,
                    .key = absl::StrCat("0x", absl::BytesToHexString(key)),
                    .message = "the key is none of the journal"});
      return absl::OkStatus();
    }
    const bool opens = !entry_.has_value() || entry_->version != id->version;
    if (opens) {
      CloseEntry();
      before_ = std::exchange(entry_, Entry(id->version));
    }
    if (id->part == 0) return TakeHead(journal::DecodeHead(key, value));
    if (opens) {
      Break("its first part is missing");
      CheckStep();
    }
    return TakeChanges(id->part, journal::DecodePart(key, value));
  }

  absl::Status TakeHead(const absl::StatusOr<journal::HeadPart>& part) {
    ++run_->report().journal_entries;
    run_->Progress();
    if (part.ok()) {
      entry_->head = part->head;
    } else {
      Break(std::string(part.status().message()));
    }
    CheckStep();
    if (entry_->damaged) return absl::OkStatus();
    if (entry_->version == anchor_.version && journal::HashOf(part->head) != anchor_.entry) {
      Damaged(entry_->version, "it is not the entry that the anchor knows");
    }
    entry_->parts = 1;
    return AddChanges(part->changes);
  }

  // The step from the entry before to this one. One that is damaged hides both its hashes.
  void CheckStep() {
    const CommitVersion version = entry_->version;
    const auto& head = entry_->head;
    if (version > run_->view().version) return Break("it is newer than the newest commit");
    if (!before_.has_value()) {
      findings_.first = version;
      findings_.from_the_start = head.has_value() && head->previous == journal::Hash{};
      if (!head.has_value() || findings_.from_the_start) return;
      Damaged(version, "the entries before it are missing");
      Doubt(CommitVersion(1), Before(version));
      return;
    }
    const bool gap = version != After(before_->version);
    if (before_->head.has_value() && head.has_value()) {
      if (head->time < before_->head->time) {
        Damaged(version, "its time is before that of the entry before");
      }
      // A gap that the hash accounts for is that of a recovery.
      if (head->previous == journal::HashOf(*before_->head)) return;
      Damaged(version, gap ? "the entries right before it are missing"
                           : "it does not follow the entry before by its hash");
    }
    if (gap) Doubt(After(before_->version), Before(version));
  }

  absl::Status TakeChanges(uint32_t part, const absl::StatusOr<journal::ChangesPart>& changes) {
    if (entry_->damaged) return absl::OkStatus();
    if (part != entry_->parts) {
      Break(absl::StrCat("its part ", entry_->parts, " is missing"));
      return absl::OkStatus();
    }
    if (!changes.ok()) {
      Break(std::string(changes.status().message()));
      return absl::OkStatus();
    }
    ++entry_->parts;
    return AddChanges(changes->changes);
  }

  absl::Status AddChanges(std::string_view bytes) {
    entry_->changes_hash.Update(bytes);
    journal::ChangeReader reader(bytes);
    while (true) {
      const auto found = reader.Next();
      if (!found.ok()) Break(std::string(found.status().message()));
      if (!found.ok() || !*found) return absl::OkStatus();
      const journal::Change& change = reader.change();
      if (change.key <= entry_->last_key) {
        Break("its keys do not increase");
        return absl::OkStatus();
      }
      entry_->last_key = change.key;
      ++entry_->change_count;
      DAFTAR_RETURN_IF_ERROR(
          changes_.Add(history::HistoryKey(change.key, entry_->version),
                       change.deleted ? std::string_view() : journal::BytesOf(change.digest)));
    }
  }

  void CloseEntry() {
    if (!entry_.has_value()) return;
    if (!entry_->damaged && entry_->parts != entry_->head->part_count) {
      Break(absl::StrCat("it has ", entry_->parts, " parts, its head says ",
                         entry_->head->part_count));
    }
    if (!entry_->damaged && (entry_->change_count != entry_->head->change_count ||
                             entry_->changes_hash.Finish() != entry_->head->changes_hash)) {
      Break("its changes are not those that its head says");
    }
    if (entry_->damaged) Doubt(entry_->version, entry_->version);
  }

  VerifyRun* const run_;
  const txn::Anchor anchor_;
  storage::ExternalSorter changes_;
  JournalFindings findings_;
  std::optional<Entry> before_;
  std::optional<Entry> entry_;  // the one that is being read
};

}  // namespace

bool JournalFindings::Doubtful(CommitVersion version) const {
  const auto range =
      std::lower_bound(doubtful.begin(), doubtful.end(), version,
                       [](const auto& each, CommitVersion v) { return each.second < v; });
  return range != doubtful.end() && range->first <= version;
}

absl::StatusOr<JournalFindings> CheckJournal(VerifyRun* run, const txn::Anchor& anchor) {
  return JournalCheck(run, anchor).Run();
}

}  // namespace daftar::io
