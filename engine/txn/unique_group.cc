#include "txn/unique_group.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "codec/key.h"
#include "codec/keyspace.h"
#include "history/history_key.h"
#include "rules/violation.h"
#include "txn/write_set.h"

namespace daftar::txn {

std::string DescribeTuple(const catalog::IndexDef& index, std::string_view entry_key) {
  entry_key.remove_prefix(codec::IndexPrefix(index.id).size());
  std::string text;
  for (const catalog::Term& term : index.on) {
    auto value = codec::TakePart(term.part, &entry_key);
    if (!value.ok()) return text;
    absl::StrAppend(&text, text.empty() ? "" : ", ", term.path.text(), " '",
                    term.path.type().ToValue(ToView(*value)).ToString(), "'");
  }
  return text;
}

absl::Status FormerHolder(const catalog::TableDef& table, const catalog::IndexDef& index,
                          std::string_view entry_key, size_t tuple_bytes, std::string_view holder) {
  const std::string key =
      absl::StrCat(codec::RecordPrefix(table.id), entry_key.substr(tuple_bytes));
  RuleViolation violation = rules::NewViolation(table, key, "forever", index.name);
  violation.text = absl::StrCat("another record had ", DescribeTuple(index, entry_key),
                                ", and what one had no other gets");
  rules::SetOther(table, holder, &violation);
  return rules::Refusal(violation);
}

absl::StatusOr<std::optional<std::string>> FormerEntry(const storage::Reader& state,
                                                       const std::string& tuple,
                                                       std::string_view entry_key) {
  const auto past = state.NewIterator(history::HistoryRange({tuple, codec::PrefixEnd(tuple)}), {});
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, past->Next());
    if (!found) return std::optional<std::string>();
    DAFTAR_ASSIGN_OR_RETURN(const history::HistoryId id, history::ParseHistoryKey(past->key()));
    if (id.live_key.starts_with(tuple) && id.live_key != entry_key) {
      return std::optional(std::string(id.live_key));
    }
  }
}

absl::Status UniqueClash(const catalog::TableDef& table, const catalog::IndexDef& index,
                         std::string_view entry_key, std::string_view other_entry_key,
                         size_t tuple_bytes) {
  return AlreadyExists("another record has these values of a unique index")
      .With("table", table.name)
      .With("index", index.name)
      .With("values", DescribeTuple(index, entry_key))
      .With("key", DescribeKey(table, entry_key.substr(tuple_bytes)))
      .With("other key", DescribeKey(table, other_entry_key.substr(tuple_bytes)));
}

absl::Status UniqueGroup::Note(const catalog::IndexDef& index, std::string_view key,
                               size_t tuple_bytes, bool added) {
  const std::string_view tuple = key.substr(0, tuple_bytes);
  if (tuple != tuple_) {
    DAFTAR_RETURN_IF_ERROR(Close());
    index_ = &index;
    tuple_ = std::string(tuple);
  }
  (added ? added_ : removed_).emplace_back(key);
  return absl::OkStatus();
}

absl::Status UniqueGroup::Close() {
  if (!added_.empty()) {
    if (added_.size() > 1) {
      return UniqueClash(*table_, *index_, added_[0], added_[1], tuple_.size());
    }
    std::unique_ptr<storage::Iterator> entries;
    if (store_ != nullptr) entries = store_->NewIterator({tuple_, codec::PrefixEnd(tuple_)}, {});
    while (entries != nullptr) {
      DAFTAR_ASSIGN_OR_RETURN(const bool found, entries->Next());
      if (!found) break;
      const bool stays =
          std::find(removed_.begin(), removed_.end(), entries->key()) == removed_.end() &&
          entries->key() != added_[0];
      if (stays) return UniqueClash(*table_, *index_, added_[0], entries->key(), tuple_.size());
    }
  }
  added_.clear();
  removed_.clear();
  return absl::OkStatus();
}

}  // namespace daftar::txn
