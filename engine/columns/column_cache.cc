#include "columns/column_cache.h"

#include <algorithm>

#include "base/status.h"
#include "codec/keyspace.h"

namespace daftar::columns {
namespace {

constexpr size_t kFieldsMax = 32;
// Of keys that were written and not read again; with more, reading all of the table costs less.
constexpr size_t kChangeBytesMax = size_t{4} << 20;

bool Contains(const std::vector<record::FieldPath>& fields, const record::FieldPath& path) {
  return std::find(fields.begin(), fields.end(), path) != fields.end();
}

}  // namespace

void ColumnCache::NoteCommits(CommitVersion version, const storage::PendingChanges& changes) {
  absl::MutexLock lock(&mutex_);
  noted_ = version;
  for (auto each = entries_.begin(); each != entries_.end();) {
    Entry& entry = *each->second;
    const std::string prefix = codec::RecordPrefix(each->first);
    for (auto change = changes.lower_bound(prefix);
         change != changes.end() && change->first.starts_with(prefix); ++change) {
      entry.changes.emplace_back(version, change->first);
      entry.change_bytes += sizeof(entry.changes.front()) + change->first.size();
    }
    each = entry.change_bytes > kChangeBytesMax ? entries_.erase(each) : std::next(each);
  }
}

void ColumnCache::NoteAny(CommitVersion version) {
  absl::MutexLock lock(&mutex_);
  noted_ = version;
  entries_.clear();
}

void ColumnCache::NoteScan(const std::shared_ptr<const catalog::Catalog>& catalog,
                           const catalog::TableDef& table,
                           const std::vector<record::FieldPath>& fields, uint64_t rows) {
  if (rows < rows_min_) return;
  absl::MutexLock lock(&mutex_);
  std::shared_ptr<Entry>& entry = entries_[table.id];
  if (entry == nullptr || entry->catalog != catalog) {
    entry = std::make_shared<Entry>();
    entry->catalog = catalog;
    // Those before were noted while nobody took them down.
    entry->complete_after = noted_;
  }
  entry->rows = rows;
  for (const record::FieldPath& path : fields) {
    if (entry->wanted.size() == kFieldsMax || Contains(entry->wanted, path)) continue;
    entry->wanted.push_back(path);
  }
}

bool ColumnCache::HasAllWanted(const Entry& entry) const {
  return entry.newest != nullptr && entry.newest->source().fields.size() == entry.wanted.size();
}

std::vector<std::string> ColumnCache::TakeChanges(Entry* entry, CommitVersion version) {
  std::vector<std::string> keys;
  auto change = entry->changes.begin();
  for (; change != entry->changes.end() && change->first <= version; ++change) {
    entry->change_bytes -= sizeof(*change) + change->second.size();
    keys.push_back(std::move(change->second));
  }
  entry->changes.erase(entry->changes.begin(), change);
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

absl::StatusOr<std::shared_ptr<const Projection>> ColumnCache::Find(
    const storage::Reader& state, CommitVersion version,
    const std::shared_ptr<const catalog::Catalog>& catalog, const catalog::TableDef& table) {
  std::shared_ptr<Entry> entry;
  std::shared_ptr<const Projection> before;
  std::vector<std::string> keys;
  Projection::Source source;
  {
    absl::MutexLock lock(&mutex_);
    const auto found = entries_.find(table.id);
    if (found == entries_.end()) return nullptr;
    entry = found->second;
    if (entry->catalog != catalog || entry->is_building || version < entry->complete_after) {
      return nullptr;
    }
    const bool is_whole = HasAllWanted(*entry);
    if (entry->newest != nullptr && entry->newest->version() > version) return nullptr;
    if (!is_whole && (entry->is_refused || entry->wanted.empty())) return nullptr;
    entry->used_at = ++uses_;
    const bool is_new = entry->changes.empty() || entry->changes.front().first > version;
    if (is_whole && is_new) return entry->newest;
    // What is taken from here on is in the projection that comes of it, or the entry goes.
    keys = TakeChanges(entry.get(), version);
    if (is_whole) before = entry->newest;
    entry->is_building = true;
    source = {catalog, catalog->FindTable(table.id), entry->wanted};
  }
  auto made = before != nullptr ? before->After(keys, state, version)
                                : Projection::Make(std::move(source), state, version, bytes_max_);
  absl::MutexLock lock(&mutex_);
  entry->is_building = false;
  const auto found = entries_.find(table.id);
  const bool is_current = found != entries_.end() && found->second == entry;
  if (!made.ok()) {
    if (is_current) entries_.erase(found);
    return made.status();
  }
  if (!is_current) return made;
  entry->newest = *made;
  entry->is_refused = *made == nullptr;
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
  for (const auto& [table, entry] : entries_) {
    if (entry->newest != nullptr) bytes += entry->newest->bytes();
  }
  return bytes;
}

bool ColumnCache::Has(TableId table) const {
  absl::MutexLock lock(&mutex_);
  const auto found = entries_.find(table);
  return found != entries_.end() && found->second->newest != nullptr;
}

size_t ColumnCache::bytes() const {
  absl::MutexLock lock(&mutex_);
  return Bytes();
}

}  // namespace daftar::columns
