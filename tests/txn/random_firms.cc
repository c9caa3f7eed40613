#include "txn/random_firms.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "txn/firm_table.h"

namespace daftar::testing {
namespace {

size_t Below(std::mt19937* random, size_t limit) {
  return std::uniform_int_distribution<size_t>(0, limit - 1)(*random);
}

std::string Letter(std::mt19937* random, size_t count) {
  return std::string(1, static_cast<char>('a' + Below(random, count)));
}

}  // namespace

void CommitRandomFirms(txn::Core* core, std::mt19937* random) {
  std::vector<txn::RecordWrite> writes;
  for (size_t count = 1 + Below(random, 3); count > 0; --count) {
    const std::string code = Letter(random, 6);
    if (Below(random, 4) == 0) {
      writes.push_back(Delete(*core, code));
      continue;
    }
    std::string json = absl::StrCat("{\"code\":\"", code, "\",\"size\":", Below(random, 3),
                                    ",\"note\":\"", Letter(random, 3), "\"");
    if (Below(random, 2) == 0) absl::StrAppend(&json, ",\"seal\":\"", Letter(random, 12), "\"");
    if (Below(random, 2) == 0) {
      absl::StrAppend(&json, ",\"tags\":[\"", code, "\",\"", code, Letter(random, 3), "\"]");
    }
    writes.push_back(Put(*core, json + "}"));
  }
  // A firm that is not there cannot be deleted, and a seal can be taken.
  Commit(core, writes).IgnoreError();
}

}  // namespace daftar::testing
