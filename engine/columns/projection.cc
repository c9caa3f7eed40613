#include "columns/projection.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "base/status.h"
#include "codec/key.h"
#include "columns/stored_row.h"

namespace daftar::columns {
namespace {

constexpr size_t kChunkRows = 512;
// One that grew to more is divided.
constexpr size_t kChunkRowsMax = 2 * kChunkRows;
// Keys that are read at once.
constexpr size_t kBatch = 256;

}  // namespace

// Adds rows and chunks to a projection.
class Projection::Writer {
 public:
  explicit Writer(Projection* projection)
      : projection_(*projection),
        stored_(projection->source_.set, projection->source_.fields),
        builder_(stored_.size()) {}

  absl::Status AddStored(std::string_view key, std::string_view stored) {
    DAFTAR_ASSIGN_OR_RETURN(const std::vector<Scalar>* const values, stored_.Read(key, stored));
    builder_.Add(key.substr(projection_.prefix_.size()), *values);
    return absl::OkStatus();
  }
  void AddRow(const Chunk& chunk, size_t row, std::string_view key) {
    copied_.clear();
    for (size_t i = 0; i < stored_.size(); ++i) copied_.push_back(chunk.column(i).At(row));
    builder_.Add(key, copied_);
  }
  void AddChunk(std::shared_ptr<const Chunk> chunk) {
    projection_.rows_ += chunk->rows();
    projection_.bytes_ += chunk->bytes() + sizeof(chunk);
    projection_.chunks_.push_back(std::move(chunk));
  }
  // The rows that were added become a chunk.
  void Cut() {
    if (builder_.rows() > 0) AddChunk(std::make_shared<const Chunk>(builder_.Finish()));
  }
  size_t rows() const { return builder_.rows(); }

 private:
  Projection& projection_;
  StoredRow stored_;
  ChunkBuilder builder_;
  std::vector<Scalar> copied_;
};

// Reads a projection, piece by piece, on as many threads as run it.
class Projection::Reading {
 public:
  // Lifetime: all but `pieces` outlive it.
  Reading(const Projection& empty, const storage::Reader& state, const Limits& limits,
          const std::vector<storage::KeyRange>& pieces)
      : state_(state), limits_(limits) {
    for (const storage::KeyRange& range : pieces) pieces_.push_back({range, empty, {}});
  }

  // Reads pieces that nobody has begun. Thread safety: may be called from many threads.
  void Run() {
    while (!is_too_large_) {
      const size_t number = next_++;
      if (number >= pieces_.size()) return;
      Piece& piece = pieces_[number];
      piece.status = Read(&piece);
      // The rest is not needed; what comes before has been begun.
      if (!piece.status.ok()) next_ = pieces_.size();
    }
  }
  // Moves all that was read to `made`. False: the limits do not allow it. Requires: every Run() has
  // ended.
  absl::StatusOr<bool> Finish(Projection* made) const {
    if (is_too_large_) return false;
    for (const Piece& piece : pieces_) {
      DAFTAR_RETURN_IF_ERROR(piece.status);
      made->Append(piece.rows);
    }
    return true;
  }

 private:
  struct Piece {
    storage::KeyRange range;
    Projection rows;
    absl::Status status;
  };

  absl::Status Read(Piece* piece) {
    Writer writer(&piece->rows);
    const auto stored = state_.NewIterator(piece->range, {});
    while (!is_too_large_) {
      DAFTAR_ASSIGN_OR_RETURN(const bool found, stored->Next());
      if (found) DAFTAR_RETURN_IF_ERROR(writer.AddStored(stored->key(), stored->value()));
      if (found && writer.rows() < kChunkRows) continue;
      const size_t bytes_before = piece->rows.bytes_;
      const size_t rows_before = piece->rows.rows_;
      writer.Cut();
      bytes_ += piece->rows.bytes_ - bytes_before;
      rows_ += piece->rows.rows_ - rows_before;
      if (bytes_ > limits_.bytes_max || rows_ > limits_.rows_max) is_too_large_ = true;
      if (!found) break;
    }
    return absl::OkStatus();
  }

