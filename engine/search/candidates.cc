#include "search/candidates.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "base/status.h"
#include "codec/key.h"
#include "index/entries.h"
#include "names/name_keys.h"

namespace daftar::search {
namespace {

// Entries read of one key, and of all; and of each key in the first turn, twice as many in the
// next.
constexpr size_t kEntriesOfKeyMax = 2048;
constexpr size_t kEntriesMax = 8192;
constexpr size_t kFirstTurn = 32;
// When the keys that were read to their end give so many names, those of the others are not needed.
constexpr size_t kNamesEnough = 128;
// How many names are asked whether they have a common key, too.
constexpr size_t kAskedMax = 1024;
constexpr size_t kCommonKeysMax = 3;

// A key tells the more, the fewer names have it. Of one that was not read to its end it is not
// known how many have.
constexpr double kNamesAll = 1e6;
constexpr double kNamesOfCommonKey = 1e5;

double WeightOf(double names) { return std::log1p(kNamesAll / std::max(1.0, names)); }

}  // namespace

// The entries of one key.
struct Candidates::Source {
  const SoughtKey* sought = nullptr;
  std::string lower;  // what their keys begin with
  std::unique_ptr<storage::Iterator> entries;
  std::vector<std::string> ids;
  bool ended = false;

  double weight() const {
    const double names = static_cast<double>(ids.size());
    return sought->weight * WeightOf(ended ? names : std::max(names, kNamesOfCommonKey));
  }
  bool may_go_on() const { return !ended && ids.size() < kEntriesOfKeyMax; }
};

std::vector<Candidates::Source> Candidates::Begin(const std::vector<SoughtKey>& keys) const {
  std::vector<Source> sources;
  for (const SoughtKey& key : keys) {
    Source& source = sources.emplace_back();
    source.sought = &key;
    source.lower = prefix_;
    source.lower += key.begins ? index::SearchKeyStart(key.key) : index::SearchKeyPart(key.key);
    source.entries = reader_.NewIterator({source.lower, codec::PrefixEnd(source.lower)}, {});
  }
  return sources;
}

absl::Status Candidates::ReadOn(size_t count, Source* source) {
  constexpr codec::KeyPart kText{codec::KeyType::kText, codec::Direction::kAscending,
                                 codec::Nulls::kNever};
  for (size_t i = 0; i < count && source->ids.size() < kEntriesOfKeyMax; ++i) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, source->entries->Next());
    if (!found) {
      source->ended = true;
      return absl::OkStatus();
    }
    ++entries_read_;
    std::string_view id = source->entries->key();
    if (source->sought->begins) {
      id.remove_prefix(prefix_.size());
      DAFTAR_RETURN_IF_ERROR(codec::SkipPart(kText, &id));
    } else {
      id.remove_prefix(source->lower.size());
    }
    source->ids.emplace_back(id);
  }
  return absl::OkStatus();
}

bool Candidates::LeaveOne(std::vector<Source>* sources) {
  const Source* best = nullptr;
  for (size_t i = 0; i + 1 < sources->size(); i += 2) {
    const Source* const pair = &(*sources)[i];
    if (!pair[0].ended || !pair[1].ended) continue;
    const auto names = [](const Source* of) { return of[0].ids.size() + of[1].ids.size(); };
    if (best == nullptr || names(pair) < names(best)) best = pair;
  }
  if (best == nullptr) return false;
  const auto begin = sources->begin() + (best - sources->data());
  std::vector<Source> left(std::make_move_iterator(begin), std::make_move_iterator(begin + 2));
  *sources = std::move(left);
  return true;
}

