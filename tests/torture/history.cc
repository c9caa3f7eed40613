#include "torture/history.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace daftar::torture {
namespace {

// Long lists are shown by their end, where transactions meet.
constexpr size_t kValuesShown = 12;
constexpr size_t kOperationsShown = 12;

std::string Text(const ItemState& state) {
  return absl::StrCat("group ", state.group, " value ", state.value,
                      state.code.has_value() ? absl::StrCat(" code ", *state.code) : "");
}

std::string Text(const ReadList& read) {
  const size_t skipped = read.values.size() - std::min(read.values.size(), kValuesShown);
  return absl::StrCat("read list ", read.list, " = ",
                      skipped > 0 ? absl::StrCat("(", skipped, " more) ") : "",
                      absl::StrJoin(read.values.begin() + static_cast<std::ptrdiff_t>(skipped),
                                    read.values.end(), " "));
}

std::string Text(const Append& append) {
  return absl::StrCat("append ", append.value, " to list ", append.list);
}

std::string Text(const ReadItem& read) {
  return absl::StrCat("read item ", read.item, " = ",
                      read.found.has_value() ? Text(*read.found) : "nothing");
}

std::string Text(const WriteItem& write) {
  constexpr const char* kIntents[] = {"insert", "update", "upsert"};
  const char* verb =
      write.state.has_value() ? kIntents[static_cast<size_t>(write.intent)] : "delete";
  return absl::StrCat(verb, " item ", write.item, " ",
                      write.state.has_value() ? Text(*write.state) : "",
                      write.refused ? " (refused)" : "");
}

std::string Text(const Scan& scan) {
  const auto row = [](std::string* out, const Scan::Seen& seen) {
    absl::StrAppend(out, "item ", seen.item, " ", Text(seen.state));
  };
  return absl::StrCat("scan ", scan.by_key ? "items " : "groups ", scan.low, " to ", scan.high,
                      scan.reverse ? " backwards" : "",
                      scan.limit > 0 ? absl::StrCat(" limit ", scan.limit) : "", " = {",
                      absl::StrJoin(scan.seen, ", ", row), "}");
}

}  // namespace

bool Scan::Covers(const Place& place) const {
  if (std::get<0>(place) < low || std::get<0>(place) >= high) return false;
  if (limit == 0 || seen.size() < limit) return true;
  const Place last = PlaceOf(seen.back().item, seen.back().state);
  return reverse ? place >= last : place <= last;
}

std::vector<Scan::Seen> RowsOf(const ItemTable& items, const Scan& scan) {
  std::map<Scan::Place, Scan::Seen> rows;
  for (const auto& [item, state] : items) {
    const Scan::Place place = scan.PlaceOf(item, state);
    if (std::get<0>(place) < scan.low || std::get<0>(place) >= scan.high) continue;
    rows[place] = {item, state};
  }
  std::vector<Scan::Seen> result;
  for (const auto& [place, row] : rows) result.push_back(row);
  if (scan.reverse) std::reverse(result.begin(), result.end());
  if (scan.limit > 0 && result.size() > scan.limit) result.resize(scan.limit);
  return result;
}

bool ApplyWrite(const WriteItem& write, ItemTable* items) {
  const bool exists = items->contains(write.item);
  if (!write.state.has_value()) {
    items->erase(write.item);
    return exists;
  }
  if (write.intent == WriteIntent::kInsert && exists) return false;
  if (write.intent == WriteIntent::kUpdate && !exists) return false;
  (*items)[write.item] = *write.state;
  return true;
}

std::string ToText(const Operation& operation) {
  return std::visit([](const auto& done) { return Text(done); }, operation);
}

std::string Describe(const History& history, size_t transaction) {
  const Recorded& recorded = history[transaction];
  std::string text = absl::StrCat("T", transaction, " [", recorded.begin, "..", recorded.end,
                                  "] begun at ", recorded.begun_at.value(), ": ");
  const size_t shown = std::min(recorded.operations.size(), kOperationsShown);
  for (size_t i = 0; i < shown; ++i) {
    absl::StrAppend(&text, ToText(recorded.operations[i]), "; ");
  }
  if (shown < recorded.operations.size()) {
    absl::StrAppend(&text, recorded.operations.size() - shown, " more; ");
  }
  switch (recorded.outcome) {
    case Outcome::kCommitted:
      return absl::StrCat(text, "committed as ", recorded.version.value());
    case Outcome::kAborted:
      return text + "aborted";
    case Outcome::kRefused:
      return text + "refused";
  }
  return text;
}

}  // namespace daftar::torture
