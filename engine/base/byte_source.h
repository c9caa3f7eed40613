// Where input text comes from: a file, standard input or a string.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>

#include "absl/status/statusor.h"

namespace daftar {

// A stream of bytes. Thread safety: one thread at a time.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Reads up to `capacity` bytes to `data`; 0 at the end, and only there.
  // Requires: capacity > 0. Errors: Unavailable when the system cannot read; not to be retried.
  virtual absl::StatusOr<size_t> Read(char* data, size_t capacity) = 0;
};

// Opens a file for reading; "-" is standard input. Errors: NotFound; InvalidArgument for a
// directory; Unavailable with the system's cause.
absl::StatusOr<std::unique_ptr<ByteSource>> OpenFileSource(const std::filesystem::path& path);

// Reads `text`, at most `chunk_bytes_max` at a time. Lifetime: `text` outlives the source.
std::unique_ptr<ByteSource> MakeStringSource(std::string_view text,
                                             size_t chunk_bytes_max = size_t{1} << 20);

}  // namespace daftar
