#include "storage/external_sorter.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <limits>
#include <utility>

#include "base/check.h"
#include "base/status.h"
#include "storage/spill_file.h"

namespace daftar::storage {
namespace {

constexpr size_t kChunkBytesMin = 4096;
constexpr size_t kChunkBytesMax = size_t{1} << 20;
constexpr size_t kReadBytesMin = 4096;
constexpr size_t kReadBytesMax = size_t{1} << 20;

// Gives the pairs of a sorted arena.
class ArenaReader final : public SortedReader {
 public:
  explicit ArenaReader(SortArena arena) : arena_(std::move(arena)) {}

  absl::StatusOr<bool> Next() override {
    if (next_ <= arena_.size()) ++next_;
    // Pairs lie in the order of their adding, so that each is somewhere else in memory.
    if (next_ + kAhead <= arena_.size()) __builtin_prefetch(arena_.key(next_ + kAhead - 1).data());
    return next_ <= arena_.size();
  }
  std::string_view key() const override { return arena_.key(next_ - 1); }
  std::string_view value() const override { return arena_.value(next_ - 1); }

 private:
  static constexpr size_t kAhead = 8;

  SortArena arena_;
  size_t next_ = 0;  // One more than the current pair's index.
};

// Merges runs through a heap of their current records.
class MergingReader final : public SortedReader {
 public:
  MergingReader(std::unique_ptr<SpillFile> file, const std::vector<SpillRun>& runs,
                size_t memory_bytes_max)
      : file_(std::move(file)) {
    const size_t buffer_bytes =
        std::clamp(memory_bytes_max / runs.size(), kReadBytesMin, kReadBytesMax);
    runs_.reserve(runs.size());
    for (const SpillRun& run : runs) runs_.emplace_back(*file_, run, buffer_bytes);
  }

  absl::StatusOr<bool> Next() override {
    if (!failure_.ok()) return failure_;
    failure_ = started_ ? Step() : Start();
    if (!failure_.ok()) return failure_;
    return !heap_.empty();
  }
  std::string_view key() const override { return runs_[heap_.front()].key(); }
  std::string_view value() const override { return runs_[heap_.front()].value(); }

 private:
  // Whether run `a` gives its record after run `b`; of equal keys the earlier run's come first.
  bool After(size_t a, size_t b) const {
    if (runs_[a].key_prefix() != runs_[b].key_prefix()) {
      return runs_[a].key_prefix() > runs_[b].key_prefix();
    }
    const int order = runs_[a].key().compare(runs_[b].key());
    return order != 0 ? order > 0 : a > b;
  }

  absl::Status Start() {
    started_ = true;
    for (size_t run = 0; run < runs_.size(); ++run) {
      DAFTAR_ASSIGN_OR_RETURN(const bool more, runs_[run].Next());
      if (more) heap_.push_back(run);
    }
    std::make_heap(heap_.begin(), heap_.end(), [this](size_t a, size_t b) { return After(a, b); });
    return absl::OkStatus();
  }

  absl::Status Step() {
    if (heap_.empty()) return absl::OkStatus();
    DAFTAR_ASSIGN_OR_RETURN(const bool more, runs_[heap_.front()].Next());
    if (!more) {
      heap_.front() = heap_.back();
      heap_.pop_back();
    }
    SiftDown();
    return absl::OkStatus();
  }

  // Restores the heap after its front was replaced: half the comparisons of a pop and a push.
  void SiftDown() {
    size_t place = 0;
    for (;;) {
      size_t child = 2 * place + 1;
      if (child >= heap_.size()) return;
      if (child + 1 < heap_.size() && After(heap_[child], heap_[child + 1])) ++child;
      if (!After(heap_[place], heap_[child])) return;
      std::swap(heap_[place], heap_[child]);
      place = child;
    }
  }

