#include "query/executor.h"

#include <algorithm>
#include <tuple>

#include "base/status.h"
#include "codec/keyspace.h"
#include "index/entries.h"
#include "record/json_codec.h"
#include "record/kj_fence.h"

namespace daftar::query {
namespace {

// How often the clock is asked, in entries.
constexpr uint64_t kTimeCheckInterval = 64;

size_t BytesOf(const ResultRow& row) {
  size_t bytes = row.key.view().size() + sizeof(ResultRow);
  if (row.record.has_value()) bytes += row.record->bytes().size();
  for (const Value& value : row.values) {
    bytes += sizeof(Value);
    if (const auto* text = value.get_if<std::string>()) bytes += text->size();
    if (const auto* blob = value.get_if<Blob>()) bytes += blob->bytes.size();
  }
  return bytes;
}

codec::KeyPart SortPart(const OrderTerm& order) {
  const bool ascending = order.direction == SortDirection::kAscending;
  return {order.path.type().key_type(),
          ascending ? codec::Direction::kAscending : codec::Direction::kDescending,
          ascending ? codec::Nulls::kFirst : codec::Nulls::kLast};
}

bool InRanges(const std::vector<storage::KeyRange>& ranges, std::string_view key) {
  return std::any_of(ranges.begin(), ranges.end(), [&](const storage::KeyRange& range) {
    return key >= range.lower && (range.upper.empty() || key < range.upper);
  });
}

}  // namespace

struct Executor::SortedRow {
  std::string sort_key;
  ResultRow row;
};

Executor::Executor(txn::ReadView view, Plan plan)
    : view_(std::move(view)),
      plan_(std::move(plan)),
      prefix_(plan_.index ? codec::IndexPrefix(plan_.index->id)
                          : codec::RecordPrefix(plan_.query.table->id)),
      started_(std::chrono::steady_clock::now()) {}

Executor::~Executor() = default;

absl::StatusOr<bool> Executor::NextEntry() {
  while (true) {
    if (entries_ == nullptr) {
      if (next_range_ == plan_.ranges.size()) return false;
      const size_t at = plan_.reverse ? plan_.ranges.size() - 1 - next_range_ : next_range_;
      entries_ = view_.reader->NewIterator(plan_.ranges[at], {.reverse = plan_.reverse});
      ++next_range_;
    }
    DAFTAR_ASSIGN_OR_RETURN(const bool found, entries_->Next());
    if (found) {
      ++counts_.entries_read;
      return true;
    }
    entries_.reset();
  }
}

absl::StatusOr<bool> Executor::IsFirstEntry(const record::Message& record,
                                            std::string_view primary_key) {
  DAFTAR_ASSIGN_OR_RETURN(std::vector<index::Entry> all,
                          index::EntriesOf(*plan_.index, primary_key, record));
  if (plan_.reverse) std::reverse(all.begin(), all.end());
  for (const index::Entry& entry : all) {
    if (InRanges(plan_.ranges, entry.key.view())) return entry.key.view() == entries_->key();
  }
  return false;
}

absl::StatusOr<std::string> Executor::SortKey(const record::Message* record,
                                              const EntryView* entry) const {
  std::string key;
  for (const OrderTerm& order : plan_.query.orders) {
    if (record != nullptr) {
      DAFTAR_ASSIGN_OR_RETURN(const Scalar value, record->Get(order.path));
      codec::AppendPart(SortPart(order), value, &key);
    } else {
      codec::AppendPart(SortPart(order), ToView(*entry->Find(plan_, order.path)), &key);
    }
  }
  return key;
}

absl::Status Executor::FillRow(const record::Message* record, const EntryView* entry,
                               ResultRow* row) {
  if (plan_.sort) {
    DAFTAR_ASSIGN_OR_RETURN(sort_key_, SortKey(record, entry));
  }
  for (const Column& column : plan_.query.columns) {
    if (!column.path.has_value()) {
      std::string json;
      DAFTAR_RETURN_IF_ERROR(record::AppendPathJson(*record, column.name, &json));
      row->values.emplace_back(std::move(json));
      continue;
    }
    Scalar value;
    if (record != nullptr) {
      DAFTAR_ASSIGN_OR_RETURN(value, record->Get(*column.path));
    } else {
      value = ToView(*entry->Find(plan_, *column.path));
    }
    row->values.push_back(column.path->type().ToValue(value));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> Executor::MatchRecord(std::string_view key, std::string_view value,
                                           ResultRow* row) {
  DAFTAR_ASSIGN_OR_RETURN(const record::Envelope envelope, record::DecodeEnvelope(key, value));
  DAFTAR_ASSIGN_OR_RETURN(record::Message record,
                          record::Message::FromStored(plan_.query.table->schema, envelope.message));
  DAFTAR_ASSIGN_OR_RETURN(const bool matches,
                          record::Fenced(absl::StatusCode::kDataLoss, "record does not decode",
                                         [&]() -> absl::StatusOr<bool> {
                                           return record::MatchesAll(plan_.query.conditions,
                                                                     record.root());
                                         }));
  if (!matches) return false;
  if (plan_.may_repeat) {
    const std::string_view primary_key =
        key.substr(codec::RecordPrefix(plan_.query.table->id).size());
    DAFTAR_ASSIGN_OR_RETURN(const bool first, IsFirstEntry(record, primary_key));
    if (!first) return false;
  }
  row->key = codec::EncodedKey(std::string(key));
  row->created = envelope.created;
  DAFTAR_RETURN_IF_ERROR(FillRow(&record, nullptr, row));
  if (plan_.query.columns.empty()) row->record = std::move(record);
  return true;
}

absl::StatusOr<bool> Executor::MatchEntry(ResultRow* row) {
  if (plan_.index == nullptr) return MatchRecord(entries_->key(), entries_->value(), row);
  DAFTAR_ASSIGN_OR_RETURN(
      const EntryView entry,
      EntryView::Decode(plan_, entries_->key().substr(prefix_.size()), entries_->value()));
  // What the entry can answer is asked before the record is read.
  for (const record::Condition& condition : plan_.query.conditions) {
    const OwnedScalar* value = entry.Find(plan_, condition.path);
    if (value != nullptr && !record::Meets(condition, ToView(*value))) return false;
  }
  const std::string key = codec::RecordPrefix(plan_.query.table->id).append(entry.primary_key());
  if (!plan_.reads_records) {
    row->key = codec::EncodedKey(key);
    DAFTAR_RETURN_IF_ERROR(FillRow(nullptr, &entry, row));
    return true;
  }
  DAFTAR_ASSIGN_OR_RETURN(const std::optional<std::string> value, view_.reader->Get(key));
  ++counts_.records_fetched;
  if (!value.has_value()) {
    return DataLoss("index entry has no record; run `daftar verify`")
        .With("index", plan_.index->name)
        .WithBytes("key", key);
  }
  return MatchRecord(key, *value, row);
}

std::optional<StopReason> Executor::LimitReached() const {
  const QueryLimits& limits = plan_.query.limits;
  if (counts_.entries_read >= limits.entries_read_max) return StopReason::kEntryLimit;
  if (row_bytes_ >= limits.row_bytes_max) return StopReason::kByteLimit;
  if (limits.time_max.has_value() && counts_.entries_read % kTimeCheckInterval == 0 &&
      std::chrono::steady_clock::now() - started_ >= *limits.time_max) {
    return StopReason::kTimeLimit;
  }
  return std::nullopt;
}

absl::StatusOr<bool> Executor::NextMatch(ResultRow* row) {
  while (true) {
    if (const auto reached = LimitReached()) {
      stop_reason_ = *reached;
      return false;
    }
    DAFTAR_ASSIGN_OR_RETURN(const bool found, NextEntry());
    if (!found) {
      stop_reason_ = StopReason::kExhausted;
      return false;
    }
    *row = ResultRow();
    DAFTAR_ASSIGN_OR_RETURN(const bool matches, MatchEntry(row));
    if (matches) return true;
  }
}

absl::Status Executor::SortAll() {
  const auto before = [](const SortedRow& a, const SortedRow& b) {
    return std::tie(a.sort_key, a.row.key) < std::tie(b.sort_key, b.row.key);
  };
  const size_t kept_max = plan_.query.limit.value_or(UINT64_MAX);
  size_t bytes = 0;
  ResultRow row;
  while (kept_max > 0) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, NextMatch(&row));
    if (!found) break;
    const size_t row_bytes = BytesOf(row) + sort_key_.size();
    // A heap with the last row of the order on top, so that a better row takes its place.
    sorted_.push_back({std::move(sort_key_), std::move(row)});
    bytes += row_bytes;
    if (plan_.query.limit.has_value()) {
      std::push_heap(sorted_.begin(), sorted_.end(), before);
      if (sorted_.size() > kept_max) {
        std::pop_heap(sorted_.begin(), sorted_.end(), before);
        bytes -= std::min(bytes, BytesOf(sorted_.back().row) + sorted_.back().sort_key.size());
        sorted_.pop_back();
      }
    }
    if (bytes > kSortBytesMax) {
      return ResourceExhausted("too many rows to sort; add a limit, a condition or an index")
          .With("bytes", bytes)
          .With("limit", kSortBytesMax);
    }
  }
  std::sort(sorted_.begin(), sorted_.end(), before);
  is_sorted_ = true;
  return absl::OkStatus();
}

absl::StatusOr<bool> Executor::Next() {
  if (plan_.query.limit.has_value() && counts_.rows == *plan_.query.limit) {
    stop_reason_ = StopReason::kRowLimit;
    return false;
  }
  if (!plan_.sort) {
    if (stop_reason_ != StopReason::kNotStopped) return false;
    DAFTAR_ASSIGN_OR_RETURN(const bool found, NextMatch(&row_));
    if (!found) return false;
  } else {
    if (!is_sorted_) DAFTAR_RETURN_IF_ERROR(SortAll());
    if (next_sorted_ == sorted_.size()) return false;
    row_ = std::move(sorted_[next_sorted_++].row);
  }
  ++counts_.rows;
  row_bytes_ += BytesOf(row_);
  return true;
}

}  // namespace daftar::query
