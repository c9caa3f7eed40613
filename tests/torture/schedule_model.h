// What the engine must answer in a schedule: transactions on a plain map, with the engine's rules
// of what a transaction reads and when it is Aborted, written down a second time.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "torture/schedule_script.h"

namespace daftar::torture {

struct CommitResult {
  absl::StatusCode code = absl::StatusCode::kOk;
  uint64_t version = 0;  // when it is OK
  friend bool operator==(const CommitResult&, const CommitResult&) = default;
};
std::string ToText(const CommitResult& result);

// The committed state, and what the commits since the beginning wrote.
class ModelBook {
 public:
  ModelBook(ItemTable items, uint64_t version)
      : states_({std::move(items)}), first_(version), version_(version) {}

  const ItemTable& items() const { return states_.back(); }
  uint64_t version() const { return version_; }
  uint64_t first_version() const { return first_; }
  const ItemTable& at(uint64_t version) const { return states_[version - first_]; }

  // Makes `items` the next commit unless they are what is there.
  CommitResult Commit(ItemTable items);
  // Writes without a transaction, all or none.
  CommitResult CommitBatch(const std::vector<Step>& writes);

 private:
  std::vector<ItemTable> states_;  // by version, from the first
  uint64_t first_;
  uint64_t version_;
};

class ModelClient {
 public:
  // Begins on a state.
  ModelClient(ItemTable items, uint64_t version)
      : snapshot_(items), now_(std::move(items)), begun_(version) {}

  // The step with its results.
  Step Run(Step step);
  CommitResult Commit(ModelBook* book);
  // Whether all steps so far give the same when they run on `items`.
  bool ReadsTheSame(const ItemTable& items) const;

 private:
  using Place = Scan::Place;
  // Index places or, by_key, record keys between two places, both included.
  struct Stretch {
    bool by_key = false;
    Place from;
    Place to;
  };
  struct Write {
    WriteItem write;
    uint64_t number = 0;
  };

  void Note(const ScanStep& step);
  void Apply(const WriteItem& write);
  void RunGoBack(GoBack* back);
  // Whether commits since the beginning wrote something that was read.
  bool Conflicts(const ModelBook& book) const;
  bool HasRead(uint32_t item, const std::optional<ItemState>& state) const;

  const ItemTable snapshot_;
  ItemTable now_;  // with its own writes
  const uint64_t begun_;
  std::vector<Step> done_;
  std::set<uint32_t> own_;  // items that its writes have changed
  std::vector<Write> writes_;
  std::vector<std::vector<Write>> savepoints_;
  uint64_t next_number_ = 0;
  std::set<uint32_t> read_;  // record keys
  std::vector<Stretch> stretches_;
};

}  // namespace daftar::torture
