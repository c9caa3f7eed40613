// Moments to read at.
#pragma once

#include <string_view>
#include <variant>

#include "absl/status/statusor.h"
#include "daftar/ids.h"
#include "daftar/value.h"

namespace daftar {

// A commit, or a point in time: what the book said when that commit had been made, or by then. This
// is recorded time, when the book learnt something; when it holds in law stands in fields.
class AsOf {
 public:
  static AsOf Commit(CommitVersion version) { return AsOf(version); }
  static AsOf Time(Instant time) { return AsOf(time); }

  // Reads what people write:
  //   "1024"                       commit 1024
  //   "2024-09-05", "1403/06/15"   the end of that day, UTC, in any of the forms of ReadDate
  //   "2024-09-05T14:00:00+03:30"  that second; the date in either form; seconds may be left
  //                                out, the zone ("Z", "+05:00") may not
  // Errors: InvalidArgument with the text and these forms.
  static absl::StatusOr<AsOf> Parse(std::string_view text);

  // The one that it is; the other gives null.
  const CommitVersion* commit() const { return std::get_if<CommitVersion>(&moment_); }
  const Instant* time() const { return std::get_if<Instant>(&moment_); }

 private:
  explicit AsOf(std::variant<CommitVersion, Instant> moment) : moment_(moment) {}
  std::variant<CommitVersion, Instant> moment_;
};

}  // namespace daftar
