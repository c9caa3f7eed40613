#include "query/merged_stream.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/status.h"

namespace daftar::query {
namespace {

// Where the entry that a stream stands on comes in the order: what its key has after the terms that
// its range holds to single values.
struct Head {
  size_t stream = 0;
  std::string group;  // the terms before the scan turns; all when it does not
  std::string rest;
};

class MergedStream final : public EntryStream {
 public:
  MergedStream(const Plan& plan, const std::vector<ScanPart>& parts,
               std::vector<std::unique_ptr<EntryStream>> streams)
      : plan_(plan), terms_(plan.EntryTerms()), streams_(std::move(streams)) {
    for (const ScanPart& part : parts) held_bytes_.push_back(part.held_bytes);
    for (size_t i = streams_.size(); i > 0; --i) waiting_.push_back(i - 1);
  }

  absl::StatusOr<StreamStep> Next() override {
    if (has_current_) waiting_.push_back(current_);
    has_current_ = false;
    bool has_read = false;
    while (!waiting_.empty()) {
      // One entry a step.
      if (has_read) return StreamStep::kNothing;
      const size_t stream = waiting_.back();
      DAFTAR_ASSIGN_OR_RETURN(const StreamStep step, streams_[stream]->Next());
      if (step == StreamStep::kNothing) return step;
      waiting_.pop_back();
      if (step == StreamStep::kEnd) continue;
      has_read = true;
      DAFTAR_RETURN_IF_ERROR(Push(stream));
    }
    if (heads_.empty()) return StreamStep::kEnd;
    std::pop_heap(heads_.begin(), heads_.end(), After(this));
    current_ = heads_.back().stream;
    heads_.pop_back();
    has_current_ = true;
    return StreamStep::kEntry;
  }
  std::string_view key() const override { return streams_[current_]->key(); }
  std::string_view value() const override { return streams_[current_]->value(); }
  const ColumnRow* column_row() const override { return streams_[current_]->column_row(); }

 private:
  // Orders a heap so that the next entry is on top.
  struct After {
    explicit After(const MergedStream* merged) : reverse(merged->plan_.reverse) {}
    bool operator()(const Head& a, const Head& b) const {
      if (a.group != b.group) return reverse ? a.group < b.group : a.group > b.group;
      return reverse ? a.rest > b.rest : a.rest < b.rest;
    }
    const bool reverse;
  };

  absl::Status Push(size_t stream) {
    std::string_view key = streams_[stream]->key();
    key.remove_prefix(held_bytes_[stream]);
    std::string_view rest = key;
    if (plan_.turn_at == 0) rest.remove_prefix(rest.size());
    for (size_t i = plan_.equal_terms; i < plan_.turn_at; ++i) {
      DAFTAR_RETURN_IF_ERROR(codec::SkipPart(terms_[i].part, &rest));
    }
    key.remove_suffix(rest.size());
    heads_.push_back({stream, std::string(key), std::string(rest)});
    std::push_heap(heads_.begin(), heads_.end(), After(this));
    return absl::OkStatus();
  }

  const Plan& plan_;
  const std::vector<catalog::Term> terms_;
  const std::vector<std::unique_ptr<EntryStream>> streams_;
  std::vector<size_t> held_bytes_;
  std::vector<size_t> waiting_;  // streams that must read before the next entry is known
  std::vector<Head> heads_;
  size_t current_ = 0;
  bool has_current_ = false;
};

}  // namespace

std::unique_ptr<EntryStream> NewMergedStream(const Plan& plan, const std::vector<ScanPart>& parts,
                                             std::vector<std::unique_ptr<EntryStream>> streams) {
  return std::make_unique<MergedStream>(plan, parts, std::move(streams));
}

}  // namespace daftar::query
