#include "torture/replay.h"

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"

namespace daftar::torture {
namespace {

// Lists and items, and how to take back what was done to them.
class State {
 public:
  const std::vector<uint32_t>& list(uint32_t list) { return lists_[list]; }
  std::optional<ItemState> item(uint32_t item) const {
    const auto found = items_.find(item);
    return found == items_.end() ? std::nullopt : std::optional(found->second);
  }

  void Do(const Append& append) {
    lists_[append.list].push_back(append.value);
    undo_.push_back([this, list = append.list] { lists_[list].pop_back(); });
  }

  void Set(uint32_t item, const std::optional<ItemState>& state) {
    undo_.push_back([this, item, before = this->item(item)] { Place(item, before); });
    Place(item, state);
  }

  void Forget() { undo_.clear(); }
  void Undo() {
    while (!undo_.empty()) {
      undo_.back()();
      undo_.pop_back();
    }
  }

  std::vector<Scan::Seen> Run(const Scan& scan) const { return RowsOf(items_, scan); }

  // A code that more than one item holds, if there is one.
  std::optional<uint32_t> TakeDoubleCode() {
    for (const auto& [code, holders] : codes_) {
      if (holders > 1) return code;
    }
    return std::nullopt;
  }

 private:
  void Place(uint32_t item, const std::optional<ItemState>& state) {
    const auto found = items_.find(item);
    if (found != items_.end()) {
      if (found->second.code.has_value()) --codes_[*found->second.code];
      items_.erase(found);
    }
    if (!state.has_value()) return;
    items_.emplace(item, *state);
    if (state->code.has_value()) ++codes_[*state->code];
  }

  std::map<uint32_t, std::vector<uint32_t>> lists_;
  ItemTable items_;
  std::map<uint32_t, int> codes_;
  std::vector<std::function<void()>> undo_;
};

class Replayer {
 public:
  Replayer(const History& history, Findings* findings) : history_(history), findings_(*findings) {}

  size_t Run() {
    const std::vector<uint32_t> commits = Sorted([](const Recorded& r) { return r.wrote(); },
                                                 [](const Recorded& r) { return r.version; });
    const std::vector<uint32_t> beginnings =
        Sorted([](const Recorded&) { return true; }, [](const Recorded& r) { return r.begun_at; });
    auto next = beginnings.begin();
    const auto begin_until = [&](CommitVersion version) {
      for (; next != beginnings.end() && history_[*next].begun_at < version; ++next) {
        Execute(*next, "replay of the beginning");
        state_.Undo();
      }
    };
    for (const uint32_t commit : commits) {
      begin_until(history_[commit].version);
      Execute(commit, "replay");
      state_.Forget();
      CheckCodes(commit);
    }
    begin_until(CommitVersion(UINT64_MAX));
    return compared_;
  }

 private:
  template <typename Chosen, typename By>
  std::vector<uint32_t> Sorted(Chosen chosen, By by) const {
    std::vector<uint32_t> places;
    for (uint32_t i = 0; i < history_.size(); ++i) {
      if (chosen(history_[i])) places.push_back(i);
    }
    std::stable_sort(places.begin(), places.end(),
                     [&](uint32_t a, uint32_t b) { return by(history_[a]) < by(history_[b]); });
    return places;
  }

  void Execute(uint32_t transaction, const char* name) {
    bool told = false;
    for (const Operation& operation : history_[transaction].operations) {
      const bool same = std::visit([&](const auto& done) { return Repeat(done); }, operation);
      ++compared_;
      if (same || told) continue;
      told = true;
      findings_.Add(name, [&] {
        const auto number = &operation - history_[transaction].operations.data() + 1;
        return absl::StrCat("operation ", number, " reads otherwise\n    ",
                            Describe(history_, transaction));
      });
    }
  }

  // Each does an operation again; false when it read otherwise.
  bool Repeat(const ReadList& read) { return state_.list(read.list) == read.values; }
  bool Repeat(const Append& append) {
    state_.Do(append);
    return true;
  }
  bool Repeat(const ReadItem& read) { return state_.item(read.item) == read.found; }
  bool Repeat(const WriteItem& write) {
    const bool exists = state_.item(write.item).has_value();
    const bool is_upsert = write.state.has_value() && write.intent == WriteIntent::kUpsert;
    const bool is_insert = write.state.has_value() && write.intent == WriteIntent::kInsert;
    const bool refused = !is_upsert && exists == is_insert;
    if (!refused) state_.Set(write.item, write.state);
    return refused == write.refused;
  }
  bool Repeat(const Scan& scan) { return state_.Run(scan) == scan.seen; }

  void CheckCodes(uint32_t transaction) {
    const auto code = state_.TakeDoubleCode();
    if (!code.has_value()) return;
    findings_.Add("code held twice", [&] {
      return absl::StrCat("code ", *code, "\n    ", Describe(history_, transaction));
    });
  }

  const History& history_;
  Findings& findings_;
  State state_;
  size_t compared_ = 0;
};

}  // namespace

size_t Replay(const History& history, Findings* findings) {
  return Replayer(history, findings).Run();
}

}  // namespace daftar::torture
