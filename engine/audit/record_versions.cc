#include "audit/record_versions.h"

#include <utility>

#include "base/status.h"
#include "history/history_key.h"
#include "record/envelope.h"
#include "txn/journal_reader.h"
#include "txn/write_set.h"

namespace daftar::audit {
namespace {

constexpr CommitVersion kNever(UINT64_MAX);

// A stored value and when it held.
struct Held {
  CommitVersion created;
  CommitVersion ended;
  std::string value;
};

absl::StatusOr<std::vector<Held>> ReadAll(const storage::Reader& reader, std::string_view key) {
  std::vector<Held> all;
  const auto past = reader.NewIterator(
      {history::HistoryKey(key, CommitVersion(0)), history::HistoryKey(key, kNever)}, {});
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, past->Next());
    if (!found) break;
    DAFTAR_ASSIGN_OR_RETURN(const history::HistoryId id, history::ParseHistoryKey(past->key()));
    if (id.live_key != key) continue;
    DAFTAR_ASSIGN_OR_RETURN(const record::Envelope envelope,
                            record::DecodeEnvelope(key, past->value()));
    all.push_back({envelope.created, id.ended, std::string(past->value())});
  }
  DAFTAR_ASSIGN_OR_RETURN(std::optional<std::string> value, reader.Get(key));
  if (value.has_value()) {
    DAFTAR_ASSIGN_OR_RETURN(const record::Envelope envelope, record::DecodeEnvelope(key, *value));
    all.push_back({envelope.created, kNever, *std::move(value)});
  }
  return all;
}

absl::StatusOr<RecordVersion> MakeVersion(const storage::Reader& reader, CommitVersion commit) {
  RecordVersion version;
  DAFTAR_ASSIGN_OR_RETURN(std::optional<journal::EntryHead> head, txn::FindEntry(reader, commit));
  version.has_entry = head.has_value();
  if (head.has_value()) version.commit = *std::move(head);
  version.commit.version = commit;
  return version;
}

}  // namespace

absl::StatusOr<std::vector<RecordVersion>> VersionsOf(const txn::ReadView& view,
                                                      const catalog::TableDef& table,
                                                      const codec::EncodedKey& key,
                                                      CommitVersion until) {
  const storage::Reader& reader = *view.reader;
  DAFTAR_ASSIGN_OR_RETURN(const std::vector<Held> all, ReadAll(reader, key.view()));
  std::vector<RecordVersion> versions;
  for (size_t i = 0; i < all.size() && all[i].created <= until; ++i) {
    DAFTAR_ASSIGN_OR_RETURN(RecordVersion version, MakeVersion(reader, all[i].created));
    DAFTAR_ASSIGN_OR_RETURN(version.record, txn::DecodeRecord(table, key.view(), all[i].value));
    versions.push_back(std::move(version));
    const bool replaced = i + 1 < all.size() && all[i + 1].created == all[i].ended;
    if (replaced || all[i].ended > until || all[i].ended == kNever) continue;
    DAFTAR_ASSIGN_OR_RETURN(RecordVersion deletion, MakeVersion(reader, all[i].ended));
    versions.push_back(std::move(deletion));
  }
  return versions;
}

}  // namespace daftar::audit
