#include "journal/sample.h"

#include <stdexcept>

namespace daftar::testing {

WrittenEntry WriteEntry(const std::vector<journal::Change>& changes, size_t part_change_bytes) {
  WrittenEntry written;
  journal::EntryWriter writer(
      CommitVersion(300),
      [&](std::string_view key, std::string_view value) {
        written.parts.emplace_back(key, value);
        return absl::OkStatus();
      },
      part_change_bytes);
  for (const journal::Change& change : changes) {
    if (absl::Status added = writer.Add(change); !added.ok())
      throw std::runtime_error(added.ToString());
  }
  written.head = writer
                     .Finish({"registrar", "Change of address\nby letter", "1403/77"},
                             1'700'000'000'000'000, journal::HashOf("the entry before"))
                     .value();
  return written;
}

journal::Change ChangeOf(const std::string& name, bool deleted) {
  return {deleted, "\x02\x01" + name, deleted ? journal::Hash{} : journal::HashOf(name)};
}

}  // namespace daftar::testing
