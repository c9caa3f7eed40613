// One file as a disk keeps it: what was synced, and what came after and may be lost.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace daftar::testing {

// How much a disk may spoil at a power loss beside losing what was not synced.
enum class Spoiling {
  kNone,     // the end of an unsynced write is missing
  kGarbage,  // also zeros, holes and garbage in place of what was appended and not synced
};

// Thread safety: none.
class FileImage {
 public:
  // A file with `content`, all of it synced.
  explicit FileImage(std::string content = {}) : content_(content), synced_(std::move(content)) {}

  // What whoever reads the file finds.
  const std::string& content() const { return content_; }
  const std::string& synced() const { return synced_; }

  void Append(std::string_view bytes) { Write(content_.size(), bytes); }
  void Write(uint64_t offset, std::string_view bytes);
  void Truncate(uint64_t bytes);
  void Sync();

  struct Crashed {
    std::string content;
    bool garbage = false;  // holds bytes that nobody wrote there
  };
  // One of the contents that a power loss can leave: what was synced, with any beginning of what
  // was appended later, the last write torn anywhere. What was overwritten in place is old or new
  // sector by sector, 512 bytes each, which a disk writes as one.
  Crashed AfterPowerLoss(std::mt19937_64& random, Spoiling spoiling) const;

 private:
  struct Change {
    uint64_t offset;
    std::string bytes;
    bool truncates = false;  // to `offset`
  };
  static void Apply(const Change& change, std::string* content);
  static void ApplyTorn(const Change& change, std::mt19937_64& random, std::string* content);
  void Spoil(std::mt19937_64& random, std::string* content) const;

  std::string content_;
  std::string synced_;
  std::vector<Change> unsynced_;
};

}  // namespace daftar::testing
