#include "txn/schema_work.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/status.h"
#include "codec/key.h"
#include "codec/keyspace.h"
#include "journal/entry_frame.h"

namespace daftar::txn {
namespace {

// Kinds of helper keys; the byte after the space.
constexpr char kBuildKind = '\x04';
constexpr char kIndexTombstoneKind = '\x05';
constexpr char kAggregateTombstoneKind = '\x06';
constexpr char kAggregateBuildKind = '\x07';
constexpr char kCheckKind = '\x08';

std::string PrefixOf(char kind) { return codec::SpacePrefix(codec::Space::kHelper) + kind; }

std::string KeyOf(char kind, uint32_t id) {
  std::string key = PrefixOf(kind);
  codec::AppendOrderedVarint(id, &key);
  return key;
}

absl::StatusOr<std::vector<uint32_t>> ReadIds(const storage::Reader& reader, char kind) {
  std::vector<uint32_t> ids;
  const std::string prefix = PrefixOf(kind);
  const auto entries = reader.NewIterator({prefix, codec::PrefixEnd(prefix)}, {});
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, entries->Next());
    if (!found) return ids;
    std::string_view key = entries->key().substr(prefix.size());
    const auto id = codec::TakeOrderedVarint(&key);
    if (!id.ok() || !key.empty() || *id > UINT32_MAX || !entries->value().empty()) {
      return DataLoss("the mark of a dropped index is damaged").WithBytes("key", entries->key());
    }
    ids.push_back(static_cast<uint32_t>(*id));
  }
}

absl::StatusOr<BuildProgress> ReadProgressAt(const storage::Reader& reader, std::string_view key) {
  DAFTAR_ASSIGN_OR_RETURN(const std::optional<std::string> stored, reader.Get(key));
  BuildProgress progress;
  if (!stored.has_value()) return progress;
  DAFTAR_ASSIGN_OR_RETURN(std::string_view body, journal::OpenFrame(key, *stored));
  DAFTAR_ASSIGN_OR_RETURN(progress.records, codec::TakeOrderedVarint(&body));
  progress.next_key = body;
  return progress;
}

}  // namespace

std::string BuildProgressKey(TableId table) { return KeyOf(kBuildKind, table.value()); }

std::string BuildProgressKey(AggregateId aggregate) {
  return KeyOf(kAggregateBuildKind, aggregate.value());
}

std::string EncodeBuildProgress(std::string_view key, const BuildProgress& progress) {
  std::string value(journal::kFrameBytes, '\0');
  codec::AppendOrderedVarint(progress.records, &value);
  value += progress.next_key;
  journal::SealFrame(key, &value);
  return value;
}

absl::StatusOr<BuildProgress> ReadBuildProgress(const storage::Reader& reader, TableId table) {
  return ReadProgressAt(reader, BuildProgressKey(table));
}

absl::StatusOr<BuildProgress> ReadBuildProgress(const storage::Reader& reader,
                                                AggregateId aggregate) {
  return ReadProgressAt(reader, BuildProgressKey(aggregate));
}

std::string CheckProgressKey(TableId table) { return KeyOf(kCheckKind, table.value()); }

std::string EncodeCheckProgress(std::string_view key, const CheckProgress& progress) {
  std::string value(journal::kFrameBytes, '\0');
  codec::AppendOrderedVarint(progress.records, &value);
  codec::AppendOrderedVarint(progress.as_of.value(), &value);
  value += journal::BytesOf(progress.target);
  value += progress.next_key;
  journal::SealFrame(key, &value);
  return value;
}

absl::StatusOr<std::optional<CheckProgress>> ReadCheckProgress(const storage::Reader& reader,
                                                               TableId table) {
  const std::string key = CheckProgressKey(table);
  DAFTAR_ASSIGN_OR_RETURN(const std::optional<std::string> stored, reader.Get(key));
  if (!stored.has_value()) return std::optional<CheckProgress>();
  DAFTAR_ASSIGN_OR_RETURN(std::string_view body, journal::OpenFrame(key, *stored));
  CheckProgress progress;
  DAFTAR_ASSIGN_OR_RETURN(progress.records, codec::TakeOrderedVarint(&body));
  DAFTAR_ASSIGN_OR_RETURN(const uint64_t as_of, codec::TakeOrderedVarint(&body));
  progress.as_of = CommitVersion(as_of);
  if (body.size() < progress.target.size()) {
    return DataLoss("how far a table was checked is damaged").WithBytes("key", key);
  }
  std::copy_n(body.begin(), progress.target.size(),
              reinterpret_cast<char*>(progress.target.data()));
  progress.next_key = body.substr(progress.target.size());
  return std::optional(std::move(progress));
}

std::string TombstoneKey(IndexId index) { return KeyOf(kIndexTombstoneKind, index.value()); }

std::string TombstoneKey(AggregateId aggregate) {
  return KeyOf(kAggregateTombstoneKind, aggregate.value());
}

absl::StatusOr<Tombstones> ReadTombstones(const storage::Reader& reader) {
  Tombstones tombstones;
  DAFTAR_ASSIGN_OR_RETURN(const auto indexes, ReadIds(reader, kIndexTombstoneKind));
  for (const uint32_t id : indexes) tombstones.indexes.emplace_back(id);
  DAFTAR_ASSIGN_OR_RETURN(const auto aggregates, ReadIds(reader, kAggregateTombstoneKind));
  for (const uint32_t id : aggregates) tombstones.aggregates.emplace_back(id);
  return tombstones;
}

std::vector<std::string> SchemaWorkPrefixes() {
  return {PrefixOf(kBuildKind), PrefixOf(kIndexTombstoneKind), PrefixOf(kAggregateTombstoneKind),
          PrefixOf(kAggregateBuildKind), PrefixOf(kCheckKind)};
}

}  // namespace daftar::txn
