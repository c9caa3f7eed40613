#include "columns/column_cache.h"

#include <algorithm>

#include "base/status.h"
#include "codec/keyspace.h"

namespace daftar::columns {
namespace {

constexpr size_t kFieldsMax = 32;
// Of keys that were written and not read again; with more, reading all of the table costs less.
constexpr size_t kChangeBytesMax = size_t{4} << 20;

// So many times the rows that were read may be read for a projection; after an attempt that was not
// enough for, so many times more are to be read before the next.
constexpr uint64_t kTimesRead = 4;
// A key that was written makes a chunk be made anew, which costs as much as reading so many rows.
constexpr uint64_t kRowsPerChange = 256;

bool Contains(const std::vector<record::FieldPath>& fields, const record::FieldPath& path) {
  return std::find(fields.begin(), fields.end(), path) != fields.end();
}

}  // namespace

void ColumnCache::NoteCommits(CommitVersion version, const storage::PendingChanges& changes) {
  absl::MutexLock lock(&mutex_);
  noted_ = version;
  for (auto each = entries_.begin(); each != entries_.end();) {
    Entry& entry = *each->second;
    const std::string& prefix = each->first;
    for (auto change = changes.lower_bound(prefix);
         change != changes.end() && change->first.starts_with(prefix) &&
         entry.change_bytes <= kChangeBytesMax;
         ++change) {
      entry.changes.emplace_back(version, change->first);
      entry.change_bytes += sizeof(entry.changes.front()) + change->first.size();
    }
    each = entry.change_bytes > kChangeBytesMax ? entries_.erase(each) : std::next(each);
  }
}

void ColumnCache::NoteFill(uint64_t fills, const storage::Batch& batch) {
  absl::MutexLock lock(&mutex_);
  fills_ = fills;
  std::erase_if(entries_, [&](const auto& entry) {
    bool is_filled = false;
    batch.ForEach([&](const storage::Batch::Operation& operation) {
      is_filled = is_filled || operation.key.starts_with(entry.first);
    });
    return is_filled;
  });
}

void ColumnCache::NoteAny(CommitVersion version, uint64_t fills) {
  absl::MutexLock lock(&mutex_);
  noted_ = version;
  fills_ = fills;
  entries_.clear();
}

void ColumnCache::NoteRead(const EntrySet& set, const std::vector<record::FieldPath>& fields,
                           uint64_t rows) {
  // Tables are read as a whole: this one is small.
  if (set.index == nullptr && rows < rows_min_) return;
  const std::string prefix = set.prefix();
  absl::MutexLock lock(&mutex_);
  auto found = entries_.find(prefix);
  if (found == entries_.end() || found->second->set.catalog != set.catalog) {
    auto entry = std::make_shared<Entry>();
    entry->set = set;
    entry->rows_needed = rows_min_;
    // What was before was noted while nobody took it down.
    entry->complete_after = noted_;
    entry->fills_min = fills_;
    found = entries_.insert_or_assign(prefix, std::move(entry)).first;
  }
  Entry& entry = *found->second;
  entry.rows_read += rows;
  for (const record::FieldPath& path : fields) {
    if (entry.wanted.size() == kFieldsMax || Contains(entry.wanted, path)) continue;
    entry.wanted.push_back(path);
  }
}

bool ColumnCache::HasAllWanted(const Entry& entry) {
  return entry.newest != nullptr && entry.newest->source().fields.size() == entry.wanted.size();
}

bool ColumnCache::IsWorthMaking(const Entry& entry) {
  const bool has_columns = entry.set.index != nullptr || !entry.wanted.empty();
  return has_columns && entry.rows_read >= entry.rows_needed;
}

bool ColumnCache::IsWorthRenewing(const Entry& entry, uint64_t rows) {
  const uint64_t cost =
      std::min<uint64_t>(entry.changes.size() * kRowsPerChange, entry.newest->rows());
  return rows >= cost || entry.rows_read >= cost - rows;
}

std::vector<std::string> ColumnCache::TakeChanges(Entry* entry, CommitVersion version) {
  std::vector<std::string> keys;
  auto change = entry->changes.begin();
  for (; change != entry->changes.end() && change->first <= version; ++change) {
    entry->change_bytes -= sizeof(*change) + change->second.size();
    keys.push_back(std::move(change->second));
  }
  entry->changes.erase(entry->changes.begin(), change);
  entry->complete_after = version;
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

std::shared_ptr<ColumnCache::Entry> ColumnCache::FindEntry(const State& state, const EntrySet& set,
                                                           std::string_view prefix) const {
  const auto found = entries_.find(prefix);
  if (found == entries_.end()) return nullptr;
  const std::shared_ptr<Entry>& entry = found->second;
  const bool is_known = state.version >= entry->complete_after && state.fills >= entry->fills_min;
  return entry->set.catalog == set.catalog && !entry->is_building && is_known ? entry : nullptr;
}

absl::StatusOr<std::shared_ptr<const Projection>> ColumnCache::Find(const State& state,
                                                                    const EntrySet& set,
                                                                    uint64_t rows_wanted) {
  const std::string prefix = set.prefix();
  std::shared_ptr<Entry> entry;
  std::shared_ptr<const Projection> before;
  std::vector<std::string> keys;
  Projection::Source source;
  Projection::Limits limits{bytes_max_, UINT64_MAX};
  {
    absl::MutexLock lock(&mutex_);
    entry = FindEntry(state, set, prefix);
    if (entry == nullptr) return nullptr;
    const bool is_new = entry->changes.empty() || entry->changes.front().first > state.version;
    const bool makes = !HasAllWanted(*entry) && IsWorthMaking(*entry);
    entry->used_at = ++uses_;
    if (!makes && entry->newest == nullptr) return nullptr;
    if (!makes && is_new) return entry->newest;
    if (!makes && !IsWorthRenewing(*entry, rows_wanted)) return nullptr;
    // What is taken from here on is in the projection that comes of it, or the entry goes.
    keys = TakeChanges(entry.get(), state.version);
    entry->is_building = true;
    limits.rows_max = entry->rows_read * kTimesRead;
    if (!makes) before = entry->newest;
    source = {entry->set, entry->wanted};
  }
  auto made = before != nullptr ? before->After(keys, state.reader, state.version)
                                : Projection::Make(std::move(source), state.reader, state.version,
                                                   limits, state.threads);
  absl::MutexLock lock(&mutex_);
  entry->is_building = false;
  const auto found = entries_.find(prefix);
  const bool is_current = found != entries_.end() && found->second == entry;
  if (!made.ok()) {
    if (is_current) entries_.erase(found);
    return made.status();
  }
  if (!is_current) return made;
  entry->newest = *made;
  if (*made == nullptr) {
    entry->rows_needed = std::max<uint64_t>(entry->rows_read, 1) * kTimesRead;
    return made;
  }
  entry->rows_read = 0;
  MakeRoom(entry.get());
  return made;
}

void ColumnCache::MakeRoom(const Entry* except) {
  while (Bytes() > bytes_max_) {
    auto oldest = entries_.end();
    for (auto each = entries_.begin(); each != entries_.end(); ++each) {
      if (each->second->newest == nullptr) continue;
      const bool is_older =
          oldest == entries_.end() || each->second->used_at < oldest->second->used_at;
      if (each->second.get() != except && is_older) oldest = each;
    }
    if (oldest == entries_.end()) return;
    entries_.erase(oldest);
  }
}

size_t ColumnCache::Bytes() const {
  size_t bytes = 0;
  for (const auto& [prefix, entry] : entries_) {
    if (entry->newest != nullptr) bytes += entry->newest->bytes();
  }
  return bytes;
}

bool ColumnCache::Has(TableId table) const {
  absl::MutexLock lock(&mutex_);
  const auto found = entries_.find(codec::RecordPrefix(table));
  return found != entries_.end() && found->second->newest != nullptr;
}

}  // namespace daftar::columns
