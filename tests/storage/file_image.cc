#include "storage/file_image.h"

#include <algorithm>

namespace daftar::testing {
namespace {

constexpr size_t kSectorBytes = 512;
constexpr size_t kPageBytes = 4096;

size_t Below(size_t limit, std::mt19937_64& random) {
  return std::uniform_int_distribution<size_t>(0, limit - 1)(random);
}

}  // namespace

void FileImage::Apply(const Change& change, std::string* content) {
  if (change.truncates) {
    content->resize(change.offset);
    return;
  }
  const size_t end = change.offset + change.bytes.size();
  if (content->size() < end) content->resize(end);
  content->replace(change.offset, change.bytes.size(), change.bytes);
}

void FileImage::ApplyTorn(const Change& change, std::mt19937_64& random, std::string* content) {
  if (change.truncates || change.bytes.empty()) return;
  if (change.offset >= content->size()) {
    const size_t bytes = Below(change.bytes.size(), random);
    Apply({change.offset, change.bytes.substr(0, bytes)}, content);
    return;
  }
  size_t at = 0;
  while (at < change.bytes.size()) {
    const size_t bytes = std::min(kSectorBytes - (change.offset + at) % kSectorBytes,  //
                                  change.bytes.size() - at);
    if (Below(2, random) == 0) {
      Apply({change.offset + at, change.bytes.substr(at, bytes)}, content);
    }
    at += bytes;
  }
}

void FileImage::Write(uint64_t offset, std::string_view bytes) {
  unsynced_.push_back({offset, std::string(bytes)});
  Apply(unsynced_.back(), &content_);
}

void FileImage::Truncate(uint64_t bytes) {
  unsynced_.push_back({bytes, {}, true});
  Apply(unsynced_.back(), &content_);
}

void FileImage::Sync() {
  // Files grow to megabytes and are synced at each commit: only what is new is done again.
  for (const Change& change : unsynced_) Apply(change, &synced_);
  unsynced_.clear();
}

void FileImage::Spoil(std::mt19937_64& random, std::string* content) const {
  if (Below(3, random) == 0) {  // The size was written, the pages were not all.
    *content = content_;
    for (size_t page = synced_.size(); page < content->size(); page += kPageBytes) {
      const size_t bytes = std::min(kPageBytes, content->size() - page);
      if (Below(2, random) == 0) content->replace(page, bytes, bytes, '\0');
    }
    return;
  }
  if (content->size() >= content_.size()) return;
  const size_t bytes = 1 + Below(std::min(content_.size() - content->size(), kPageBytes), random);
  const bool zeros = Below(2, random) == 0;
  for (size_t i = 0; i < bytes; ++i) {
    content->push_back(zeros ? '\0' : static_cast<char>(Below(256, random)));
  }
}

FileImage::Crashed FileImage::AfterPowerLoss(std::mt19937_64& random, Spoiling spoiling) const {
  const size_t keep = Below(4, random);
  if (keep == 0 || unsynced_.empty()) return {synced_};
  if (keep == 1) return {content_};
  Crashed crashed{synced_};
  const size_t whole = Below(unsynced_.size(), random);
  for (size_t i = 0; i < unsynced_.size(); ++i) {
    const Change& change = unsynced_[i];
    const bool in_place = !change.truncates && change.offset < crashed.content.size();
    if (in_place) {  // A disk writes different places in any order.
      ApplyTorn(change, random, &crashed.content);
    } else if (i < whole) {
      Apply(change, &crashed.content);
    } else {
      ApplyTorn(change, random, &crashed.content);
      break;
    }
  }
  const bool appended = content_.size() > synced_.size();
  if (spoiling == Spoiling::kGarbage && appended && Below(2, random) == 0) {
    Spoil(random, &crashed.content);
    // Zeros and garbage can happen to be what was written there.
    crashed.garbage = !content_.starts_with(crashed.content);
  }
  return crashed;
}

}  // namespace daftar::testing
