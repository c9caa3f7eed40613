// Items: reads by key, scans, and what a write found in its place. What a scan did not show was not
// there or stood elsewhere at its moment, which says as much as what it showed.

#include <algorithm>
#include <map>
#include <optional>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "torture/infer.h"

namespace daftar::torture {
namespace {

using State = std::optional<ItemState>;  // absent: there was none
using Matches = absl::FunctionRef<bool(const State&)>;

// The states of an item in the order of their commits; the first is its absence in the beginning.
struct Chain {
  struct Link {
    CommitVersion version;
    uint32_t transaction = kNobody;
    State state;
  };
  std::vector<Link> links = {{}};
  // For each place: when the first transaction from there on had returned, and when the last one
  // until there had begun. Both increase.
  std::vector<uint64_t> returned_from;
  std::vector<uint64_t> begun_until;
};

class Items {
 public:
  explicit Items(Inference* inference) : inference_(*inference) {}

  void Run() {
    BuildChains();
    for (uint32_t t = 0; t < inference_.history().size(); ++t) {
      if (inference_.at(t).counts()) Infer(t);
    }
  }

 private:
  void BuildChains() {
    std::map<CommitVersion, uint32_t> commits;
    for (uint32_t t = 0; t < inference_.history().size(); ++t) {
      const Recorded& recorded = inference_.at(t);
      if (!recorded.wrote()) continue;
      const auto [place, first] = commits.try_emplace(recorded.version, t);
      if (!first) inference_.Report("one version for two commits", "", t, place->second);
    }
    for (const auto& [version, transaction] : commits) {
      std::map<uint32_t, State> last;
      for (const Operation& operation : inference_.at(transaction).operations) {
        const auto* write = std::get_if<WriteItem>(&operation);
        if (write != nullptr && !write->refused) last[write->item] = write->state;
      }
      for (const auto& [item, state] : last) {
        Chain& chain = chains_[item];
        inference_.AddEdge(chain.links.back().transaction, transaction, EdgeKind::kWriteWrite,
                           item);
        if (state.has_value()) Note(state->value, chain.links.size());
        chain.links.push_back({version, transaction, state});
      }
    }
    for (auto& [item, chain] : chains_) NoteTimes(&chain);
  }

  void Note(uint32_t value, size_t place) {
    if (value >= places_.size()) places_.resize(value + 1);
    places_[value] = place;
  }

  void NoteTimes(Chain* chain) const {
    const size_t size = chain->links.size();
    chain->returned_from.assign(size, 0);
    chain->begun_until.assign(size, 0);
    uint64_t returned = UINT64_MAX;
    for (size_t i = size - 1; i > 0; --i) {
      returned = std::min(returned, inference_.at(chain->links[i].transaction).end);
      chain->returned_from[i] = returned;
    }
    for (size_t i = 1; i < size; ++i) {
      chain->begun_until[i] =
          std::max(chain->begun_until[i - 1], inference_.at(chain->links[i].transaction).begin);
    }
  }

  void Infer(uint32_t transaction) {
    own_.clear();
    for (const Operation& operation : inference_.at(transaction).operations) {
      if (const auto* read = std::get_if<ReadItem>(&operation)) {
        InferRead(transaction, *read);
      } else if (const auto* write = std::get_if<WriteItem>(&operation)) {
        InferWrite(transaction, *write);
        if (!write->refused) own_[write->item] = write->state;
      } else if (const auto* scan = std::get_if<Scan>(&operation)) {
        InferScan(transaction, *scan);
      }
    }
  }

  void InferRead(uint32_t transaction, const ReadItem& read) {
    const auto own = own_.find(read.item);
    if (own != own_.end()) {
      CheckOwn(transaction, read.item, own->second == read.found);
    } else if (read.found.has_value()) {
      Saw(transaction, read.item, *read.found);
    } else {
      Explain(transaction, read.item, EdgeKind::kWriteRead, EdgeKind::kReadWrite,
              [](const State& state) { return !state.has_value(); });
    }
  }

  void InferWrite(uint32_t transaction, const WriteItem& write) {
    if (write.state.has_value() && write.intent == WriteIntent::kUpsert) return;
    const bool inserts = write.state.has_value() && write.intent == WriteIntent::kInsert;
    const bool found = inserts == write.refused;
    const auto own = own_.find(write.item);
    if (own != own_.end()) {
      CheckOwn(transaction, write.item, own->second.has_value() == found);
    } else {
      Explain(transaction, write.item, EdgeKind::kWriteRead, EdgeKind::kReadWrite,
              [&](const State& state) { return state.has_value() == found; });
    }
  }

