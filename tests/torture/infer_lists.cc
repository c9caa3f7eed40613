// Lists: the longest read of a list gives the order of its appends, all others must begin it.

#include <algorithm>
#include <map>
#include <set>
#include <span>

#include "absl/strings/str_cat.h"
#include "torture/infer.h"

namespace daftar::torture {
namespace {

// What a transaction saw of a list that was not its own.
struct Read {
  uint32_t transaction = 0;
  std::span<const uint32_t> values;
};

struct ListHistory {
  std::vector<Read> reads;
  std::vector<std::pair<uint32_t, uint32_t>> appends;  // committed: transaction, value
};

class Lists {
 public:
  explicit Lists(Inference* inference) : inference_(*inference) {}

  void Run() {
    for (uint32_t t = 0; t < inference_.history().size(); ++t) Gather(t);
    for (const auto& [list, history] : lists_) Infer(list, history);
  }

 private:
  void Gather(uint32_t transaction) {
    const Recorded& recorded = inference_.at(transaction);
    std::map<uint32_t, std::vector<uint32_t>> own;
    for (const Operation& operation : recorded.operations) {
      if (const auto* append = std::get_if<Append>(&operation)) {
        own[append->list].push_back(append->value);
        if (recorded.counts()) {
          lists_[append->list].appends.emplace_back(transaction, append->value);
        }
      } else if (const auto* read = std::get_if<ReadList>(&operation)) {
        GatherRead(transaction, *read, own[read->list]);
      }
    }
  }

  void GatherRead(uint32_t transaction, const ReadList& read, const std::vector<uint32_t>& own) {
    const std::span<const uint32_t> values(read.values);
    const size_t foreign = values.size() - std::min(values.size(), own.size());
    const auto tail = values.subspan(foreign);
    if (!std::equal(tail.begin(), tail.end(), own.begin(), own.end())) {
      inference_.Report("internal",
                        absl::StrCat("list ", read.list, " does not end with its own appends"),
                        transaction);
      return;
    }
    const auto seen = values.first(foreign);
    for (const uint32_t value : seen) {
      if (!inference_.CheckSeen(transaction, value, read.list, true, value == seen.back())) return;
    }
    if (inference_.at(transaction).counts()) lists_[read.list].reads.push_back({transaction, seen});
  }

  void Infer(uint32_t list, const ListHistory& history) {
    Read longest;
    for (const Read& read : history.reads) {
      if (read.values.size() > longest.values.size()) longest = read;
    }
    const std::set<uint32_t> observed(longest.values.begin(), longest.values.end());
    if (observed.size() != longest.values.size()) {
      inference_.Report("duplicate append", absl::StrCat("list ", list), longest.transaction);
    }
    const std::vector<uint32_t> later = Unobserved(list, history, observed);
    for (size_t i = 1; i < longest.values.size(); ++i) {
      inference_.AddEdge(WriterOf(longest.values[i - 1]), WriterOf(longest.values[i]),
                         EdgeKind::kWriteWrite, list);
    }
    // Those that no read shows come after what the longest shows; among each other who knows.
    for (const uint32_t transaction : later) {
      if (longest.values.empty()) break;
      inference_.AddEdge(WriterOf(longest.values.back()), transaction, EdgeKind::kWriteWrite, list);
    }
    for (const Read& read : history.reads) InferRead(list, read, longest, later);
  }

  // Transactions whose appends are in no read.
  std::vector<uint32_t> Unobserved(uint32_t list, const ListHistory& history,
                                   const std::set<uint32_t>& observed) {
    // The last read to begin must show whatever had been acknowledged by then.
    const Read* last = nullptr;
    for (const Read& read : history.reads) {
      if (last == nullptr ||
          inference_.at(read.transaction).begin > inference_.at(last->transaction).begin) {
        last = &read;
      }
    }
    std::vector<uint32_t> transactions;
    for (const auto& [transaction, value] : history.appends) {
      if (observed.contains(value)) continue;
      transactions.push_back(transaction);
      if (last != nullptr &&
          inference_.at(transaction).end < inference_.at(last->transaction).begin) {
        inference_.Report("lost append", absl::StrCat("value ", value, " of list ", list),
                          transaction, last->transaction);
      }
    }
    return transactions;
  }

  void InferRead(uint32_t list, const Read& read, const Read& longest,
                 const std::vector<uint32_t>& later) {
    const size_t size = read.values.size();
    if (!std::equal(read.values.begin(), read.values.end(), longest.values.begin(),
                    longest.values.begin() + static_cast<std::ptrdiff_t>(size))) {
      inference_.Report("incompatible reads", absl::StrCat("list ", list), read.transaction,
                        longest.transaction);
      return;
    }
    if (size > 0) {
      inference_.AddEdge(WriterOf(read.values.back()), read.transaction, EdgeKind::kWriteRead,
                         list);
    }
    if (size < longest.values.size()) {
      inference_.AddEdge(read.transaction, WriterOf(longest.values[size]), EdgeKind::kReadWrite,
                         list);
      return;
    }
    for (const uint32_t transaction : later) {
      inference_.AddEdge(read.transaction, transaction, EdgeKind::kReadWrite, list);
    }
  }

  uint32_t WriterOf(uint32_t value) const { return inference_.WriterOf(value).transaction; }

  Inference& inference_;
  std::map<uint32_t, ListHistory> lists_;
};

}  // namespace

void InferFromLists(Inference* inference) { Lists(inference).Run(); }

}  // namespace daftar::torture
