// A store with present and old values of keys, as commits leave them, and a model that keeps every
// version of every key.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daftar/ids.h"
#include "storage/backend.h"

namespace daftar::testing {

// The key of a record of table 1, whose key is a text, and of table 2, whose key is a number; the
// key of an entry of index 1, which has a text and the number.
std::string TextKey(const std::string& text);
std::string NumberKey(uint64_t number);
std::string EntryKey(const std::string& text, uint64_t number);

class Versions {
 public:
  explicit Versions(storage::Store* store) : store_(store) {}

  // What one commit does: keys to their new content, or to nothing. Deleting what is not there does
  // nothing. Requires: versions increase.
  using Changes = std::map<std::string, std::optional<std::string>>;
  void Commit(uint64_t version, const Changes& changes);

  // What keys held right after commit `version`.
  Model At(uint64_t version) const;
  uint64_t last() const { return last_; }

 private:
  struct Version {
    uint64_t created;
    uint64_t ended;
    std::string value;
  };

  storage::Store* const store_;
  uint64_t last_ = 0;
  std::map<std::string, std::vector<Version>> versions_;
};

}  // namespace daftar::testing
