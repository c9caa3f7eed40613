#include "torture/schedule_model.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"

namespace daftar::torture {
namespace {

constexpr int64_t kBeforeAll = std::numeric_limits<int64_t>::min();

// Whether an item of `after` has come to a code that another one holds.
bool Clashes(const ItemTable& before, const ItemTable& after) {
  for (const auto& [item, state] : after) {
    const auto old = before.find(item);
    if (!state.code.has_value()) continue;
    if (old != before.end() && old->second.code == state.code) continue;
    for (const auto& [other, other_state] : after) {
      if (other != item && other_state.code == state.code) return true;
    }
  }
  return false;
}

std::optional<ItemState> Find(const ItemTable& items, uint32_t item) {
  const auto found = items.find(item);
  return found == items.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

std::string ToText(const CommitResult& result) {
  if (result.code == absl::StatusCode::kOk) return absl::StrCat("OK as ", result.version);
  return absl::StatusCodeToString(result.code);
}

CommitResult ModelBook::Commit(ItemTable items) {
  if (items != states_.back()) {
    states_.push_back(std::move(items));
    ++version_;
  }
  return {absl::StatusCode::kOk, version_};
}

CommitResult ModelBook::CommitBatch(const std::vector<Step>& writes) {
  ItemTable items = states_.back();
  for (const Step& step : writes) {
    const auto& write = std::get<WriteItem>(step);
    if (ApplyWrite(write, &items)) continue;
    const bool inserts = write.state.has_value() && write.intent == WriteIntent::kInsert;
    return {inserts ? absl::StatusCode::kAlreadyExists : absl::StatusCode::kNotFound, 0};
  }
  if (Clashes(states_.back(), items)) return {absl::StatusCode::kAlreadyExists, 0};
  return Commit(std::move(items));
}

Step ModelClient::Run(Step step) {
  if (auto* read = std::get_if<ReadItem>(&step)) {
    read->found = Find(now_, read->item);
    if (!own_.contains(read->item)) read_.insert(read->item);
  } else if (auto* write = std::get_if<WriteItem>(&step)) {
    // All but an upsert look whether the key is taken.
    if (!write->state.has_value() || write->intent != WriteIntent::kUpsert) {
      read_.insert(write->item);
    }
    ItemTable after = now_;
    write->refused = !ApplyWrite(*write, &after);
    if (!write->refused) {
      Apply(*write);
      writes_.push_back({*write, next_number_++});
    }
  } else if (auto* scan = std::get_if<ScanStep>(&step)) {
    scan->scan.seen = RowsOf(now_, scan->scan);
    Note(*scan);
  } else if (auto* back = std::get_if<GoBack>(&step)) {
    RunGoBack(back);
  } else {
    savepoints_.push_back(writes_);
  }
  done_.push_back(step);
  return step;
}

void ModelClient::Apply(const WriteItem& write) {
  if (Find(now_, write.item) != write.state) own_.insert(write.item);
  ApplyWrite(write, &now_);
}

void ModelClient::RunGoBack(GoBack* back) {
  const std::vector<Write>& kept = savepoints_[back->savepoint];
  const auto same = [](const Write& a, const Write& b) { return a.number == b.number; };
  back->refused =
      kept.size() > writes_.size() || !std::equal(kept.begin(), kept.end(), writes_.begin(), same);
  if (back->refused) return;
  writes_.resize(kept.size());
  now_ = snapshot_;
  own_.clear();
  for (const Write& write : writes_) Apply(write.write);
}

// Enters what a scan reads of the snapshot. One that stopped at its limit counts up to the entry of
// the snapshot at which it stopped, or to the next one when it stopped at a write of its own.
void ModelClient::Note(const ScanStep& step) {
  const Scan& scan = step.scan;
  Stretch stretch{scan.by_key, {scan.low, kBeforeAll}, {scan.high, kBeforeAll}};
  if (scan.limit > 0 && scan.seen.size() == scan.limit) {
    const Place last = scan.PlaceOf(scan.seen.back().item, scan.seen.back().state);
    std::optional<Place> stop;
    for (const auto& [item, state] : snapshot_) {
      const Place place = scan.PlaceOf(item, state);
      if (place < stretch.from || place > stretch.to) continue;
      if (scan.reverse ? place > last : place < last) continue;
      if (!stop.has_value() || (scan.reverse ? place > *stop : place < *stop)) stop = place;
    }
    if (stop.has_value()) (scan.reverse ? stretch.from : stretch.to) = *stop;
  }
  stretches_.push_back(stretch);
  if (scan.by_key || step.covered) return;
  for (const Scan::Seen& row : scan.seen) {
    if (!own_.contains(row.item)) read_.insert(row.item);
  }
}

bool ModelClient::HasRead(uint32_t item, const std::optional<ItemState>& state) const {
  if (read_.contains(item)) return true;
  return std::any_of(stretches_.begin(), stretches_.end(), [&](const Stretch& stretch) {
    if (!stretch.by_key && !state.has_value()) return false;
    const Place place = stretch.by_key ? Place{item, 0} : Place{state->group, item};
    return stretch.from <= place && place <= stretch.to;
  });
}

bool ModelClient::Conflicts(const ModelBook& book) const {
  for (uint64_t version = begun_; version < book.version(); ++version) {
    const ItemTable& before = book.at(version);
    const ItemTable& after = book.at(version + 1);
    std::set<uint32_t> items;
    for (const auto& [item, state] : before) items.insert(item);
    for (const auto& [item, state] : after) items.insert(item);
    for (const uint32_t item : items) {
      const auto old_state = Find(before, item);
      const auto new_state = Find(after, item);
      if (old_state == new_state) continue;
      if (HasRead(item, old_state) || HasRead(item, new_state)) return true;
    }
  }
  return false;
}

CommitResult ModelClient::Commit(ModelBook* book) {
  if (writes_.empty()) return {absl::StatusCode::kOk, begun_};
  if (Clashes(snapshot_, now_)) return {absl::StatusCode::kAlreadyExists, 0};
  if (now_ == snapshot_) return {absl::StatusCode::kOk, begun_};
  if (Conflicts(*book)) return {absl::StatusCode::kAborted, 0};
  ItemTable items = book->items();
  for (const Write& write : writes_) ApplyWrite(write.write, &items);
  if (Clashes(book->items(), items)) return {absl::StatusCode::kAlreadyExists, 0};
  return book->Commit(std::move(items));
}

bool ModelClient::ReadsTheSame(const ItemTable& items) const {
  ModelClient again(items, begun_);
  return std::all_of(done_.begin(), done_.end(),
                     [&](const Step& step) { return again.Run(step) == step; });
}

}  // namespace daftar::torture
