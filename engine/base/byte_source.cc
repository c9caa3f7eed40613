#include "base/byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/status.h"

namespace daftar {
namespace {

class FileSource : public ByteSource {
 public:
  FileSource(int descriptor, std::string name) : descriptor_(descriptor), name_(std::move(name)) {}
  ~FileSource() override {
    if (descriptor_ != STDIN_FILENO) close(descriptor_);
  }
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  absl::StatusOr<size_t> Read(char* data, size_t capacity) override {
    while (true) {
      const ssize_t count = read(descriptor_, data, capacity);
      if (count >= 0) return static_cast<size_t>(count);
      if (errno == EINTR) continue;
      return Unavailable("cannot read input").With("file", name_).With("cause", strerror(errno));
    }
  }

 private:
  int descriptor_;
  std::string name_;
};

class StringSource : public ByteSource {
 public:
  StringSource(std::string_view text, size_t chunk_bytes_max)
      : text_(text), chunk_bytes_max_(chunk_bytes_max) {}

  absl::StatusOr<size_t> Read(char* data, size_t capacity) override {
    const size_t count = std::min({capacity, chunk_bytes_max_, text_.size()});
    if (count > 0) std::memcpy(data, text_.data(), count);
    text_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view text_;
  size_t chunk_bytes_max_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ByteSource>> OpenFileSource(const std::filesystem::path& path) {
  if (path == "-") return std::make_unique<FileSource>(STDIN_FILENO, "standard input");
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    const bool absent = errno == ENOENT;
    return Error(absent ? absl::StatusCode::kNotFound : absl::StatusCode::kUnavailable,
                 "cannot open input")
        .With("file", path.string())
        .With("cause", strerror(errno));
  }
  auto source = std::make_unique<FileSource>(descriptor, path.string());
  struct stat info = {};
  if (fstat(descriptor, &info) == 0 && S_ISDIR(info.st_mode)) {
    return InvalidArgument("input is a directory, not a file").With("file", path.string());
  }
  return source;
}

std::unique_ptr<ByteSource> MakeStringSource(std::string_view text, size_t chunk_bytes_max) {
  return std::make_unique<StringSource>(text, std::max<size_t>(chunk_bytes_max, 1));
}

}  // namespace daftar
