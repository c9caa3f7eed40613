#include "query/intersected_stream.h"

#include <string_view>
#include <utility>

#include "base/check.h"
#include "base/status.h"

namespace daftar::query {
namespace {

// The scans move in turn, each to the first primary key that is not before the one at which the
// scan before it stands. When all stand at the same, that is one of the result. Whatever lies
// between two such steps was passed by one scan at least that does not have it.
class IntersectedStream final : public EntryStream {
 public:
  IntersectedStream(std::vector<IntersectedEntries> scans, bool reverse, bool passes)
      : reverse_(reverse), passes_(passes) {
    DAFTAR_CHECK(scans.size() > 1);
    for (IntersectedEntries& scan : scans) {
      scans_.push_back({std::move(scan.entries), std::move(scan.prefix)});
    }
  }

  absl::StatusOr<StreamStep> Next() override {
    has_passed_ = false;
    if (agreed_ == scans_.size()) {
      agreed_ = 0;
      turn_ = 0;
    }
    Scan& scan = scans_[turn_];
    DAFTAR_ASSIGN_OR_RETURN(const StreamStep step, scan.entries->Next());
    // What one of them has not is in none of the rest either.
    if (step == StreamStep::kEnd) return step;
    scan.has_begun = true;
    const std::string_view key = PrimaryKey(scan);
    if (agreed_ > 0 && ComesBefore(key, target_)) {
      if (turn_ == 0) NotePassed();
      if (++scan.passed == kPassedEntriesMax) LookFor(&scan);
      return StreamStep::kNothing;
    }
    scan.passed = 0;
    if (agreed_ == 0 || key != target_) {
      // The first scan, unless it has moved itself, is behind now.
      if (turn_ != 0) NotePassed();
      target_.assign(key);
      agreed_ = 0;
    }
    if (++agreed_ == scans_.size()) return StreamStep::kEntry;
    turn_ = (turn_ + 1) % scans_.size();
    if (!passes_ || !scans_[turn_].has_begun) LookFor(&scans_[turn_]);
    return StreamStep::kNothing;
  }
  std::string_view key() const override { return scans_[0].entries->key(); }
  std::string_view value() const override { return scans_[0].entries->value(); }
  const ColumnRow* column_row() const override { return scans_[0].entries->column_row(); }
  std::string_view passed() const override {
    return has_passed_ ? std::string_view(passed_) : std::string_view();
  }

 private:
  struct Scan {
    std::unique_ptr<SeekingStream> entries;
    std::string prefix;
    size_t passed = 0;  // entries since it was looked for something
    bool has_begun = false;
  };

  static std::string_view PrimaryKey(const Scan& scan) {
    return scan.entries->key().substr(scan.prefix.size());
  }
  bool ComesBefore(std::string_view a, std::string_view b) const {
    return reverse_ ? a > b : a < b;
  }
  void LookFor(Scan* scan) {
    scan->passed = 0;
    sought_.assign(scan->prefix).append(target_);
    scan->entries->Seek(sought_);
  }
  // The entry at which the first scan stands is none of the result.
  void NotePassed() {
    passed_.assign(scans_[0].entries->key());
    has_passed_ = true;
  }

  const bool reverse_;
  const bool passes_;
  std::vector<Scan> scans_;
  size_t turn_ = 0;     // the scan that moves next
  size_t agreed_ = 0;   // so many of them stand at `target_`, those before it
  std::string target_;  // a primary key
  std::string sought_;
  std::string passed_;
  bool has_passed_ = false;
};

}  // namespace

std::unique_ptr<EntryStream> NewIntersectedStream(std::vector<IntersectedEntries> scans,
                                                  bool reverse, bool passes) {
  return std::make_unique<IntersectedStream>(std::move(scans), reverse, passes);
}

}  // namespace daftar::query
