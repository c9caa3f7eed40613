#include "history/versions.h"

#include "codec/key.h"
#include "codec/keyspace.h"
#include "history/history_key.h"
#include "record/envelope.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

constexpr codec::KeyPart kText{codec::KeyType::kText, codec::Direction::kAscending,
                               codec::Nulls::kNever};
constexpr codec::KeyPart kNumber{codec::KeyType::kUInt64, codec::Direction::kAscending,
                                 codec::Nulls::kNever};

// The stored value of `content`, which commit `version` wrote.
std::string Stored(const std::string& key, uint64_t version, const std::string& content) {
  if (key.front() == static_cast<char>(codec::Space::kRecord)) {
    std::string message = content;
    message.resize((content.size() / 8 + 1) * 8, '\0');
    return record::EncodeEnvelope(key, {SchemaVersion(1), CommitVersion(version), message});
  }
  std::string value;
  codec::AppendOrderedVarint(version, &value);
  return value + content;
}

}  // namespace

std::string TextKey(const std::string& text) {
  std::string key = codec::RecordPrefix(TableId(1));
  codec::AppendPart(kText, Scalar(std::string_view(text)), &key);
  return key;
}

std::string NumberKey(uint64_t number) {
  std::string key = codec::RecordPrefix(TableId(2));
  codec::AppendPart(kNumber, Scalar(number), &key);
  return key;
}

std::string EntryKey(const std::string& text, uint64_t number) {
  std::string key = codec::IndexPrefix(IndexId(1));
  codec::AppendPart(kText, Scalar(std::string_view(text)), &key);
  codec::AppendPart(kNumber, Scalar(number), &key);
  return key;
}

void Versions::Commit(uint64_t version, const Changes& changes) {
  REQUIRE(version > last_);
  last_ = version;
  storage::Batch batch;
  for (const auto& [key, content] : changes) {
    std::vector<Version>& all = versions_[key];
    const bool present = !all.empty() && all.back().ended == UINT64_MAX;
    if (present) {
      all.back().ended = version;
      batch.Put(history::HistoryKey(key, CommitVersion(version)), all.back().value);
      if (!content.has_value()) batch.Delete(key);
    }
    if (!content.has_value()) continue;
    all.push_back({version, UINT64_MAX, Stored(key, version, *content)});
    batch.Put(key, all.back().value);
  }
  REQUIRE_OK(store_->Write(batch, storage::Durability::kBuffered));
}

Model Versions::At(uint64_t version) const {
  Model model;
  for (const auto& [key, all] : versions_) {
    for (const Version& each : all) {
      if (each.created <= version && version < each.ended) model[key] = each.value;
    }
  }
  return model;
}

}  // namespace daftar::testing
