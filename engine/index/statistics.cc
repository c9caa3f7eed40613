#include "index/statistics.h"

#include <algorithm>

#include "base/status.h"
#include "codec/checksum.h"
#include "codec/fixed.h"
#include "codec/key.h"
#include "codec/keyspace.h"

namespace daftar::index {
namespace {

constexpr uint8_t kFormat = 1;
constexpr size_t kChecksumAt = 4;
constexpr size_t kHeadBytes = 8;

// The second byte of keys of the helper space.
constexpr char kTableKind = '\x02';
constexpr char kIndexKind = '\x03';

// Between so many bounds and twice as many.
constexpr size_t kBoundsMin = 128;
constexpr size_t kBoundBytesMax = 64;

std::string PrefixOf(char kind) { return codec::SpacePrefix(codec::Space::kHelper) + kind; }

absl::Status Damaged(std::string_view key) {
  return DataLoss("statistics do not verify; run `daftar analyze`").WithBytes("key", key);
}

// How many bounds are at or before `key`.
size_t BoundsUpTo(const Statistics& statistics, std::string_view key) {
  const auto after = std::upper_bound(
      statistics.bounds.begin(), statistics.bounds.end(), key,
      [](std::string_view k, const Statistics::Bound& bound) { return k < bound.key; });
  return static_cast<size_t>(after - statistics.bounds.begin());
}

// How many entries come before bound number `i`, counted from 1; 0 is the beginning.
double EntriesBefore(const Statistics& statistics, size_t i) {
  if (i == 0) return 0;
  return static_cast<double>(i <= statistics.bounds.size() ? statistics.bounds[i - 1].entries_before
                                                           : statistics.entries);
}

// Where `key` is among the entries: in the middle of those between its two bounds.
double PlaceOf(const Statistics& statistics, size_t bounds) {
  return (EntriesBefore(statistics, bounds) + EntriesBefore(statistics, bounds + 1)) / 2;
}

}  // namespace

StatisticsBuilder::StatisticsBuilder(const std::vector<catalog::Term>& terms)
    : parts_(catalog::PartsOf(terms)), last_ends_(terms.size(), 0) {
  statistics_.distinct.resize(terms.size(), 0);
}

absl::Status StatisticsBuilder::Add(std::string_view key) {
  std::string_view rest = key;
  bool differs = statistics_.entries == 0;
  size_t begin = 0;
  for (size_t i = 0; i < parts_.size(); ++i) {
    DAFTAR_RETURN_IF_ERROR(codec::SkipPart(parts_[i], &rest));
    const size_t end = key.size() - rest.size();
    // A value is told from the one before by its own bytes, when all before it are the same.
    differs = differs || std::string_view(last_).substr(begin, last_ends_[i] - begin) !=
                             key.substr(begin, end - begin);
    if (differs) ++statistics_.distinct[i];
    last_ends_[i] = end;
    begin = end;
  }
  if (statistics_.entries % depth_ == 0) AddBound(key);
  ++statistics_.entries;
  last_.assign(key);
  return absl::OkStatus();
}

void StatisticsBuilder::AddBound(std::string_view key) {
  auto& bounds = statistics_.bounds;
  if (bounds.size() == 2 * kBoundsMin) {
    // Every other one goes, and from now on they are twice as far apart.
    for (size_t i = 0; 2 * i < bounds.size(); ++i) bounds[i] = bounds[2 * i];
    bounds.resize(kBoundsMin);
    depth_ *= 2;
    if (statistics_.entries % depth_ != 0) return;
  }
  bounds.push_back({std::string(key.substr(0, kBoundBytesMax)), statistics_.entries});
}

Statistics StatisticsBuilder::Finish(CommitVersion version) && {
  statistics_.version = version;
  return std::move(statistics_);
}

double EstimateEntries(const Statistics& statistics, std::string_view lower, std::string_view upper,
                       size_t held_terms, bool is_point) {
  const auto entries = static_cast<double>(statistics.entries);
  const size_t from = BoundsUpTo(statistics, lower);
  const size_t until = upper.empty() ? statistics.bounds.size() : BoundsUpTo(statistics, upper);
  // Several bounds inside: they are the better witness, also of values that are frequent.
  if (until > from + 1) return PlaceOf(statistics, until) - PlaceOf(statistics, from);
  const double depth = EntriesBefore(statistics, until + 1) - EntriesBefore(statistics, from);
  const size_t known = std::min(held_terms, statistics.distinct.size());
  double one_value = entries;
  if (known > 0 && statistics.distinct[known - 1] > 0) {
    one_value = entries / static_cast<double>(statistics.distinct[known - 1]);
  }
  const double most = std::min(one_value, depth);
  return is_point ? most : most / 3;
}

std::string StatisticsKey(IndexId index) {
  std::string key = PrefixOf(kIndexKind);
  codec::AppendOrderedVarint(index.value(), &key);
  return key;
}

std::string StatisticsKey(TableId table) {
  std::string key = PrefixOf(kTableKind);
  codec::AppendOrderedVarint(table.value(), &key);
  return key;
}

std::vector<std::string> StatisticsPrefixes() {
  return {PrefixOf(kTableKind), PrefixOf(kIndexKind)};
}

std::string EncodeStatistics(std::string_view key, const Statistics& statistics) {
  std::string body;
  codec::AppendOrderedVarint(statistics.version.value(), &body);
  codec::AppendOrderedVarint(statistics.entries, &body);
  codec::AppendOrderedVarint(statistics.distinct.size(), &body);
  for (const uint64_t distinct : statistics.distinct) codec::AppendOrderedVarint(distinct, &body);
  codec::AppendOrderedVarint(statistics.bounds.size(), &body);
  for (const Statistics::Bound& bound : statistics.bounds) {
    codec::AppendOrderedVarint(bound.entries_before, &body);
    codec::AppendOrderedVarint(bound.key.size(), &body);
    body += bound.key;
  }
  std::string value(1, static_cast<char>(kFormat));
  value.append(kChecksumAt - 1, '\0');
  codec::AppendFixed(codec::ChecksumOf(key, value, body), &value);
  return value + body;
}

namespace {

absl::StatusOr<Statistics> DecodeBody(std::string_view key, std::string_view body) {
  Statistics statistics;
  DAFTAR_ASSIGN_OR_RETURN(const uint64_t version, codec::TakeOrderedVarint(&body));
  DAFTAR_ASSIGN_OR_RETURN(statistics.entries, codec::TakeOrderedVarint(&body));
  DAFTAR_ASSIGN_OR_RETURN(const uint64_t terms, codec::TakeOrderedVarint(&body));
  statistics.version = CommitVersion(version);
  // Every number takes a byte at least.
  if (terms > body.size()) return Damaged(key);
  for (uint64_t i = 0; i < terms; ++i) {
    DAFTAR_ASSIGN_OR_RETURN(statistics.distinct.emplace_back(), codec::TakeOrderedVarint(&body));
  }
  DAFTAR_ASSIGN_OR_RETURN(const uint64_t bounds, codec::TakeOrderedVarint(&body));
  if (bounds > body.size()) return Damaged(key);
  for (uint64_t i = 0; i < bounds; ++i) {
    Statistics::Bound bound;
    DAFTAR_ASSIGN_OR_RETURN(bound.entries_before, codec::TakeOrderedVarint(&body));
    DAFTAR_ASSIGN_OR_RETURN(const uint64_t bytes, codec::TakeOrderedVarint(&body));
    if (bytes > body.size()) return Damaged(key);
    bound.key = body.substr(0, bytes);
    body.remove_prefix(bytes);
    statistics.bounds.push_back(std::move(bound));
  }
  if (!body.empty()) return Damaged(key);
  return statistics;
}

}  // namespace

absl::StatusOr<Statistics> DecodeStatistics(std::string_view key, std::string_view value) {
  if (value.size() < kHeadBytes) return Damaged(key);
  const std::string_view head = value.substr(0, kChecksumAt);
  const std::string_view body = value.substr(kHeadBytes);
  if (codec::ChecksumOf(key, head, body) != codec::ReadFixed<uint32_t>(value, kChecksumAt)) {
    return Damaged(key);
  }
  if (static_cast<uint8_t>(value[0]) != kFormat) {
    return FailedPrecondition("statistics are of a newer format; run `daftar analyze`")
        .With("format", static_cast<uint8_t>(value[0]));
  }
  return DecodeBody(key, body);
}

absl::StatusOr<StatisticsOwner> ParseStatisticsKey(std::string_view key) {
  const std::string_view whole = key;
  for (const char kind : {kTableKind, kIndexKind}) {
    const std::string prefix = PrefixOf(kind);
    if (!key.starts_with(prefix)) continue;
    key.remove_prefix(prefix.size());
    const auto id = codec::TakeOrderedVarint(&key);
    if (!id.ok() || !key.empty() || *id > UINT32_MAX) break;
    const auto number = static_cast<uint32_t>(*id);
    return kind == kTableKind ? StatisticsOwner{TableId(number), IndexId()}
                              : StatisticsOwner{TableId(), IndexId(number)};
  }
  return Damaged(whole);
}

}  // namespace daftar::index
