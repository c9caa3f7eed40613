#include "columns/projection.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "codec/key.h"
#include "codec/keyspace.h"
#include "record/envelope.h"

namespace daftar::columns {
namespace {

constexpr size_t kChunkRows = 512;
// One that grew to more is divided.
constexpr size_t kChunkRowsMax = 2 * kChunkRows;
// Records that are read at once.
constexpr size_t kBatch = 256;

// Takes the fields out of stored records.
class FieldReader {
 public:
  explicit FieldReader(const std::vector<record::FieldPath>& fields)
      : fields_(fields), values_(fields.size()) {}

  // Lifetime: text points into `stored`.
  absl::StatusOr<const std::vector<Scalar>*> Read(std::string_view key, std::string_view stored) {
    DAFTAR_ASSIGN_OR_RETURN(const record::Envelope envelope, record::DecodeEnvelope(key, stored));
    for (size_t i = 0; i < fields_.size(); ++i) {
      const std::optional<Scalar> value = fields_[i].Read(envelope.message);
      if (!value.has_value()) {
        return DataLoss("record does not decode")
            .With("path", fields_[i].text())
            .WithBytes("key", key);
      }
      values_[i] = *value;
    }
    return &values_;
  }

 private:
  const std::vector<record::FieldPath>& fields_;
  std::vector<Scalar> values_;
};

}  // namespace

// Adds rows and chunks to a projection.
class Projection::Writer {
 public:
  explicit Writer(Projection* projection)
      : projection_(*projection),
        prefix_bytes_(codec::RecordPrefix(projection->source_.table->id).size()),
        fields_(projection->source_.fields),
        builder_(projection->source_.fields.size()) {}

  absl::Status AddRecord(std::string_view key, std::string_view stored) {
    DAFTAR_ASSIGN_OR_RETURN(const std::vector<Scalar>* const values, fields_.Read(key, stored));
    builder_.Add(key.substr(prefix_bytes_), *values);
    return absl::OkStatus();
  }
  void AddRow(const Chunk& chunk, size_t row, std::string_view key) {
    std::vector<Scalar> values;
    for (size_t i = 0; i < projection_.source_.fields.size(); ++i) {
      values.push_back(chunk.column(i).At(row));
    }
    builder_.Add(key, values);
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
  const size_t prefix_bytes_;
  FieldReader fields_;
  ChunkBuilder builder_;
};

absl::StatusOr<std::shared_ptr<const Projection>> Projection::Make(Source source,
                                                                   const storage::Reader& state,
                                                                   CommitVersion version,
                                                                   size_t bytes_max) {
  auto made = std::make_shared<Projection>();
  made->source_ = std::move(source);
  made->version_ = version;
  Writer writer(made.get());
  const std::string prefix = codec::RecordPrefix(made->source_.table->id);
  const auto records = state.NewIterator({prefix, codec::PrefixEnd(prefix)}, {});
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, records->Next());
    if (!found) break;
    DAFTAR_RETURN_IF_ERROR(writer.AddRecord(records->key(), records->value()));
    if (writer.rows() < kChunkRows) continue;
    writer.Cut();
    if (made->bytes_ > bytes_max) return nullptr;
  }
  writer.Cut();
  if (made->bytes_ > bytes_max) return nullptr;
  return made;
}

absl::StatusOr<std::shared_ptr<const Projection>> Projection::After(
    const std::vector<std::string>& keys, const storage::Reader& state,
    CommitVersion version) const {
  auto made = std::make_shared<Projection>();
  made->source_ = source_;
  made->version_ = version;
  Writer writer(made.get());
  const size_t prefix_bytes = codec::RecordPrefix(source_.table->id).size();
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
  // Adds the records at all keys before `end`; empty: all that are left.
  const auto add_before = [&](std::string_view end) -> absl::Status {
    for (; key != keys.end(); ++key) {
      if (!end.empty() && std::string_view(*key).substr(prefix_bytes) >= end) break;
      DAFTAR_ASSIGN_OR_RETURN(const std::optional<std::string>* const value, value_of());
      if (value->has_value()) DAFTAR_RETURN_IF_ERROR(writer.AddRecord(*key, **value));
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
      // What was written may be a record that is here: its new value stands for it.
      if (key != keys.end() && std::string_view(*key).substr(prefix_bytes) == row_key) {
        DAFTAR_ASSIGN_OR_RETURN(const std::optional<std::string>* const value, value_of());
        if (value->has_value()) DAFTAR_RETURN_IF_ERROR(writer.AddRecord(*key, **value));
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

std::optional<size_t> Projection::FindField(const record::FieldPath& path) const {
  const auto found = std::find(source_.fields.begin(), source_.fields.end(), path);
  if (found == source_.fields.end()) return std::nullopt;
  return static_cast<size_t>(found - source_.fields.begin());
}

}  // namespace daftar::columns
