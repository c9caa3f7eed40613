#include "txn/journal_book.h"

#include "support/status_matchers.h"

namespace daftar::testing {

journal::EntryHead JournalBook::Append(uint64_t version, int64_t time,
                                       const std::vector<journal::Change>& changes,
                                       size_t part_change_bytes) {
  storage::Batch batch;
  journal::EntryWriter writer(
      CommitVersion(version),
      [&](std::string_view key, std::string_view value) {
        batch.Put(key, value);
        return absl::OkStatus();
      },
      part_change_bytes);
  for (const journal::Change& change : changes) REQUIRE_OK(writer.Add(change));
  const journal::Hash previous = heads_.empty() ? journal::Hash{} : journal::HashOf(heads_.back());
  REQUIRE_OK_AND_ASSIGN(const journal::EntryHead head,
                        writer.Finish({"registrar", "", ""}, time, previous));
  REQUIRE_OK(store_->Write(batch, storage::Durability::kBuffered));
  heads_.push_back(head);
  return head;
}

void JournalBook::Put(const std::string& key, const std::string& value) {
  REQUIRE_OK(store_->Write(PutBatch(key, value), storage::Durability::kBuffered));
}

void JournalBook::Delete(const std::string& key) {
  storage::Batch batch;
  batch.Delete(key);
  REQUIRE_OK(store_->Write(batch, storage::Durability::kBuffered));
}

std::string PartKey(uint64_t version, uint32_t part) {
  return std::string(journal::EncodePartKey({CommitVersion(version), part}).view());
}

}  // namespace daftar::testing
