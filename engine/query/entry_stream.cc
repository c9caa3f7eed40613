#include "query/entry_stream.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "query/column_stream.h"
#include "query/intersected_stream.h"
#include "query/merged_stream.h"
#include "query/scan_parts.h"
#include "query/turned_stream.h"

namespace daftar::query {
namespace {

// One range after the other, all in one direction.
class RangeStream final : public SeekingStream {
 public:
  RangeStream(const storage::Reader& reader, std::vector<ScanPart> parts, bool reverse,
              uint64_t* entries_read)
      : reader_(reader),
        parts_(std::move(parts)),
        reverse_(reverse),
        entries_read_(*entries_read) {}

  absl::StatusOr<StreamStep> Next() override {
    while (true) {
      if (entries_ == nullptr) {
        if (next_part_ == parts_.size()) return StreamStep::kEnd;
        entries_ = reader_.NewIterator(parts_[next_part_++].range, {.reverse = reverse_});
      }
      DAFTAR_ASSIGN_OR_RETURN(const bool found, entries_->Next());
      if (found) {
        ++entries_read_;
        return StreamStep::kEntry;
      }
      entries_.reset();
    }
  }
  void Seek(std::string_view key) override {
    if (entries_ == nullptr && next_part_ < parts_.size()) {
      entries_ = reader_.NewIterator(parts_[next_part_++].range, {.reverse = reverse_});
    }
    if (entries_ != nullptr) entries_->Seek(key);
  }
  std::string_view key() const override { return entries_->key(); }
  std::string_view value() const override { return entries_->value(); }

 private:
  const storage::Reader& reader_;
  const std::vector<ScanPart> parts_;
  const bool reverse_;
  uint64_t& entries_read_;
  size_t next_part_ = 0;
  std::unique_ptr<storage::Iterator> entries_;
};

// Records by their whole keys: each is looked up, which costs less than to walk there.
class LookupStream final : public EntryStream {
 public:
  LookupStream(const storage::Reader& reader, std::vector<ScanPart> parts, uint64_t* entries_read)
      : reader_(reader), parts_(std::move(parts)), entries_read_(*entries_read) {}

  absl::StatusOr<StreamStep> Next() override {
    if (next_part_ == parts_.size()) return StreamStep::kEnd;
    const std::string& key = parts_[next_part_++].range.lower;
    DAFTAR_ASSIGN_OR_RETURN(value_, reader_.Get(key));
    if (!value_.has_value()) return StreamStep::kNothing;
    ++entries_read_;
    return StreamStep::kEntry;
  }
  std::string_view key() const override { return parts_[next_part_ - 1].range.lower; }
  std::string_view value() const override { return *value_; }

 private:
  const storage::Reader& reader_;
  const std::vector<ScanPart> parts_;
  uint64_t& entries_read_;
  size_t next_part_ = 0;
  std::optional<std::string> value_;
};

// Whether each range is that of one record. No key begins with another one: ranges of whole keys
// hold nothing else.
bool IsLookup(const Plan& plan) {
  return plan.index == nullptr && !plan.query.after.has_value() &&
         plan.equal_terms == plan.query.table->key.size() && !plan.has_range;
}

// `projection`: of the index that the parts are of, or null.
std::unique_ptr<SeekingStream> NewSeekingStream(const storage::Reader& reader,
                                                const columns::Projection* projection,
                                                std::vector<ScanPart> parts, bool reverse,
                                                uint64_t* entries_read) {
  if (projection != nullptr) {
    return NewColumnStream(*projection, std::move(parts), reverse, entries_read);
  }
  return std::make_unique<RangeStream>(reader, std::move(parts), reverse, entries_read);
}

std::unique_ptr<EntryStream> NewIntersection(const EntrySource& source, const Plan& plan,
                                             std::vector<ScanPart> parts, uint64_t* entries_read) {
  std::vector<IntersectedEntries> scans;
  const auto add = [&](const columns::Projection* projection, std::vector<ScanPart> ranges,
                       const std::string& prefix) {
    scans.push_back(
        {NewSeekingStream(source.reader, projection, std::move(ranges), plan.reverse, entries_read),
         prefix});
  };
  add(source.projection, std::move(parts), plan.prefixes[0]);
  for (size_t i = 0; i < plan.intersected.size(); ++i) {
    const IntersectedScan& scan = plan.intersected[i];
    add(source.intersected.empty() ? nullptr : source.intersected[i],
        {{scan.range(), std::nullopt, scan.prefix.size()}}, scan.prefix);
  }
  return NewIntersectedStream(std::move(scans), plan.reverse, plan.query.reads_ahead);
}

std::unique_ptr<EntryStream> NewStream(const EntrySource& source, const Plan& plan,
                                       std::vector<ScanPart> parts, uint64_t* entries_read) {
  if (!plan.intersected.empty()) {
    return NewIntersection(source, plan, std::move(parts), entries_read);
  }
  const storage::Reader& reader = source.reader;
  if (IsLookup(plan)) {
    return std::make_unique<LookupStream>(reader, std::move(parts), entries_read);
  }
  if (plan.turn_at > 0) return NewTurnedStream(reader, plan, std::move(parts), entries_read);
  return NewSeekingStream(reader, source.projection, std::move(parts), plan.reverse, entries_read);
}

}  // namespace

bool WalksRanges(const Plan& plan) {
  return plan.branches.empty() && !plan.merge && plan.turn_at == 0 && plan.intersected.empty() &&
         !IsLookup(plan);
}

std::unique_ptr<EntryStream> NewPartStream(const storage::Reader& reader, const Plan& plan,
                                           const storage::KeyRange& part, uint64_t* entries_read) {
  return std::make_unique<RangeStream>(reader, std::vector<ScanPart>{{part, std::nullopt, 0}},
                                       plan.reverse, entries_read);
}

bool ReadsColumns(const Plan& plan) { return plan.index != nullptr && plan.turn_at == 0; }

absl::StatusOr<std::unique_ptr<EntryStream>> NewEntryStream(const EntrySource& source,
                                                            const Plan& plan,
                                                            uint64_t* entries_read) {
  DAFTAR_ASSIGN_OR_RETURN(std::vector<ScanPart> parts, PartsOf(plan));
  if (!plan.merge) return NewStream(source, plan, std::move(parts), entries_read);
  std::vector<std::unique_ptr<EntryStream>> streams;
  for (const ScanPart& part : parts) {
    streams.push_back(NewStream(source, plan, {part}, entries_read));
  }
  return NewMergedStream(plan, parts, std::move(streams));
}

}  // namespace daftar::query