absl::Status Candidates::ReadInTurn(bool needs_all, std::vector<Source>* sources) {
  absl::flat_hash_set<std::string_view> few;
  size_t read = 0;
  for (size_t turn = kFirstTurn; read < kEntriesMax; turn *= 2) {
    bool goes_on = false;
    for (Source& source : *sources) {
      if (!source.may_go_on()) continue;
      if (read >= kEntriesMax) break;
      const size_t before = source.ids.size();
      DAFTAR_RETURN_IF_ERROR(ReadOn(turn, &source));
      read += source.ids.size() - before;
      if (source.ended) few.insert(source.ids.begin(), source.ids.end());
      goes_on = goes_on || source.may_go_on();
    }
    if (!goes_on || few.size() >= kNamesEnough) break;
    if (needs_all && LeaveOne(sources)) break;
  }
  std::vector<std::string> asked(few.begin(), few.end());
  if (needs_all) LeaveOne(sources);
  for (const Source& source : *sources) complete_ = complete_ && source.ended;
  return AskCommonKeys(*sources, std::move(asked));
}

// Of names that have a rare key it can be asked cheaply whether they have a common one, too, which
// was not read to its end.
absl::Status Candidates::AskCommonKeys(const std::vector<Source>& sources,
                                       std::vector<std::string> few) {
  if (few.size() < kNamesEnough) return absl::OkStatus();
  few.resize(std::min(few.size(), kAskedMax));
  size_t asked = 0;
  for (const Source& source : sources) {
    if (source.ended || source.sought->begins || ++asked > kCommonKeysMax) continue;
    std::vector<std::string> keys;
    keys.reserve(few.size());
    for (const std::string& id : few) keys.push_back(source.lower + id);
    const std::vector<std::string_view> views(keys.begin(), keys.end());
    DAFTAR_ASSIGN_OR_RETURN(const auto found, reader_.MultiGet(views));
    const absl::flat_hash_set<std::string_view> seen(source.ids.begin(), source.ids.end());
    for (size_t i = 0; i < few.size(); ++i) {
      if (found[i].has_value() && !seen.contains(few[i])) weights_[few[i]].sum += source.weight();
    }
  }
  return absl::OkStatus();
}

void Candidates::Weigh(const Source& source) {
  absl::flat_hash_set<std::string_view> seen;
  for (const std::string& id : source.ids) {
    if (seen.insert(id).second) weights_[id].sum += source.weight();
  }
}

absl::Status Candidates::Gather(const std::vector<SoughtKey>& keys, bool needs_all) {
  std::vector<Source> sources = Begin(keys);
  DAFTAR_RETURN_IF_ERROR(ReadInTurn(needs_all, &sources));
  for (const Source& source : sources) Weigh(source);
  untaken_ = static_cast<size_t>(std::count_if(
      weights_.begin(), weights_.end(), [](const auto& each) { return !each.second.taken; }));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Candidates::Name>> Candidates::Take(size_t count) {
  std::vector<std::pair<double, std::string_view>> best;
  for (const auto& [id, weight] : weights_) {
    if (!weight.taken) best.emplace_back(-weight.sum, id);
  }
  const size_t taken = std::min(count, best.size());
  std::partial_sort(best.begin(), best.begin() + static_cast<ptrdiff_t>(taken), best.end());
  best.resize(taken);
  const std::string lower = prefix_ + index::SearchKeyPart(names::KeyOf(names::NameKey::kText, ""));
  std::vector<std::string> keys;
  for (const auto& [weight, id] : best) keys.push_back(lower + std::string(id));
  const std::vector<std::string_view> views(keys.begin(), keys.end());
  DAFTAR_ASSIGN_OR_RETURN(const auto values, reader_.MultiGet(views));
  std::vector<Name> names;
  for (size_t i = 0; i < best.size(); ++i) {
    weights_[best[i].second].taken = true;
    if (!values[i].has_value()) {
      return DataLoss("a search index has a key of a name but not the name; run `daftar verify`")
          .WithBytes("key", keys[i]);
    }
    DAFTAR_ASSIGN_OR_RETURN(const index::EntryValue value, index::DecodeEntryValue(*values[i]));
    DAFTAR_ASSIGN_OR_RETURN(index::HeldName held, index::DecodeHeldName(value.covered));
    names.push_back({std::string(best[i].second), std::move(held)});
  }
  untaken_ -= taken;
  entries_read_ += taken;
  return names;
}

}  // namespace daftar::search