  std::unique_ptr<SpillFile> file_;
  std::vector<RunReader> runs_;
  std::vector<size_t> heap_;
  bool started_ = false;
  absl::Status failure_;
};

}  // namespace

const char* SortArena::data(const Entry& entry) const {
  return chunks_[entry.place >> 32].get() + (entry.place & 0xffffffffU);
}

std::string_view SortArena::key(size_t index) const {
  return {data(entries_[index]), entries_[index].key_bytes};
}

std::string_view SortArena::value(size_t index) const {
  const Entry& entry = entries_[index];
  return {data(entry) + entry.key_bytes, entry.value_bytes};
}

size_t SortArena::memory_bytes() const {
  return chunks_bytes_ + entries_.capacity() * sizeof(Entry);
}

void SortArena::Add(std::string_view key, std::string_view value) {
  static_assert(sizeof(Entry) == 24);
  // Even an empty pair takes a byte: its place must differ from the next pair's.
  const size_t bytes = std::max<size_t>(key.size() + value.size(), 1);
  if (chunks_.empty() || chunk_bytes_ - chunk_used_ < bytes) {
    // Grows with the arena, so that a small sort stays small.
    chunk_bytes_ = std::max(bytes, std::clamp(chunks_bytes_, kChunkBytesMin, kChunkBytesMax));
    chunks_.push_back(std::make_unique_for_overwrite<char[]>(chunk_bytes_));
    chunks_bytes_ += chunk_bytes_;
    chunk_used_ = 0;
  }
  // A pair longer than a chunk has one of its own, and so starts at offset zero.
  DAFTAR_CHECK_LE(chunk_used_, size_t{std::numeric_limits<uint32_t>::max()});
  char* const out = chunks_.back().get() + chunk_used_;
  std::copy(key.begin(), key.end(), out);
  std::copy(value.begin(), value.end(), out + key.size());
  entries_.push_back({KeyPrefix(key), uint64_t{chunks_.size() - 1} << 32 | chunk_used_,
                      static_cast<uint32_t>(key.size()), static_cast<uint32_t>(value.size())});
  chunk_used_ += bytes;
}

// By 8 bytes at a time, held beside the entries: keys of one kind begin alike, and comparing them
// byte by byte goes to memory each time.
void SortArena::Sort() { SortFrom(0, entries_.size(), 0); }

void SortArena::SortFrom(size_t begin, size_t end, uint32_t depth) {
  static constexpr uint32_t kStep = sizeof(uint64_t);
  static constexpr uint32_t kDepthMax = 32 * kStep;  // that the stack goes down
  // How much of the next 8 bytes a key has; one more when it goes on behind them.
  const auto rest = [depth](const Entry& entry) {
    return std::min(entry.key_bytes - depth, kStep + 1);
  };
  const auto first = entries_.begin() + static_cast<std::ptrdiff_t>(begin);
  const auto last = entries_.begin() + static_cast<std::ptrdiff_t>(end);
  // An unstable sort with the place as the last criterion: a stable one would need half as much
  // memory again.
  std::sort(first, last, [this, depth, &rest](const Entry& a, const Entry& b) {
    if (a.key_prefix != b.key_prefix) return a.key_prefix < b.key_prefix;
    if (depth >= kDepthMax) {
      const int order =
          std::string_view(data(a), a.key_bytes).compare(std::string_view(data(b), b.key_bytes));
      if (order != 0) return order < 0;
    } else if (rest(a) != rest(b)) {
      return rest(a) < rest(b);
    }
    return a.place < b.place;
  });
  if (depth >= kDepthMax) return;
  // Those that agree so far and go on.
  while (begin < end) {
    const Entry& one = entries_[begin];
    size_t same = begin + 1;
    if (rest(one) > kStep) {
      while (same < end && entries_[same].key_prefix == one.key_prefix) ++same;
      if (same > begin + 1) {
        for (size_t i = begin; i < same; ++i) {
          entries_[i].key_prefix = KeyPrefix(key(i).substr(depth + kStep));
        }
        SortFrom(begin, same, depth + kStep);
      }
    }
    begin = same;
  }
}

void SortArena::Clear() { *this = SortArena(); }

ExternalSorter::ExternalSorter(SorterOptions options) : options_(std::move(options)) {}
ExternalSorter::~ExternalSorter() = default;
ExternalSorter::ExternalSorter(ExternalSorter&&) noexcept = default;
ExternalSorter& ExternalSorter::operator=(ExternalSorter&&) noexcept = default;

absl::Status ExternalSorter::Add(std::string_view key, std::string_view value) {
  DAFTAR_RETURN_IF_ERROR(failure_);
  if (finished_) return FailedPrecondition("sorter is already finished");
  if (std::max(key.size(), value.size()) > std::numeric_limits<uint32_t>::max()) {
    return InvalidArgument("pair is too large to sort")
        .With("key_bytes", key.size())
        .With("value_bytes", value.size());
  }
  arena_.Add(key, value);
  if (arena_.memory_bytes() < options_.memory_bytes_max) return absl::OkStatus();
  failure_ = Spill();
  return failure_;
}

absl::Status ExternalSorter::Spill() {
  if (file_ == nullptr) {
    DAFTAR_ASSIGN_OR_RETURN(file_, SpillFile::Create(options_.folder, options_.keep_file_named));
  }
  arena_.Sort();
  SpillRun run;
  run.begin = file_->bytes();
  for (size_t i = 0; i < arena_.size(); ++i) {
    DAFTAR_RETURN_IF_ERROR(file_->Append(arena_.key(i), arena_.value(i)));
  }
  DAFTAR_RETURN_IF_ERROR(file_->Flush());
  run.end = file_->bytes();
  runs_.push_back(run);
  arena_.Clear();
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<SortedReader>> ExternalSorter::Finish() {
  DAFTAR_RETURN_IF_ERROR(failure_);
  if (finished_) return FailedPrecondition("sorter is already finished");
  finished_ = true;
  if (runs_.empty()) {
    arena_.Sort();
    return std::make_unique<ArenaReader>(std::move(arena_));
  }
  // The last pairs are spilled, too: their memory is needed for the read buffers.
  if (arena_.size() > 0) failure_ = Spill();
  DAFTAR_RETURN_IF_ERROR(failure_);
  return std::make_unique<MergingReader>(std::move(file_), runs_, options_.memory_bytes_max);
}

}  // namespace daftar::storage