  const storage::Reader& state_;
  const Limits& limits_;
  std::vector<Piece> pieces_;
  std::atomic<size_t> next_ = 0;
  // Of all pieces together.
  std::atomic<size_t> bytes_ = 0;
  std::atomic<uint64_t> rows_ = 0;
  std::atomic<bool> is_too_large_ = false;
};

absl::StatusOr<std::shared_ptr<const Projection>> Projection::Make(Source source,
                                                                   const storage::Reader& state,
                                                                   CommitVersion version,
                                                                   const Limits& limits,
                                                                   storage::ScanThreads* threads) {
  auto made = std::make_shared<Projection>();
  made->source_ = std::move(source);
  made->prefix_ = made->source_.set.prefix();
  made->version_ = version;
  const storage::KeyRange all{made->prefix_, codec::PrefixEnd(made->prefix_)};
  std::vector<storage::KeyRange> pieces;
  if (threads != nullptr) pieces = threads->Divide({all}, false);
  if (pieces.empty()) pieces.push_back(all);
  Reading reading(*made, state, limits, pieces);
  if (pieces.size() > 1) {
    // The caller's own is one of them.
    const storage::ScanTeam others(threads, threads->limits().threads - 1,
                                   [&reading] { reading.Run(); });
    reading.Run();
  } else {
    reading.Run();
  }
  DAFTAR_ASSIGN_OR_RETURN(const bool is_whole, reading.Finish(made.get()));
  if (!is_whole) return nullptr;
  return made;
}

void Projection::Append(const Projection& other) {
  chunks_.insert(chunks_.end(), other.chunks_.begin(), other.chunks_.end());
  rows_ += other.rows_;
  bytes_ += other.bytes_;
}

absl::StatusOr<std::shared_ptr<const Projection>> Projection::After(
    const std::vector<std::string>& keys, const storage::Reader& state,
    CommitVersion version) const {
  auto made = std::make_shared<Projection>();
  made->source_ = source_;
  made->prefix_ = prefix_;
  made->version_ = version;
  Writer writer(made.get());
  const size_t prefix_bytes = prefix_.size();
  auto key = keys.begin();
  std::vector<std::optional<std::string>> values;  // of the keys from `read` on
  auto read = keys.begin();
  const auto value_of = [&]() -> absl::StatusOr<const std::optional<std::string>*> {
    if (static_cast<size_t>(key - read) >= values.size()) {
      read = key;
      const std::vector<std::string_view> batch(
          key, key + std::min<std::ptrdiff_t>(kBatch, keys.end() - key));
      DAFTAR_ASSIGN_OR_RETURN(values, state.MultiGet(batch));
    }
    return &values[static_cast<size_t>(key - read)];
  };
  // Adds what is at all keys before `end`; empty: all that are left.
  const auto add_before = [&](std::string_view end) -> absl::Status {
    for (; key != keys.end(); ++key) {
      if (!end.empty() && std::string_view(*key).substr(prefix_bytes) >= end) break;
      DAFTAR_ASSIGN_OR_RETURN(const std::optional<std::string>* const value, value_of());
      if (value->has_value()) DAFTAR_RETURN_IF_ERROR(writer.AddStored(*key, **value));
      if (writer.rows() >= kChunkRowsMax) writer.Cut();
    }
    return absl::OkStatus();
  };
  for (size_t i = 0; i < chunks_.size(); ++i) {
    const Chunk& chunk = *chunks_[i];
    const std::string next = i + 1 < chunks_.size() ? chunks_[i + 1]->Key(0) : std::string();
    const bool is_touched =
        key != keys.end() && (next.empty() || std::string_view(*key).substr(prefix_bytes) < next);
    if (!is_touched) {
      writer.AddChunk(chunks_[i]);
      continue;
    }
    for (size_t row = 0; row < chunk.rows(); ++row) {
      const std::string row_key = chunk.Key(row);
      DAFTAR_RETURN_IF_ERROR(add_before(row_key));
      // What was written may be a row that is here: its new value stands for it.
      if (key != keys.end() && std::string_view(*key).substr(prefix_bytes) == row_key) {
        DAFTAR_ASSIGN_OR_RETURN(const std::optional<std::string>* const value, value_of());
        if (value->has_value()) DAFTAR_RETURN_IF_ERROR(writer.AddStored(*key, **value));
        ++key;
      } else {
        writer.AddRow(chunk, row, row_key);
      }
      if (writer.rows() >= kChunkRowsMax) writer.Cut();
    }
    if (!next.empty()) DAFTAR_RETURN_IF_ERROR(add_before(next));
    writer.Cut();
  }
  DAFTAR_RETURN_IF_ERROR(add_before({}));
  writer.Cut();
  return made;
}

Projection::Place Projection::LowerBound(std::string_view key) const {
  // Bounds may be before or behind all keys with the prefix.
  const int order = std::string_view(prefix_).compare(key.substr(0, prefix_.size()));
  if (order != 0) return order < 0 ? end() : Place{};
  key.remove_prefix(prefix_.size());
  const auto chunk = std::partition_point(chunks_.begin(), chunks_.end(), [&](const auto& each) {
    return each->LowerBound(key) == each->rows();
  });
  if (chunk == chunks_.end()) return end();
  return {static_cast<size_t>(chunk - chunks_.begin()), (*chunk)->LowerBound(key)};
}

std::optional<size_t> Projection::FindField(const record::FieldPath& path) const {
  const auto found = std::find(source_.fields.begin(), source_.fields.end(), path);
  if (found == source_.fields.end()) return std::nullopt;
  return static_cast<size_t>(found - source_.fields.begin());
}

}  // namespace daftar::columns