  void InferScan(uint32_t transaction, const Scan& scan) {
    std::map<uint32_t, ItemState> seen;
    for (const Scan::Seen& row : scan.seen) {
      const bool once = seen.emplace(row.item, row.state).second;
      if (!once || !scan.Covers(scan.PlaceOf(row.item, row.state))) {
        inference_.Report("impossible read", absl::StrCat("item ", row.item, " in a scan"),
                          transaction);
      }
    }
    const auto covered = [&](uint32_t item, const State& state) {
      return state.has_value() && scan.Covers(scan.PlaceOf(item, *state));
    };
    for (const auto& [item, state] : own_) {
      const auto row = seen.find(item);
      const bool expected = covered(item, state);
      CheckOwn(transaction, item,
               expected ? row != seen.end() && row->second == *state : row == seen.end());
      if (row != seen.end()) seen.erase(row);
    }
    for (const auto& [item, state] : seen) Saw(transaction, item, state);
    for (const auto& [item, chain] : chains_) {
      if (seen.contains(item) || own_.contains(item)) continue;
      const uint32_t id = item;
      Explain(transaction, id, EdgeKind::kPredicateWriteRead, EdgeKind::kPredicateReadWrite,
              [&](const State& state) { return !covered(id, state); });
    }
  }

  void CheckOwn(uint32_t transaction, uint32_t item, bool is_right) {
    if (is_right) return;
    inference_.Report("internal", absl::StrCat("item ", item, " is not as it was written"),
                      transaction);
  }

  // The transaction read exactly this state.
  void Saw(uint32_t transaction, uint32_t item, const ItemState& state) {
    if (!inference_.CheckSeen(transaction, state.value, item, false, true)) return;
    const auto found = chains_.find(item);
    const size_t place = state.value < places_.size() ? places_[state.value] : 0;
    if (found == chains_.end() || place == 0 || found->second.links[place].state != state) {
      inference_.Report("garbage read", absl::StrCat("item ", item, " was never so"), transaction);
      return;
    }
    AddAround(transaction, item, found->second, place, place, EdgeKind::kWriteRead,
              EdgeKind::kReadWrite);
  }

  // The transaction read some state that `matches`. Of those that it could have read by time, it
  // came after the writer of the first and before who replaced the last.
  void Explain(uint32_t transaction, uint32_t item, EdgeKind before, EdgeKind after,
               Matches matches) {
    const auto found = chains_.find(item);
    if (found == chains_.end()) {
      if (!matches(std::nullopt)) Impossible(transaction, item);
      return;
    }
    const Chain& chain = found->second;
    size_t first = FirstByTime(chain, inference_.at(transaction).begin);
    size_t end = EndByTime(chain, transaction);
    while (first < end && !matches(chain.links[first].state)) ++first;
    while (end > first && !matches(chain.links[end - 1].state)) --end;
    if (first >= end) return Impossible(transaction, item);
    AddAround(transaction, item, chain, first, end - 1, before, after);
  }

  void Impossible(uint32_t transaction, uint32_t item) {
    inference_.Report("impossible read",
                      absl::StrCat("no state of item ", item, " at that time explains it"),
                      transaction);
  }

  // The last state that was there for sure when the transaction began.
  static size_t FirstByTime(const Chain& chain, uint64_t begin) {
    const auto after = std::partition_point(chain.returned_from.begin(), chain.returned_from.end(),
                                            [&](uint64_t returned) { return returned < begin; });
    return static_cast<size_t>(after - chain.returned_from.begin()) - 1;
  }

  // Behind the last state that could be there when the transaction returned, and before what it
  // wrote itself.
  size_t EndByTime(const Chain& chain, uint32_t transaction) const {
    const Recorded& recorded = inference_.at(transaction);
    const auto after = std::partition_point(chain.begun_until.begin(), chain.begun_until.end(),
                                            [&](uint64_t begun) { return begun <= recorded.end; });
    const auto end = static_cast<size_t>(after - chain.begun_until.begin());
    if (!recorded.wrote()) return end;
    const auto own = std::partition_point(
        chain.links.begin(), chain.links.end(),
        [&](const Chain::Link& link) { return link.version < recorded.version; });
    const bool is_own = own != chain.links.end() && own->transaction == transaction;
    return is_own ? std::min(end, static_cast<size_t>(own - chain.links.begin())) : end;
  }

  void AddAround(uint32_t transaction, uint32_t item, const Chain& chain, size_t first, size_t last,
                 EdgeKind before, EdgeKind after) {
    inference_.AddUnlessTimeSays(chain.links[first].transaction, transaction, before, item);
    if (last + 1 == chain.links.size()) return;
    inference_.AddUnlessTimeSays(transaction, chain.links[last + 1].transaction, after, item);
  }

  Inference& inference_;
  std::map<uint32_t, Chain> chains_;
  std::vector<size_t> places_;  // of values in their chains; 0: in none
  std::map<uint32_t, State> own_;
};

}  // namespace

void InferFromItems(Inference* inference) { Items(inference).Run(); }

}  // namespace daftar::torture
