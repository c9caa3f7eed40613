#include <algorithm>

#include "base/check.h"
#include "base/status.h"
#include "journal/entry.h"

namespace daftar::journal {
namespace {

constexpr char kDeletedMark = 0;
constexpr char kPutMark = 1;

absl::Status Damaged(std::string_view cause) {
  return DataLoss("journal change does not decode").With("cause", cause);
}

}  // namespace

void AppendChange(const Change& change, std::string* out) {
  DAFTAR_CHECK(!change.key.empty());
  DAFTAR_CHECK(!change.deleted || change.digest == Hash{});
  codec::AppendOrderedVarint(change.key.size(), out);
  *out += change.key;
  out->push_back(change.deleted ? kDeletedMark : kPutMark);
  if (!change.deleted) *out += BytesOf(change.digest);
}

absl::StatusOr<bool> ChangeReader::Next() {
  if (rest_.empty()) return false;
  DAFTAR_ASSIGN_OR_RETURN(const uint64_t key_bytes, codec::TakeOrderedVarint(&rest_));
  if (key_bytes == 0) return Damaged("empty key");
  // The mark stands behind the key.
  if (key_bytes >= rest_.size()) return Damaged("it is cut short");
  previous_key_.swap(change_.key);
  change_.key = rest_.substr(0, key_bytes);
  const char mark = rest_[key_bytes];
  rest_.remove_prefix(key_bytes + 1);
  if (change_.key <= previous_key_) return Damaged("keys do not increase");
  if (mark != kDeletedMark && mark != kPutMark) return Damaged("unknown mark");
  change_.deleted = mark == kDeletedMark;
  change_.digest = {};
  if (change_.deleted) return true;
  if (rest_.size() < change_.digest.size()) return Damaged("it is cut short");
  std::copy_n(rest_.begin(), change_.digest.size(), change_.digest.begin());
  rest_.remove_prefix(change_.digest.size());
  return true;
}

}  // namespace daftar::journal
