// A store that holds nothing but a journal, made entry by entry.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "journal/entry_writer.h"
#include "storage/backend.h"
#include "storage/reader.h"
#include "storage/store.h"

namespace daftar::testing {

class JournalBook {
 public:
  // Appends the entry of commit `version`, which follows the one before by its hash. Small parts,
  // so that a few changes fill several.
  journal::EntryHead Append(uint64_t version, int64_t time,
                            const std::vector<journal::Change>& changes = {},
                            size_t part_change_bytes = 100);

  std::shared_ptr<const storage::Reader> reader() const {
    return storage::NewSnapshotReader(*store_);
  }
  const std::vector<journal::EntryHead>& heads() const { return heads_; }
  CommitVersion last() const { return heads_.empty() ? CommitVersion() : heads_.back().version; }

  Model Contents() const { return testing::Contents(*store_); }
  void Put(const std::string& key, const std::string& value);
  void Delete(const std::string& key);

 private:
  std::unique_ptr<storage::Store> store_ = storage::NewMemoryStore();
  std::vector<journal::EntryHead> heads_;
};

// The key of a part in the store.
std::string PartKey(uint64_t version, uint32_t part = 0);

}  // namespace daftar::testing
