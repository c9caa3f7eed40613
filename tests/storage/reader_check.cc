#include "storage/reader_check.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

using Entries = std::vector<std::pair<std::string, std::string>>;

Entries Slice(const Model& model, const storage::KeyRange& range, bool reverse) {
  Entries slice;
  for (const auto& [key, value] : model) {
    if (key >= range.lower && (range.upper.empty() || key < range.upper)) {
      slice.emplace_back(key, value);
    }
  }
  if (reverse) std::reverse(slice.begin(), slice.end());
  return slice;
}

}  // namespace

void ReaderCheck::Read(const storage::Reader& reader, const Model& model) {
  if (Below(3) == 0) {
    Get(reader, model);
  } else {
    Scan(reader, model);
  }
}

void ReaderCheck::Get(const storage::Reader& reader, const Model& model) {
  std::vector<std::string> keys;
  for (int count = Below(6); count > 0; --count) keys.push_back(any_key_());
  REQUIRE_OK_AND_ASSIGN(const auto values, reader.MultiGet({keys.begin(), keys.end()}));
  REQUIRE(values.size() == keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    CAPTURE(keys[i]);
    const auto expected = model.find(keys[i]);
    REQUIRE(values[i].has_value() == (expected != model.end()));
    if (values[i].has_value()) REQUIRE(*values[i] == expected->second);
    REQUIRE_OK_AND_ASSIGN(const auto value, reader.Get(keys[i]));
    REQUIRE(value == values[i]);
  }
}

void ReaderCheck::Scan(const storage::Reader& reader, const Model& model) {
  const storage::KeyRange range = {Below(4) == 0 ? space_.lower : any_key_(),
                                   Below(3) == 0 ? space_.upper : any_key_()};
  const bool reverse = Below(2) == 0;
  const Entries expected = Slice(model, range, reverse);
  const auto iterator = reader.NewIterator(range, {.reverse = reverse});
  CAPTURE(range.lower, range.upper, reverse);
  auto next = expected.begin();
  for (int moves = Below(40); moves > 0; --moves) {
    std::string target;
    if (Below(6) == 0) {
      target = any_key_();
      iterator->Seek(target);
      next = std::find_if(expected.begin(), expected.end(), [&](const auto& entry) {
        return reverse ? entry.first <= target : entry.first >= target;
      });
    }
    CAPTURE(target);
    REQUIRE_OK_AND_ASSIGN(const bool more, iterator->Next());
    const std::string found(more ? iterator->key() : "");
    CAPTURE(found);
    REQUIRE(more == (next != expected.end()));
    if (!more) continue;
    REQUIRE(found == next->first);
    REQUIRE(iterator->value() == next->second);
    ++next;
  }
}

}  // namespace daftar::testing
