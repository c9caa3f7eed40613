#include "history/history_key.h"

#include "base/status.h"
#include "codec/key.h"
#include "codec/keyspace.h"
#include "record/envelope.h"

namespace daftar::history {
namespace {

constexpr size_t kSpaceBytes = 1;
constexpr size_t kEndedBytes = 8;

}  // namespace

std::string HistoryPrefix(std::string_view live_key) {
  std::string key = codec::SpacePrefix(codec::Space::kHistory);
  key.append(live_key);
  return key;
}

std::string HistoryKey(std::string_view live_key, CommitVersion ended) {
  std::string key;
  key.reserve(kSpaceBytes + live_key.size() + kEndedBytes);
  key.push_back(static_cast<char>(codec::Space::kHistory));
  key.append(live_key);
  for (size_t i = kEndedBytes; i > 0; --i) {
    key.push_back(static_cast<char>(ended.value() >> ((i - 1) * 8)));
  }
  return key;
}

storage::KeyRange HistoryRange(const storage::KeyRange& range) {
  // A live key that the upper bound continues has its history above that bound: hence no tighter
  // end than that of the space.
  return {HistoryPrefix(range.lower), codec::PrefixEnd(codec::SpacePrefix(codec::Space::kHistory))};
}

absl::StatusOr<HistoryId> ParseHistoryKey(std::string_view key) {
  if (key.size() <= kSpaceBytes + kEndedBytes ||
      key.front() != static_cast<char>(codec::Space::kHistory)) {
    return DataLoss("history key is malformed").WithBytes("key", key);
  }
  uint64_t ended = 0;
  for (const char byte : key.substr(key.size() - kEndedBytes)) {
    ended = ended << 8 | static_cast<uint8_t>(byte);
  }
  // No commit is that late: a walk that skips to the end of a key's history relies on it.
  if (ended == UINT64_MAX) return DataLoss("history key is malformed").WithBytes("key", key);
  return HistoryId{key.substr(kSpaceBytes, key.size() - kSpaceBytes - kEndedBytes),
                   CommitVersion(ended)};
}

absl::StatusOr<CommitVersion> CreatedBy(std::string_view live_key, std::string_view value) {
  if (live_key.front() == static_cast<char>(codec::Space::kRecord)) {
    return record::EnvelopeCreated(live_key, value);
  }
  DAFTAR_ASSIGN_OR_RETURN(const uint64_t created, codec::TakeOrderedVarint(&value));
  return CommitVersion(created);
}

}  // namespace daftar::history
