// What a tortured database must hold, to the byte.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "index/groups.h"
#include "journal/entry.h"
#include "torture/op.h"
#include "torture/workload.h"

namespace daftar::torture {

// Takes commits in their order and works out records, index entries, groups, old values and what
// the journal says of them. Thread safety: none; copies are independent, and forked children have
// one.
class Model {
 public:
  Model() : catalog_(LedgerCatalog()) {}

  // A value of a key, and when it held.
  struct Held {
    CommitVersion from;
    CommitVersion until;  // the commit that ended it; 0: it holds
    std::string value;
    bool live() const { return until.value() == 0; }
    bool HeldAt(CommitVersion version) const {
      return from <= version && (live() || version < until);
    }
  };
  // Every key of a record, entry or group that ever was, with its values, oldest first.
  using Keys = std::map<std::string, std::vector<Held>, std::less<>>;

  struct Commit {
    uint64_t op_id = 0;
    std::vector<journal::Change> changes;  // by key
  };

  // Makes `op` the next commit.
  void Apply(const Op& op);

  CommitVersion last() const { return CommitVersion(commits_.size()); }
  // Commit v is at v - 1.
  const std::vector<Commit>& commits() const { return commits_; }
  const Keys& keys() const { return keys_; }
  // The value of a key right after a commit, or null.
  const std::string* ValueAt(std::string_view key, CommitVersion version) const;
  Rows RowsOf(uint8_t partition) const;
  size_t values() const { return values_; }
  const catalog::Catalog& catalog() const { return catalog_; }

  // Makes the expected value of some live record wrong; for planting a fault.
  void Falsify();

 private:
  void End(const std::string& key);
  void Begin(const std::string& key, std::string value);
  void ApplyChange(const RowChange& change, std::vector<journal::Change>* changes,
                   index::GroupChanges* groups);
  void ApplyGroup(const std::string& key, const index::GroupTotals& change);

  catalog::Catalog catalog_;
  std::vector<Commit> commits_;
  Keys keys_;
  std::map<std::pair<uint8_t, std::pair<LedgerTable, uint16_t>>, Row> rows_;
  size_t values_ = 0;
};

}  // namespace daftar::torture
