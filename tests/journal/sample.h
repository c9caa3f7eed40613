// Journal entries for tests.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "journal/entry_writer.h"

namespace daftar::testing {

// Parts as they were handed out: key, value.
using Parts = std::vector<std::pair<std::string, std::string>>;

struct WrittenEntry {
  journal::EntryHead head;
  Parts parts;
};

// An entry of version 300 that states everything, with these changes. Throws when it is refused.
WrittenEntry WriteEntry(const std::vector<journal::Change>& changes, size_t part_change_bytes);

// A change of the record "\x02\x01" + name, deleted or with the digest of its name.
journal::Change ChangeOf(const std::string& name, bool deleted);

}  // namespace daftar::testing
